//! Every hiding place of a password in a cluster is made for real, found, and cleared as the report says.

use std::path::Path;

use serde_json::{Value, json};

use crate::audited::{Report, expect_no_password, history};
use crate::forms::forms;
use crate::stage::CONTROLLERS;
use crate::support::ControlPlane;
use crate::support::kubectl::Output;
use crate::support::wait::eventually;

/// What nobody gives a time to.
const REFERENCE: &str = r#"[{"op":"replace","path":"PATH","value":
    {"name":"MYSQL_ROOT_PASSWORD","valueFrom":{"secretKeyRef":{"name":"mysql","key":"root"}}}}]"#;

/// A namespace without a gate.
struct Place {
    cluster: &'static ControlPlane,
    namespace: String,
}

impl Place {
    fn new(name: &str) -> Option<Self> {
        let cluster = ControlPlane::shared()?;
        Some(Self { cluster, namespace: cluster.create_namespace(name) })
    }

    fn kubectl(&self, arguments: &[&str]) -> Output {
        self.cluster.kubectl(&[arguments, &["-n", &self.namespace]].concat())
    }

    #[track_caller]
    fn apply(&self, object: &Value) {
        let arguments = ["apply", "-n", &self.namespace, "-f", "-"];
        self.cluster.kubectl_with_input(&arguments, &object.to_string()).expect_success();
    }

    /// Takes the variable from a Secret from now on, by a patch, which leaves `last-applied-configuration` as it is.
    #[track_caller]
    fn mend(&self, object: &str, variable: &str) {
        let patch = REFERENCE.replace("PATH", variable);
        self.kubectl(&["patch", object, "--type=json", "-p", &patch]).expect_success();
    }

    fn list(&self, kind: &str) -> Vec<Value> {
        self.cluster.json(&["get", kind, "-n", &self.namespace])["items"].as_array().unwrap().clone()
    }

    fn kubeconfig(&self) -> &Path {
        self.cluster.kubeconfig()
    }

    fn audit(&self) -> Report {
        history(self.kubeconfig(), &self.namespace)
    }

    /// Audits until the report has it: controllers take their time.
    #[track_caller]
    fn audit_until(&self, what: &str, has_it: impl Fn(&Report) -> bool) -> Report {
        eventually(what, CONTROLLERS, || Some(self.audit()).filter(|report| has_it(report)))
    }

    /// Runs the first command of `kubectl` that a way out names.
    #[track_caller]
    fn follow(&self, help: &str) {
        let command = help.split("kubectl ").find(|rest| rest.starts_with("delete")).expect("it names a command");
        let command = command.split([',', '.', ':']).next().unwrap();
        let words: Vec<&str> = command.split_whitespace().collect();
        self.cluster.kubectl(&words).expect_success();
    }
}

const VARIABLE: &str = "/spec/template/spec/containers/0/env/0";

fn template(password: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "mysql" } },
        "spec": { "containers": [{
            "name": "mysql",
            "image": "mysql:8.4.6",
            "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": password }],
        }] },
    })
}

fn workload(kind: &str, password: &str) -> Value {
    let mut spec = json!({ "selector": { "matchLabels": { "app": "mysql" } }, "template": template(password) });
    if kind == "StatefulSet" {
        spec["serviceName"] = json!("mysql");
    }
    json!({ "apiVersion": "apps/v1", "kind": kind, "metadata": { "name": "mysql" }, "spec": spec })
}

#[test]
fn an_old_replica_set_and_what_was_last_applied() {
    let Some(place) = Place::new("history-deployment") else { return };
    let password = "Old-Replica-5et!x";
    place.apply(&workload("Deployment", password));
    eventually("the first revision", CONTROLLERS, || (place.list("replicasets").len() == 1).then_some(()));
    let report = place.audit_until("its Pod", |report| !report.passwords("Pod ").is_empty());
    let row = report.password("Deployment ");
    assert_eq!((row.rule.as_str(), row.within.as_str()), ("MY001", ""));
    assert!(row.since.ends_with('Z'), "{row:?}");
    // What was applied is what is stored: it is told once.
    let row = report.password("ReplicaSet ");
    assert!(row.help.contains("Deployment mysql runs this revision. Take the password from a Secret"), "{row:?}");
    let row = report.password("Pod ");
    assert!(row.help.contains("this Pod goes when Deployment mysql replaces its Pods"), "{row:?}");
    assert!(row.help.contains("change the password"), "{row:?}");
    expect_no_password(place.kubeconfig(), &place.namespace, &forms(password));

    place.mend("deployment/mysql", VARIABLE);
    place.kubectl(&["scale", "deployment/mysql", "--replicas=0"]).expect_success();
    let report = place.audit_until("the second revision", |report| {
        report.passwords("Pod ").is_empty()
            && report.passwords("ReplicaSet ").iter().any(|row| row.help.contains("Nobody"))
    });
    let [applied, replica_set] = [report.password("Deployment "), report.password("ReplicaSet ")];
    assert_eq!(applied.within, "annotation kubectl.kubernetes.io/last-applied-configuration");
    assert_eq!((applied.at.as_str(), report.code), (VARIABLE, Some(1)));
    assert!(applied.help.contains("kubectl apply of a manifest that takes the password from a Secret"), "{applied:?}");
    assert!(!applied.since.is_empty() && !replica_set.since.is_empty());
    assert!(replica_set.message.ends_with("whoever can read the ReplicaSet has it"), "{replica_set:?}");
    expect_no_password(place.kubeconfig(), &place.namespace, &forms(password));

    place.follow(&replica_set.help);
    let mut mended = workload("Deployment", "");
    mended["spec"]["template"]["spec"]["containers"][0]["env"][0] = json!({
        "name": "MYSQL_ROOT_PASSWORD", "valueFrom": { "secretKeyRef": { "name": "mysql", "key": "root" } },
    });
    place.apply(&mended);
    place.audit_until("all of it gone", |report| report.passwords("").is_empty());
}

#[test]
fn revisions_of_stateful_sets_and_daemon_sets() {
    for (kind, object, password) in [
        ("StatefulSet", "statefulset/mysql", "R3vision-of-a-Set"),
        ("DaemonSet", "daemonset/mysql", "R3vision-of-Daemons"),
    ] {
        let Some(place) = Place::new("history-revision") else { return };
        place.apply(&workload(kind, password));
        let report = place.audit_until("the revision", |report| !report.passwords("ControllerRevision ").is_empty());
        let row = report.password("ControllerRevision ");
        assert_eq!(row.within, format!("revision 1 of {kind} mysql"));
        assert_eq!(row.at, "/data/spec/template/spec/containers/0/env/0");
        assert!(row.help.starts_with(&format!("{kind} mysql runs this revision.")), "{row:?}");
        place.mend(object, VARIABLE);
        eventually("the second revision", CONTROLLERS, || (place.list("controllerrevisions").len() == 2).then_some(()));
        if kind == "StatefulSet" {
            // Its Pod never gets ready without a node, and so is never replaced.
            assert!(place.audit().password("Pod ").help.contains("StatefulSet mysql"));
            place.kubectl(&["delete", "pod", "mysql-0", "--now"]).expect_success();
            place.kubectl(&["scale", object, "--replicas=0"]).expect_success();
        }
        let report = place.audit_until("the old revision", |report| {
            report.passwords("ControllerRevision ").iter().any(|row| row.help.starts_with("Nobody runs this revision"))
        });
        expect_no_password(place.kubeconfig(), &place.namespace, &forms(password));
        place.follow(&report.password("ControllerRevision ").help);
        place.audit_until("it gone", |report| report.passwords("ControllerRevision ").is_empty());
    }
}

#[test]
fn jobs_that_have_ended() {
    let Some(place) = Place::new("history-job") else { return };
    let password = "J0b-that-has-ended";
    // Without completions it has ended as soon as the controller sees it.
    let mut template = template(password);
    template["spec"]["restartPolicy"] = json!("Never");
    let job = json!({ "completions": 0, "template": template });
    place.apply(&json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "backup" },
        "spec": { "schedule": "0 0 1 1 *", "suspend": true, "jobTemplate": { "spec": job } },
    }));
    place.kubectl(&["create", "job", "of-cron", "--from=cronjob/backup"]).expect_success();
    place.apply(&json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "alone" }, "spec": job }));
    let of_cron = format!("Job {}/of-cron", place.namespace);
    let alone = format!("Job {}/alone", place.namespace);
    let report = place.audit_until("both to end", |report| {
        [&of_cron, &alone].iter().all(|job| report.passwords(job).iter().any(|row| row.help.contains("It has ended")))
    });
    assert_eq!(report.passwords("CronJob ").len(), 1);
    assert!(report.password(&of_cron).help.contains("failedJobsHistoryLimit of CronJob backup"));
    expect_no_password(place.kubeconfig(), &place.namespace, &forms(password));
    for job in [&of_cron, &alone] {
        place.follow(&report.password(job).help);
        place.audit_until("it gone", |report| report.passwords(job).is_empty());
    }
}

#[test]
fn config_maps_with_sql_and_option_files() {
    let Some(place) = Place::new("history-config-map") else { return };
    let passwords = ["In-an-0ption-file", "In-s0me-SQL-text"];
    place.apply(&json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "mysql" },
        "data": {
            "client.cnf": format!("[client]\nuser=root\npassword={}\n", passwords[0]),
            "users.sql": format!("CREATE USER 'shop'@'%' IDENTIFIED BY '{}';\n", passwords[1]),
        },
    }));
    let report = place.audit();
    let places: Vec<_> = report.passwords("ConfigMap ").into_iter().map(|row| (row.within, row.at)).collect();
    assert_eq!(places, [(String::new(), "/data/client.cnf".to_owned()), (String::new(), "/data/users.sql".to_owned())]);
    assert!(report.passwords("ConfigMap ").iter().all(|row| row.since.ends_with('Z')));
    for password in passwords {
        expect_no_password(place.kubeconfig(), &place.namespace, &forms(password));
    }
    // Somebody mends it, and what kubectl keeps of it is left.
    place
        .kubectl(&["patch", "configmap", "mysql", "-p", r#"{"data":{"client.cnf":null,"users.sql":"-- mysql"}}"#])
        .expect_success();
    let within: Vec<_> = place.audit().passwords("ConfigMap ").into_iter().map(|row| row.within).collect();
    assert_eq!(within, ["annotation kubectl.kubernetes.io/last-applied-configuration"; 2]);
}

#[test]
fn an_event_that_quotes_a_password() {
    let Some(place) = Place::new("history-event") else { return };
    let password = "Qu0ted-in-an-Event";
    refuse_pods_and_quote(&place);
    place.apply(&workload("Deployment", password));
    let report = place.audit_until("the Event", |report| !report.passwords("Event ").is_empty());
    let row = &report.passwords("Event ")[0];
    assert_eq!((row.rule.as_str(), row.at.as_str()), ("KEPT002", "/message"));
    let stands_in = format!("quotes a password that stands in Deployment {}/mysql too", place.namespace);
    assert!(row.message.contains(&stands_in), "{row:?}");
    assert!(row.help.contains("--event-ttl") && !row.since.is_empty(), "{row:?}");
    expect_no_password(place.kubeconfig(), &place.namespace, &forms(password));
}

/// Somebody else's policy that refuses Pods and says why, too precisely: the controller keeps that in an Event.
fn refuse_pods_and_quote(place: &Place) {
    let name = &place.namespace;
    place.apply(&json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": name },
        "spec": {
            "matchConstraints": { "resourceRules": [
                { "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"] },
            ] },
            "validations": [{
                "expression": "false",
                "messageExpression": "'not as weak as ' + object.spec.containers[0].env[0].value",
            }],
        },
    }));
    place.apply(&json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": { "name": name },
        "spec": {
            "policyName": name, "validationActions": ["Deny"],
            "matchResources": { "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } },
        },
    }));
    eventually("the policy to be in force", CONTROLLERS, || {
        let probe = place.kubectl(&["run", "probe", "--image=none", "--env=A=probe", "--dry-run=server"]);
        (!probe.is_success()).then_some(())
    });
}
