//! `tidegate install`, `status` and `uninstall` before an API server on which no pod runs: what is in the way is told
//! before anything is registered, and everything goes again. With pods: `tests/node/gate.rs`.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::stage::CONTROLLERS;
use crate::support::control_plane::ControlPlane;
use crate::support::kubectl::Kubectl;
use crate::support::wait::eventually;

/// What a command ended with.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn tidegate(kubeconfig: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command.args(arguments).env_clear().env("KUBECONFIG", kubeconfig).env("HOME", env!("CARGO_TARGET_TMPDIR"));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// That a command fails, and says this.
#[track_caller]
pub(crate) fn fails(kubeconfig: &Path, arguments: &[&str], parts: &[&str]) {
    let Ended { code, stdout, stderr } = tidegate(kubeconfig, arguments);
    assert_eq!(code, Some(2), "{stdout}{stderr}");
    for part in parts {
        assert!(stderr.contains(part), "no {part:?} in {stderr}");
    }
    assert!(!stderr.contains("panicked"), "{stderr}");
}

pub(crate) fn has_webhooks(admin: &Kubectl) -> bool {
    !admin
        .run(&["get", "mutatingwebhookconfigurations,validatingwebhookconfigurations", "-o", "name"])
        .stdout
        .is_empty()
}

#[test]
fn nothing_is_held_up_by_a_gate_that_does_not_answer() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    let unwell = tidegate(config, &["status"]);
    assert_eq!(unwell.code, Some(1));
    assert!(unwell.stdout.contains("there is none in namespace tidegate-system"), "{}", unwell.stdout);

    fails(config, &["install"], &["name the gate's image with --image"]);
    assert!(!admin.run(&["get", "namespace", "tidegate-system"]).is_success(), "it looked before it applied");

    // No kubelet: its pods have no node. An installation that was interrupted goes on.
    for _ in 0..2 {
        let install = ["install", "--image", "registry.example/tidegate:1", "--timeout", "2"];
        fails(config, &install, &["the gate does not answer after 2 s", "no webhook was registered"]);
        assert!(!has_webhooks(&admin));
    }
    let stored = admin.json(&["get", "deployment/tidegate", "-n", "tidegate-system"]);
    let image = "/spec/template/spec/containers/0/image";
    assert_eq!(stored.pointer(image).unwrap(), "registry.example/tidegate:1");
    // Without an image it keeps the one that is there.
    fails(config, &["install", "--timeout", "1", "--replicas", "3"], &["does not answer after 1 s"]);
    let stored = admin.json(&["get", "deployment/tidegate", "-n", "tidegate-system"]);
    assert_eq!(
        (stored.pointer(image).unwrap(), &stored["spec"]["replicas"]),
        (&json!("registry.example/tidegate:1"), &json!(3))
    );

    let unwell = tidegate(config, &["status"]);
    assert_eq!(unwell.code, Some(1));
    for part in ["0 of 3 replicas answer, registry.example/tidegate:1", "none is registered", "no Secret tidegate-tls"]
    {
        assert!(unwell.stdout.contains(part), "no {part:?} in {}", unwell.stdout);
    }

    let gone = tidegate(config, &["uninstall"]);
    assert_eq!(gone.code, Some(0), "{}", gone.stderr);
    let left = "--ignore-not-found secret/tidegate-tls";
    for part in ["deleted Deployment tidegate-system/tidegate", left, "docs/reports.md"] {
        assert!(gone.stdout.contains(part), "no {part:?} in {}", gone.stdout);
    }
    assert!(admin.run(&["get", "crd/clusterpolicies.tidegate.dev", "namespace/tidegate-system"]).is_success());
    let left = admin.run(&[
        "get",
        "clusterrole,clusterrolebinding,priorityclass",
        "-l",
        "app.kubernetes.io/name=tidegate",
        "-o",
        "name",
    ]);
    assert_eq!(left.stdout, "");
    // Again: there is nothing left to take away.
    let again = tidegate(config, &["uninstall", "--with-crds", "--with-namespace"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stdout.contains("deleted CustomResourceDefinition clusterpolicies.tidegate.dev"), "{}", again.stdout);
    eventually("the namespace to go", CONTROLLERS, || {
        (!admin.run(&["get", "namespace", "tidegate-system"]).is_success()).then_some(())
    });
}

#[test]
fn what_is_in_the_way_is_told_before_anything_is_applied() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    let install = ["install", "--image", "registry.example/tidegate:1", "--timeout", "1"];
    let apply = |object: serde_json::Value| {
        admin.run_with_input(&["apply", "--server-side", "-f", "-"], &object.to_string()).expect_success();
    };
    let configuration = |name: &str, namespace: &str, labels: serde_json::Value| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": { "name": name, "labels": labels },
            "webhooks": [{
                "name": "validate.tidegate.dev", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                "failurePolicy": "Ignore",
                "clientConfig": { "service": { "namespace": namespace, "name": "tidegate" } },
            }],
        })
    };

    // Somebody else's configuration of that name, and a gate elsewhere.
    apply(configuration("tidegate", "elsewhere", json!({})));
    fails(config, &install, &["ValidatingWebhookConfiguration tidegate that was not made for tidegate"]);
    apply(configuration("tidegate", "elsewhere", json!({ "app.kubernetes.io/name": "tidegate" })));
    let way_out = "tidegate uninstall --namespace elsewhere";
    fails(config, &install, &["belongs to a gate in namespace elsewhere", way_out]);
    fails(config, &["uninstall"], &["belongs to a gate in namespace elsewhere"]);
    admin.run(&["delete", "validatingwebhookconfiguration/tidegate"]).expect_success();

    // A namespace on its way out.
    let held = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": "tidegate-system" }, "spec": { "finalizers": ["example.com/held"] },
    });
    apply(held);
    admin.run(&["delete", "namespace/tidegate-system", "--wait=false"]).expect_success();
    fails(config, &install, &["namespace tidegate-system is being deleted: wait"]);

    // Rights: all that are missing, as rules to ask for.
    let reader = cluster.as_service_account("default", "default");
    let rights = [
        "it lacks:",
        "- { apiGroups: [\"apps\"], resources: [deployments], verbs: [create] } in namespace tidegate-system",
        "- { apiGroups: [\"admissionregistration.k8s.io\"], resources: [mutatingwebhookconfigurations], verbs: [patch] }",
        "resources: [validatingwebhookconfigurations], verbs: [delete] }",
        "resources: [deployments], verbs: [create] } in namespace default",
        "resources: [secrets], resourceNames: [tidegate-tls], verbs: [get] } in namespace tidegate-system",
    ];
    fails(reader.kubeconfig(), &install, &rights);
    fails(reader.kubeconfig(), &["uninstall"], &["verbs: [delete] }"]);
    // Who may apply it all, and not what the gate is to do, may not grant it either.
    let kinds = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": { "name": "applier" },
        "rules": [{
            "apiGroups": [
                "", "apps", "policy", "scheduling.k8s.io", "apiextensions.k8s.io", "networking.k8s.io",
                "rbac.authorization.k8s.io", "admissionregistration.k8s.io",
            ],
            "resources": ["*"], "verbs": ["get", "create", "patch"],
        }],
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": { "name": "applier" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "applier" },
        "subjects": [{ "kind": "ServiceAccount", "namespace": "default", "name": "default" }],
    });
    apply(kinds);
    apply(binding);
    let lease =
        "resources: [leases], resourceNames: [tidegate-clean-up], verbs: [update] } in namespace tidegate-system";
    let told = ["it lacks:", "- { apiGroups: [\"\"], resources: [secrets], verbs: [list] }", lease];
    fails(reader.kubeconfig(), &install, &told);
    admin.run(&["delete", "clusterrole/applier", "clusterrolebinding/applier"]).expect_success();

    for (arguments, told) in [
        (&["install", "--namespace", "Gate"][..], "--namespace: a name is of lower-case letters"),
        (&["install", "--namespace", "default"], "needs one of its own, not default"),
        (&["install", "--context", "nowhere"], "the context cannot be used"),
    ] {
        fails(config, arguments, &[told]);
    }
    fails(Path::new("/nowhere/kubeconfig"), &install, &["no cluster is at hand"]);
    assert!(!has_webhooks(&admin));
}

/// A definition in which objects are stored that this program cannot read is not replaced.
#[test]
fn kinds_of_a_later_version_stay() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    let schema = json!({ "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } });
    let later = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "clusterpolicies.tidegate.dev" },
        "spec": {
            "group": "tidegate.dev", "scope": "Cluster",
            "names": { "kind": "ClusterPolicy", "plural": "clusterpolicies", "singular": "clusterpolicy" },
            "versions": [{ "name": "v7", "served": true, "storage": true, "schema": schema }],
        },
    });
    admin.run_with_input(&["apply", "-f", "-"], &later.to_string()).expect_success();
    eventually("the kind", CONTROLLERS, || {
        let stored = admin.json(&["get", "crd/clusterpolicies.tidegate.dev"]);
        (stored["status"]["storedVersions"] == json!(["v7"])).then_some(())
    });
    let install = ["install", "--image", "registry.example/tidegate:1"];
    fails(
        config,
        &install,
        &["clusterpolicies.tidegate.dev has objects in version v7", "older than what was installed"],
    );
    let stored = admin.json(&["get", "crd/clusterpolicies.tidegate.dev"]);
    assert_eq!(stored["spec"]["versions"][0]["name"], "v7");
}
