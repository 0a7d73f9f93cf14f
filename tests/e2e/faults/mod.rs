//! What goes wrong between the gate and its API server: the admission fails closed with the reason,
//! nothing is half done, and the retry succeeds.

// The connection is cut, or slow.
mod connections;

// The API server answers something else than usual.
mod answers;

// The API server refuses, for reasons that its operators give it.
mod refusals;

// Somebody dies between the Secret and the answer.
mod deaths;

use serde_json::Value;

use crate::forms::{assert_absent, forms};
use crate::stage::{Stage, account, gate, without_own_patch};
use crate::stored::{from_secret, secret_value, variable};
use crate::support::control_plane::ControlPlane;
use crate::support::fault_proxy::FaultProxy;
use crate::workloads::client;

/// The variables of a workload, and their values.
type Variables<'a> = &'a [(&'a str, &'a str)];

/// A namespace whose gate reaches its API server through a proxy that makes faults.
struct Faulty {
    stage: Stage,
    proxy: FaultProxy,
}

impl Faulty {
    fn open(name: &str) -> Option<Self> {
        let cluster = ControlPlane::shared()?;
        let (proxy, kubeconfig) = FaultProxy::before_api_server(account(cluster));
        let stage = Stage::guard_with(cluster, cluster.create_namespace(name), gate(&kubeconfig));
        Some(Self { stage, proxy })
    }

    /// A Deployment with these variables is refused for this reason, which the log has too.
    #[track_caller]
    fn refuses(&self, case: &str, variables: Variables<'_>, reason: &str) {
        expect_refusal(&self.stage, case, variables, &[reason], reason);
    }

    /// Nothing goes wrong any more: the retry is admitted.
    #[track_caller]
    fn admits_the_retry(&self, case: &str, variables: Variables<'_>) {
        self.proxy.mend();
        expect_admission(&self.stage, case, variables);
    }
}

/// A Deployment is refused with these parts of a message; the log names its Secret and why; the
/// Deployment stays as it was, and its Secret is not there or whole.
#[track_caller]
fn expect_refusal(stage: &Stage, case: &str, variables: Variables<'_>, told: &[&str], logged: &str) {
    let before = stored(stage, &format!("deployment/{case}"));
    let start = stage.gate.logs().len();
    let refused = stage.apply(&client("Deployment", case, variables).to_string());
    assert_eq!(refused.code, Some(1), "{case}: {}", refused.stdout);
    for part in [told, &[&*format!("Deployment \"{case}\"")]].concat() {
        assert!(refused.stderr.contains(part), "{case}: no {part:?} in {}", refused.stderr);
    }
    let after = stored(stage, &format!("deployment/{case}"));
    assert_eq!(after.map(|object| object["spec"].clone()), before.map(|object| object["spec"].clone()), "{case}");
    expect_absent_or_whole(stage, case, variables);

    let logs = stage.gate.logs();
    for (_, password) in variables {
        assert_absent(&forms(password), "what kubectl said", &without_own_patch(&refused.stderr));
        assert_absent(&forms(password), "the gate's log", &logs);
    }
    let lines = logs[start..].lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let reasons: Vec<String> =
        lines.filter(|line| line["level"] == "WARN").map(|line| line["message"].to_string()).collect();
    let secret = format!("Secret \\\"{case}-credentials\\\" in namespace \\\"{}\\\"", stage.namespace);
    let says_why = reasons.iter().any(|reason| reason.contains(&secret) && reason.contains(logged));
    assert!(says_why, "{case}: the log does not say why there is no {secret}: {reasons:?}");
}

/// A Deployment is admitted, and its Secret, the only one, holds the values of all variables.
#[track_caller]
fn expect_admission(stage: &Stage, case: &str, variables: Variables<'_>) {
    stage.apply(&client("Deployment", case, variables).to_string()).expect_success();
    let deployment = stage.get(&format!("deployment/{case}"));
    let name = format!("{case}-credentials");
    for (key, _) in variables {
        assert_eq!(*variable(&deployment, "client", key), from_secret(key, &name, key), "{case}");
    }
    let secrets = stage.list("secrets");
    let named: Vec<&Value> = secrets.iter().filter(|secret| secret["metadata"]["name"] == *name).collect();
    assert_eq!(named.len(), 1, "{case}");
    expect_whole(named[0], case, variables);
    assert_eq!(named[0]["data"].as_object().unwrap().len(), variables.len(), "{case}");
}

/// A Secret that is there says whose it is, and holds nothing but whole values.
#[track_caller]
fn expect_absent_or_whole(stage: &Stage, case: &str, variables: Variables<'_>) {
    if let Some(secret) = stored(stage, &format!("secret/{case}-credentials")) {
        let written: Vec<_> = variables.iter().filter(|(key, _)| secret["data"].get(key).is_some()).copied().collect();
        assert_eq!(secret["data"].as_object().unwrap().len(), written.len(), "{case}: keys that nobody wants");
        expect_whole(&secret, case, &written);
    }
}

#[track_caller]
fn expect_whole(secret: &Value, case: &str, variables: Variables<'_>) {
    assert!(!variables.is_empty(), "{case}: a Secret without keys");
    for (key, value) in variables {
        assert_eq!(secret_value(secret, key), *value, "{case}");
    }
    assert_eq!(secret["metadata"]["labels"]["app.kubernetes.io/managed-by"], "tidegate", "{case}");
    assert_eq!(secret["metadata"]["annotations"]["tidegate.dev/workload-name"], *case, "{case}");
}

/// An object as it is stored, if it is there.
fn stored(stage: &Stage, object: &str) -> Option<Value> {
    let found = stage.kubectl(&["get", object, "-o", "json"]);
    found.is_success().then(|| serde_json::from_str(&found.stdout).unwrap())
}
