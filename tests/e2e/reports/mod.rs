//! Reports in the cluster: what is found in stored objects, beside them, for other tools.

// A report follows its object from the first look to its end.
mod follows;

// Kinds of policies on everything.
mod everything;

// Kinds that are not installed, rights that are not granted.
mod missing;

// Several replicas, and how fast they may be.
mod replicas;

// A password is in no report.
mod secrecy;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::stage::make_account;
use crate::support::control_plane::ControlPlane;
use crate::support::gate::{Builder, Gate};
use crate::support::kubectl::Kubectl;
use crate::support::report_kinds::ReportKinds;
use crate::support::wait::eventually;

/// A scan, or a Lease that has to run out before it (15 s), on a busy machine.
const REPORTED: Duration = Duration::from_secs(90);

/// What the log says at the end of a scan.
const SCANNED: &str = "scanned the cluster for reports";

/// A control plane of its own for each test: whoever writes reports looks at all of it, and alone.
struct Board {
    cluster: ControlPlane,
    kinds: ReportKinds,
    account: Kubectl,
}

impl Board {
    /// With the kinds installed, and an account with the rights of `webhook-deploy/`.
    fn open(kinds: ReportKinds) -> Option<Self> {
        let cluster = ControlPlane::start()?;
        if !kinds.install(&cluster) {
            return None;
        }
        let account = make_account(&cluster);
        grant(&cluster);
        Some(Self { cluster, kinds, account })
    }

    /// A gate that writes reports, and looks often.
    fn gate(&self) -> Builder {
        reporting(self.account.kubeconfig(), self.kinds)
    }

    fn apply(&self, namespace: &str, manifest: &str) {
        self.cluster.kubectl_with_input(&["apply", "-n", namespace, "-f", "-"], manifest).expect_success();
    }

    fn kubectl(&self, arguments: &[&str]) -> String {
        self.cluster.kubectl(arguments).expect_success()
    }

    /// All reports of objects in namespaces, or all others.
    fn reports(&self, are_namespaced: bool) -> Vec<Value> {
        let [namespaced, others] = self.kinds.resources();
        let list = self.cluster.json(&["get", if are_namespaced { namespaced } else { others }, "-A"]);
        list["items"].as_array().unwrap().clone()
    }

    /// The report of an object, once it is as wanted.
    #[track_caller]
    fn report_of(&self, kind: &str, name: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("the report of {kind} {name}"), REPORTED, || {
            let reports = [self.reports(true), self.reports(false)].concat();
            reports
                .into_iter()
                .find(|report| report["scope"]["kind"] == kind && report["scope"]["name"] == name && is_wanted(report))
        })
    }

    /// Whether there is a report of an object.
    fn has_report_of(&self, kind: &str, name: &str) -> bool {
        let reports = [self.reports(true), self.reports(false)].concat();
        reports.iter().any(|report| report["scope"]["kind"] == kind && report["scope"]["name"] == name)
    }

    /// What was written of reports, in the order of time, as the API server logged it.
    fn written(&self) -> Vec<Value> {
        let log = self.cluster.audit_log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let plurals = self.kinds.resources().map(|kind| kind.split_once('.').unwrap().0);
        lines
            .filter(|line| plurals.iter().any(|plural| line["objectRef"]["resource"] == *plural))
            .filter(|line| line["responseStatus"]["code"].as_u64().is_some_and(|code| code < 300))
            .collect()
    }
}

fn reporting(kubeconfig: &Path, kinds: ReportKinds) -> Builder {
    Gate::builder(kubeconfig)
        .argument(kinds.argument())
        .argument("--reports-every=1s")
        .environment("TIDEGATE_REPORTS_RATE", "1000")
}

/// Gives the gate's account the rights for reports.
fn grant(cluster: &ControlPlane) {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy/25-rbac-reports.yaml");
    cluster.kubectl(&["apply", "-f", &file.display().to_string()]).expect_success();
}

/// How many scans a gate has finished.
fn scans(gate: &Gate) -> usize {
    gate.logs().matches(SCANNED).count()
}

/// Waits for another scan that began after now.
#[track_caller]
fn scan_again(gate: &Gate) {
    // The one that is under way may have passed by already what was just changed.
    let enough = scans(gate) + 2;
    eventually("another scan", REPORTED, || (scans(gate) >= enough).then_some(()));
}

/// The results of a report that are no `pass`: rule, severity, result, message.
fn told(report: &Value) -> Vec<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = report["results"].as_array().unwrap();
    let told = results.iter().filter(|result| result["result"] != "pass");
    told.map(|result| ["rule", "severity", "result", "message"].map(|field| text(&result[field]))).collect()
}
