//! The API server refuses the Secret, for reasons that its operators give it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Variables, expect_absent_or_whole, expect_admission, expect_refusal};
use crate::stage::{CONTROLLERS, Stage, account, gate};
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Kubectl;
use crate::support::wait::eventually;
use crate::workloads::{client, review};

const ONE: Variables<'_> = &[("MYSQL_PWD", "refused-password")];
const TWO: Variables<'_> = &[("MYSQL_PWD", "refused-password"), ("MYSQL_ROOT_PASSWORD", "refused-as-well")];

/// An account of the namespace that may do these things with Secrets.
fn account_with(cluster: &ControlPlane, namespace: &str, verbs: &str) -> Kubectl {
    let name = format!("may-{}", verbs.replace(',', "-"));
    let run = |arguments: &[&str]| cluster.kubectl(&[arguments, &["-n", namespace]].concat()).expect_success();
    run(&["create", "serviceaccount", &name]);
    run(&["create", "role", &name, &format!("--verb={verbs}"), "--resource=secrets"]);
    let subject = format!("--serviceaccount={namespace}:{name}");
    run(&["create", "rolebinding", &name, &format!("--role={name}"), &subject]);
    cluster.as_service_account(namespace, &name)
}

#[test]
fn rights_to_read_and_not_to_write() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("may");
    for (verbs, lacks, before, after) in [
        ("get,patch", "create", None, ONE),
        ("get,create", "patch", Some(ONE), TWO),
        ("create,patch", "get", None, ONE),
    ] {
        let case = format!("lacks-{lacks}");
        let lacking = account_with(cluster, &namespace, verbs);
        if let Some(before) = before {
            let whole = Stage::guard_with(cluster, namespace.clone(), gate(account(cluster)));
            expect_admission(&whole, &case, before);
        }
        let stage = Stage::guard_with(cluster, namespace.clone(), gate(lacking.kubeconfig()));
        let reason = format!("tidegate's own account may not {lacks} Secret");
        expect_refusal(&stage, &case, after, &[&reason, "see webhook-deploy/"], &reason.replace('"', "\\\""));
        drop(stage);
        let mended = Stage::guard_with(cluster, namespace.clone(), gate(account(cluster)));
        expect_admission(&mended, &case, after);
    }
}

#[test]
fn a_quota_that_is_full_and_then_raised() {
    let Some(stage) = Stage::open("full") else { return };
    let quota = |number: &str| {
        let hard = json!({"spec": {"hard": {"count/secrets": number}}}).to_string();
        stage.kubectl(&["patch", "quota", "secrets", "-p", &hard]).expect_success();
        eventually("the quota to be counted", CONTROLLERS, || {
            (stage.get("quota/secrets")["status"]["hard"]["count/secrets"] == number).then_some(())
        });
    };
    stage.kubectl(&["create", "quota", "secrets", "--hard=count/secrets=9"]).expect_success();
    quota("1");
    expect_admission(&stage, "before", ONE);
    expect_refusal(&stage, "full", ONE, &["refused to create Secret", "exceeded quota: secrets"], "exceeded quota");
    // A key is no Secret more.
    expect_admission(&stage, "before", TWO);
    quota("2");
    expect_admission(&stage, "full", ONE);
}

/// Other people's policies, one of which quotes what it refuses.
#[test]
fn another_policy_that_refuses_secrets() {
    let Some(stage) = Stage::open("policy") else { return };
    for (case, expression, told) in [
        ("named", "'no Secrets on ' + 'Tuesdays'", "no Secrets on Tuesdays"),
        ("quoting", "'found ' + string(object.data['MYSQL_PWD'])", "in words that are not shown"),
        ("quoting-all", "string(object.data['MYSQL_PWD']) + string(object.data['MYSQL_PWD'])", "are not shown"),
    ] {
        let policy = forbid_secrets(&stage, case, expression);
        expect_refusal(&stage, case, ONE, &["the API server refused to create Secret", told], told);
        for quoted in ["refused-password", &base64("refused-password")] {
            assert!(!stage.gate.logs().contains(quoted), "{case}: the log quotes the password");
        }
        stage.cluster.kubectl(&["delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", &policy]);
        eventually("the policy to be gone", CONTROLLERS, || try_secret(&stage, case).then_some(()));
        expect_admission(&stage, case, ONE);
    }
}

#[test]
fn another_webhook_that_nobody_answers() {
    let Some(stage) = Stage::open("webhook") else { return };
    let name = format!("nobody-{}", stage.namespace);
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [{
            "name": "nobody.example.com", "clientConfig": {"url": "https://127.0.0.1:1/"},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["secrets"], "operations": ["CREATE"]}],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": stage.namespace}},
            "failurePolicy": "Fail", "sideEffects": "None", "admissionReviewVersions": ["v1"],
        }],
    });
    stage.cluster.kubectl_with_input(&["apply", "-f", "-"], &configuration.to_string()).expect_success();
    eventually("the webhook to refuse", CONTROLLERS, || (!try_secret(&stage, "webhook")).then_some(()));
    let reason = "failed calling webhook";
    expect_refusal(&stage, "webhook", ONE, &["refused to create Secret", "nobody.example.com"], reason);
    stage.cluster.kubectl(&["delete", "validatingwebhookconfiguration", &name]).expect_success();
    eventually("the webhook to be gone", CONTROLLERS, || try_secret(&stage, "webhook").then_some(()));
    expect_admission(&stage, "webhook", ONE);
}

/// The API server itself looks at the namespace before it asks webhooks; a namespace that ends in
/// between is what the gate may meet, and here meets because it is asked directly.
#[test]
fn a_namespace_that_is_ending_or_not_there() {
    let Some(stage) = Stage::open("ending") else { return };
    let kept = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "kept", "finalizers": ["tests.tidegate.dev/kept"]}});
    stage.apply(&kept.to_string()).expect_success();
    stage.cluster.kubectl(&["delete", "namespace", &stage.namespace, "--wait=false"]).expect_success();
    for (case, namespace, told) in [
        ("ending", &*stage.namespace, "the namespace is being deleted. Wait until it is gone"),
        ("nowhere", "not-there-at-all", "the namespace does not exist. Make it first (kubectl create namespace)"),
    ] {
        let object = client("Deployment", case, ONE);
        let refused = stage.cluster.kubectl_with_input(&["create", "-f", "-", "-n", namespace], &object.to_string());
        assert!(!refused.is_success(), "{case}: {}", refused.stdout);
        let answer = ask(&stage, namespace, &object);
        assert_eq!(answer["allowed"], false, "{case}: {answer}");
        assert!(answer["status"]["message"].as_str().unwrap().contains(told), "{case}: {answer}");
        assert!(stage.gate.logs().contains(told), "{case}");
        let secret = ["get", "secret", &format!("{case}-credentials"), "-n", namespace];
        assert!(!stage.cluster.kubectl(&secret).is_success(), "{case}");
    }
    stage.kubectl(&["patch", "configmap/kept", "-p", r#"{"metadata":{"finalizers":null}}"#]).expect_success();
    stage.cluster.kubectl(&["wait", "--for=delete", "namespace", &stage.namespace, "--timeout=30s"]).expect_success();
    stage.cluster.kubectl(&["create", "namespace", &stage.namespace]).expect_success();
    expect_admission(&stage, "ending", ONE);
    expect_absent_or_whole(&stage, "ending", ONE);
}

/// Asks the gate as an API server would.
fn ask(stage: &Stage, namespace: &str, object: &Value) -> Value {
    let review = review(namespace, object).to_string();
    let answer = stage.gate.server().post_json("/mutate", review.as_bytes()).unwrap();
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["response"].clone()
}

/// Refuses every new Secret of the gate in the namespace, in these words; the policy's name.
fn forbid_secrets(stage: &Stage, case: &str, message: &str) -> String {
    let name = format!("{}-{case}", stage.namespace);
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [
                {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"]},
            ]},
            "validations": [{"expression": "false", "messageExpression": message}],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": stage.namespace}}}},
    });
    for document in [policy, binding] {
        stage.cluster.kubectl_with_input(&["apply", "-f", "-"], &document.to_string()).expect_success();
    }
    eventually("the policy to refuse", Duration::from_secs(60), || (!try_secret(stage, case)).then_some(()));
    name
}

/// Whether a Secret could be made.
fn try_secret(stage: &Stage, case: &str) -> bool {
    let secret = ["create", "secret", "generic", &format!("try-{case}"), "--from-literal=MYSQL_PWD=a"];
    stage.kubectl(&[&secret[..], &["--dry-run=server"]].concat()).is_success()
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
