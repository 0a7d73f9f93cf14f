//! A report that has something of everything.

use std::collections::BTreeMap;

use serde_json::json;

use crate::audit::baseline::Known;
use crate::audit::problem::{InputError, InputProblem};
use crate::audit::report::{
    AuditReport, Consequence, FailureReport, FindingReport, ManifestReport, ObjectReport, Origin, Region, Replacement,
    RuleReport, Scope, Since, SourceLine, Stored, Suppression,
};
use crate::engine::{Decision, LeftAlone};
use crate::finding::Severity;

/// A name that tries to be Markdown, HTML, a workflow command, a terminal's and a person.
pub(super) const HOSTILE: &str = "x](http://e.vil) <img src=x onerror=alert(1)> | @octocat #1 `a` **b** \u{1b}[31m\r\n::error::y,%0A\u{202e} https://e.vil www.e.vil </summary>";

fn finding(rule: &str, severity: Severity, at: &str, message: &str) -> FindingReport {
    FindingReport {
        policy: "storage".to_owned(),
        rule: rule.to_owned(),
        severity,
        at: at.to_owned(),
        message: message.to_owned(),
        help: None,
        consequence: Consequence::Warn,
        obstacle: None,
        since: None,
        snippet: None,
        region: None,
        place: at.to_owned(),
        fingerprint: format!("{:016x}", rule.len() * 7919 + at.len() * 104_729),
        fix: None,
        suppression: None,
        exception_refused: None,
    }
}

fn object(kind: &str, name: &str, source: Origin, findings: Vec<FindingReport>) -> ObjectReport {
    ObjectReport {
        api_version: "apps/v1".to_owned(),
        kind: kind.to_owned(),
        namespace: Some("shop".to_owned()),
        name: Some(name.to_owned()),
        title: format!("{kind} \"{name}\" in namespace \"shop\""),
        source,
        rendered_by: None,
        asked: Vec::new(),
        left_alone: None,
        decision: Decision::Allow,
        findings,
        failures: Vec::new(),
        patch: json_patch::Patch(Vec::new()),
        manifest: None,
    }
}

fn file(file: &str, line: usize) -> Origin {
    Origin::File(SourceLine { file: file.to_owned(), line })
}

fn stored(object: &str, within: Option<&str>) -> Origin {
    Origin::Cluster(Stored { object: object.to_owned(), within: within.map(str::to_owned) })
}

/// Findings with all that they may have, in files, on standard input and in a cluster; problems and failures.
pub(super) fn report() -> AuditReport {
    let region = Region { line: 14, column: 9, end_line: 14, end_column: 29 };
    let repaired = FindingReport {
        policy: "plaintext-password".to_owned(),
        help: Some("Refer to a Secret: 100% of passwords belong there".to_owned()),
        consequence: Consequence::Repair,
        region: Some(region),
        fix: Some(vec![
            Replacement { region, text: "image: mysql:8.4 # grün\n".to_owned() },
            Replacement {
                region: Region { line: 15, column: 1, end_line: 15, end_column: 1 },
                text: "  - ✓\n".to_owned(),
            },
        ]),
        ..finding(
            "MY001",
            Severity::Critical,
            "/spec/template/spec/containers/0/env/1",
            "MYSQL_ROOT_PASSWORD of container mysql is a password in plain text",
        )
    };
    let refused = FindingReport {
        consequence: Consequence::Refuse,
        obstacle: Some("the kind has no such field".to_owned()),
        help: Some("Use a claim".to_owned()),
        exception_refused: Some("it has no reason".to_owned()),
        region: Some(Region { line: 20, column: 3, end_line: 22, end_column: 4 }),
        ..finding("MY020", Severity::High, "/spec/template/spec/volumes/0", "the data of mysql is in an emptyDir")
    };
    let excepted = FindingReport {
        suppression: Some(Suppression::Exception { reason: "only for *tests*, says @octocat".to_owned() }),
        ..finding("MY021", Severity::Medium, "/spec/replicas", "one replica")
    };
    let known = FindingReport {
        suppression: Some(Suppression::Baseline),
        ..finding("MY022", Severity::Low, "/spec/serviceName", "no headless Service")
    };
    let mut mysql =
        object("Deployment", "mysql", file("./k8s/größe 1#.yaml", 3), vec![repaired, refused, excepted, known]);
    mysql.decision = Decision::Deny;
    mysql.failures = vec![
        FailureReport { policy: "probes".to_owned(), message: "it ran out of time".to_owned(), denies: true },
        FailureReport { policy: "own".to_owned(), message: HOSTILE.to_owned(), denies: false },
    ];
    mysql.patch = serde_json::from_value(json!([{ "op": "add", "path": "/spec/replicas", "value": 3 }])).unwrap();
    mysql.manifest = Some(ManifestReport {
        first_line: 3,
        before: "kind: Deployment\nspec:\n  image: mysql\n  note: ```\n".to_owned(),
        after: "kind: Deployment\nspec:\n  image: mysql:8.4\n  note: ```\n".to_owned(),
    });
    let hostile = object(
        "Pod",
        HOSTILE,
        file("<stdin>", 1),
        vec![FindingReport {
            consequence: Consequence::Record,
            help: Some(HOSTILE.to_owned()),
            ..finding("MY030", Severity::Medium, "/metadata/annotations/a~1b|c", HOSTILE)
        }],
    );
    let copy = object(
        "ControllerRevision",
        "mysql-5d4",
        stored("ControllerRevision shop/mysql-5d4", Some("revision 3 of StatefulSet mysql")),
        vec![FindingReport {
            policy: "tidegate".to_owned(),
            consequence: Consequence::Keep,
            help: Some("kubectl delete controllerrevision mysql-5d4 -n shop".to_owned()),
            since: Some(Since { time: "2026-01-02T03:04:05Z".to_owned(), or_earlier: true }),
            ..finding("history", Severity::Info, "/data/spec", "a password in plain text")
        }],
    );
    let class = ObjectReport {
        api_version: "storage.k8s.io/v1".to_owned(),
        namespace: None,
        title: "StorageClass \"fast\"".to_owned(),
        ..object(
            "StorageClass",
            "fast",
            stored("StorageClass fast", None),
            vec![finding("MY023", Severity::Low, "/reclaimPolicy", "volumes are deleted with their claims")],
        )
    };
    // The same object in an overlay.
    let again = object(
        "Deployment",
        "mysql",
        file("/abs/100%/b.yaml", 1),
        vec![finding("MY020", Severity::High, "/spec/template/spec/volumes/0", "the data of mysql is in an emptyDir")],
    );
    let rendered = ObjectReport {
        rendered_by: Some("helm template"),
        ..object(
            "StatefulSet",
            "db",
            file("charts/db", 1),
            vec![
                FindingReport {
                    suppression: Some(Suppression::Before),
                    ..finding("MY024", Severity::Low, "/spec", "it was there before")
                },
                finding("MY020", Severity::High, "/spec/template/spec/volumes/0", "the data of db is in an emptyDir"),
            ],
        )
    };
    let stale = Known {
        object: "Deployment \"old\"".to_owned(),
        rule: "MY020".to_owned(),
        place: "spec".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        times: 1,
    };
    AuditReport {
        stale: vec![stale],
        rule_texts: BTreeMap::from([("MY020".to_owned(), "## What is wrong\n\nIt is in an `emptyDir`.".to_owned())]),
        objects: vec![
            mysql,
            hostile,
            ObjectReport {
                asked: vec!["storage".to_owned(), "exposure".to_owned()],
                ..object("Service", "mysql", file("svc.yaml", 8), Vec::new())
            },
            ObjectReport {
                left_alone: Some(LeftAlone::OperatorManaged),
                ..object("StatefulSet", "managed", file("svc.yaml", 20), Vec::new())
            },
            copy,
            class,
            again,
            rendered,
        ],
        problems: vec![
            InputProblem {
                file: "k8s/bad: a,b.yaml".to_owned(),
                line: Some(4),
                column: Some(2),
                in_cluster: false,
                error: InputError::NotAnObject("kind"),
            },
            InputProblem::of_file("missing.yaml", InputError::Missing),
            InputProblem::of_object(
                "secrets of namespace shop",
                InputError::Unlisted { reason: HOSTILE.to_owned(), way_out: Some("ask for the verb list") },
            ),
        ],
        scope: Scope::Files(4),
        rules: [
            ("plaintext-password", "MY001", "a password in plain text", Severity::Critical),
            ("storage", "MY020", "data that does not outlive its Pod", Severity::High),
            ("storage", "MY030", "the rule [of](1) links", Severity::Medium),
            ("storage-again", "MY020", "the same rule in another document", Severity::High),
        ]
        .map(|(policy, id, title, severity)| RuleReport {
            policy: policy.to_owned(),
            id: id.to_owned(),
            title: title.to_owned(),
            severity,
        })
        .to_vec(),
    }
}
