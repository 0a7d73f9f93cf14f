//! Reports to look at: one with a little of everything, and a large one.

use tidegate::audit::{
    AuditReport, Consequence, FailureReport, FindingReport, InputError, InputProblem, ManifestReport, ObjectReport,
    Origin, Region, RuleReport, Scope, Since, SourceLine, Stored, Suppression,
};
use tidegate::engine::Decision;
use tidegate::finding::Severity;

const BEFORE: &str = include_str!("sample/before.yaml");
const AFTER: &str = include_str!("sample/after.yaml");
/// The manifest begins here in its file.
const FIRST_LINE: usize = 12;

/// What a rule says when it fires: id, policy, title, severity, consequence, a part of the line that it is about, its
/// place, message, help.
struct Said(
    &'static str,
    &'static str,
    &'static str,
    Severity,
    Consequence,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const SAID: [Said; 7] = [
    Said(
        "MY001",
        "plaintext-password",
        "a password is written in the manifest",
        Severity::Critical,
        Consequence::Repair,
        "value: \"<withheld>\"",
        "/spec/template/spec/containers/0/env/0",
        "MYSQL_ROOT_PASSWORD of container mysql is written in the manifest: whoever can read the StatefulSet has it",
        "Move it into a Secret, and change it: it stays in Git's history",
    ),
    Said(
        "MY005",
        "persistent-data",
        "nothing keeps the database",
        Severity::Critical,
        Consequence::Refuse,
        "mountPath",
        "/spec/template/spec/containers/0",
        "container mysql keeps its database in /var/lib/mysql, where no volume is mounted",
        "Add a claim template to volumeClaimTemplates, and mount it at /var/lib/mysql",
    ),
    Said(
        "MY011",
        "probes",
        "the server has no liveness or readiness probe",
        Severity::High,
        Consequence::Repair,
        "- name: mysql\n",
        "/spec/template/spec/containers/0",
        "container mysql has no readiness probe and no liveness probe: clients reach it while it starts",
        "Add startupProbe, readinessProbe and livenessProbe",
    ),
    Said(
        "MY017",
        "grace-period",
        "the pod has less than 60 seconds to end",
        Severity::Medium,
        Consequence::Repair,
        "terminationGracePeriodSeconds",
        "/spec/template/spec/terminationGracePeriodSeconds",
        "the server is killed 30 s after it was asked to end",
        "Set terminationGracePeriodSeconds to 120 or more",
    ),
    Said(
        "MY018",
        "memory",
        "the server has no memory request, or no memory limit",
        Severity::Medium,
        Consequence::Warn,
        "resources:\n            requests:\n              cpu",
        "/spec/template/spec/containers/0/resources",
        "container mysql has no memory limit: it can take the node's memory",
        "Set resources.requests.memory and resources.limits.memory to the same",
    ),
    Said(
        "MY025",
        "availability",
        "a StatefulSet lacks what keeps it available",
        Severity::Low,
        Consequence::Warn,
        "replicas: 1",
        "/spec",
        "no PodDisruptionBudget selects the pods: a node can be drained under them",
        "Add a PodDisruptionBudget with maxUnavailable: 1",
    ),
    Said(
        "MY015",
        "version",
        "the server's version gets no fixes any more",
        Severity::Info,
        Consequence::Record,
        "image:",
        "/spec/template/spec/containers/0/image",
        "MySQL 8.0 gets no fixes since April 2026",
        "Move to MySQL 8.4",
    ),
];

/// Markup in every text that comes from a manifest. Shown as text it does nothing; as HTML it would add elements
/// with the class `injected`, load a picture and open a dialog.
pub(crate) const HOSTILE: &str = "</script><img src=x class=injected onerror=alert(1)><b class=injected>\"'&amp;";

/// A little of everything.
pub(crate) fn small() -> AuditReport {
    let mut objects = vec![
        object("StatefulSet", Some("shop"), "mysql", "deploy/shop/mysql.yaml", &[0, 2, 3, 4, 5, 6]),
        object("Deployment", Some("shop"), "reviews-db", "deploy/shop/reviews.yaml", &[1, 4, 6]),
        object("StatefulSet", Some("billing"), "ledger", "deploy/billing/ledger.yaml", &[0, 2, 4]),
        object("StatefulSet", None, "sessions", "deploy/sessions/base.yaml", &[3, 5]),
        object("CronJob", Some("ops"), "nightly-backup", "deploy/ops/backup.yaml", &[0]),
        object("Service", Some("shop"), "mysql", "deploy/shop/service.yaml", &[]),
    ];
    objects[1].decision = Decision::Deny;
    objects[1].manifest = None;
    objects[2].findings[1].suppression =
        Some(Suppression::Exception { reason: "the ledger is probed by its sidecar until June".to_owned() });
    objects[2].findings[2].suppression = Some(Suppression::Baseline);
    objects[2].findings[0].consequence = Consequence::Warn;
    objects[2].findings[0].obstacle = Some("the readinessProbe reads $(MYSQL_ROOT_PASSWORD)".to_owned());
    objects[2].findings[0].since = Some(Since { time: "2025-03-01T09:30:00Z".to_owned(), or_earlier: true });
    objects[3].findings[0].exception_refused = Some("it gives no reason".to_owned());
    objects[4].failures.push(FailureReport {
        policy: "probes".to_owned(),
        message: "it took longer than 1 s".to_owned(),
        denies: true,
    });
    let mut kept = object("StatefulSet", Some("billing"), "ledger", "", &[0]);
    kept.source = Origin::Cluster(Stored {
        object: "ControllerRevision billing/ledger-7d9f".to_owned(),
        within: Some("revision 3 of StatefulSet ledger".to_owned()),
    });
    kept.findings[0].consequence = Consequence::Keep;
    kept.findings[0].region = None;
    kept.manifest = None;
    objects.push(kept);
    objects.push(hostile());
    AuditReport { objects, problems: problems(), scope: Scope::Files(9), rules: rules(), ..AuditReport::default() }
}

/// An object whose author tries what a page might do with it.
fn hostile() -> ObjectReport {
    let mut object = object("Deployment", Some(HOSTILE), HOSTILE, HOSTILE, &[5]);
    let finding = &mut object.findings[0];
    for text in [&mut finding.message, &mut finding.policy, &mut finding.rule] {
        *text = HOSTILE.to_owned();
    }
    finding.help = Some(HOSTILE.to_owned());
    let manifest = object.manifest.as_mut().expect("every object of a file has one");
    manifest.before = manifest.before.replace("team-checkout", HOSTILE);
    manifest.after = manifest.after.replace("team-checkout", HOSTILE);
    object
}

/// So many findings, two for each object, in as many namespaces as a large organisation has.
pub(crate) fn large(findings: usize) -> AuditReport {
    let objects = (0..findings / 2)
        .map(|number| {
            let namespace = format!("team-{}", number * number % 83);
            let name = format!("mysql-{number}");
            let file = format!("clusters/{namespace}/{name}.yaml");
            object("StatefulSet", Some(&namespace), &name, &file, &[number % 7, (number / 7 + 1 + number % 7) % 7])
        })
        .collect();
    AuditReport {
        objects,
        problems: Vec::new(),
        scope: Scope::Files(findings / 2),
        rules: rules(),
        ..AuditReport::default()
    }
}

fn rules() -> Vec<RuleReport> {
    let rule = |said: &Said| RuleReport {
        policy: said.1.to_owned(),
        id: said.0.to_owned(),
        title: said.2.to_owned(),
        severity: said.3,
    };
    SAID.iter().map(rule).collect()
}

fn problems() -> Vec<InputProblem> {
    let problem =
        |file: &str, error| InputProblem { file: file.to_owned(), line: None, column: None, in_cluster: false, error };
    vec![
        problem("deploy/old", InputError::NoManifests),
        InputProblem { line: Some(3), ..problem("deploy/values.yaml", InputError::NotAnObject("kind")) },
    ]
}

fn object(kind: &str, namespace: Option<&str>, name: &str, file: &str, said: &[usize]) -> ObjectReport {
    let place = namespace.map(|namespace| format!(" in namespace \"{namespace}\"")).unwrap_or_default();
    let mut object = ObjectReport {
        api_version: "apps/v1".to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: Some(name.to_owned()),
        title: format!("{kind} \"{name}\"{place}"),
        source: Origin::File(SourceLine { file: file.to_owned(), line: FIRST_LINE }),
        rendered_by: None,
        asked: Vec::new(),
        left_alone: None,
        decision: Decision::Allow,
        findings: said.iter().map(|index| finding(&SAID[*index])).collect(),
        failures: Vec::new(),
        patch: json_patch::Patch::default(),
        manifest: Some(ManifestReport {
            first_line: FIRST_LINE,
            before: BEFORE.replace("name: mysql\n  namespace", &format!("name: {name}\n  namespace")),
            after: if said.iter().any(|index| SAID[*index].4 == Consequence::Repair) { AFTER } else { BEFORE }
                .replace("name: mysql\n  namespace", &format!("name: {name}\n  namespace")),
        }),
    };
    if object.findings.iter().any(|finding| finding.consequence == Consequence::Refuse) {
        object.decision = Decision::Deny;
    }
    for finding in &mut object.findings {
        let parts = [file, name, &finding.rule];
        let hash = parts
            .concat()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        finding.fingerprint = format!("{hash:016x}");
    }
    object
}

fn finding(said: &Said) -> FindingReport {
    let at = BEFORE.find(said.5).expect("each part is in the manifest");
    let line = BEFORE[..at].lines().count() + FIRST_LINE - usize::from(!BEFORE[..at].ends_with('\n'));
    FindingReport {
        policy: said.1.to_owned(),
        rule: said.0.to_owned(),
        severity: said.3,
        at: said.6.to_owned(),
        message: said.7.to_owned(),
        help: Some(said.8.to_owned()),
        consequence: said.4,
        obstacle: None,
        since: None,
        snippet: None,
        region: Some(Region { line, column: 1, end_line: line, end_column: 2 }),
        place: said.6.to_owned(),
        fingerprint: String::new(),
        fix: None,
        suppression: None,
        exception_refused: None,
    }
}
