//! What `tidegate install` and `uninstall` leave alone: what is somebody else's, passwords that databases need, and
//! everybody's workloads until the gate was called.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::install::{fails, has_webhooks, tidegate};
use crate::stage::CONTROLLERS;
use crate::support::control_plane::ControlPlane;
use crate::support::wait::eventually;

/// Of the Secrets that a gate has made, those go that nothing uses, if somebody says so.
#[test]
fn passwords_that_databases_need_stay_whatever_is_said() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    admin.run(&["create", "namespace", "shop"]).expect_success();
    let secret = |name: &str, data: &str, claims: &str| {
        json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {
                "name": format!("{name}-credentials"), "namespace": "shop",
                "labels": { "app.kubernetes.io/managed-by": "tidegate" },
                "annotations": {
                    "tidegate.dev/workload-kind": "Deployment", "tidegate.dev/workload-name": name,
                    "tidegate.dev/workload-uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
                    "tidegate.dev/keeps-data": data, "tidegate.dev/claims": claims,
                },
            },
            "stringData": { "MYSQL_ROOT_PASSWORD": "hunter2-correct-horse" },
        })
    };
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "kept", "namespace": "shop" },
        "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } },
    });
    let reference = json!({ "secretKeyRef": { "name": "used-credentials", "key": "MYSQL_ROOT_PASSWORD" } });
    let user = json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "user", "namespace": "shop" },
        "spec": { "suspend": true, "template": { "spec": { "restartPolicy": "Never", "containers": [{
            "name": "client", "image": "mysql:8.4", "env": [{ "name": "MYSQL_PWD", "valueFrom": reference }],
        }] } } },
    });
    let foreign = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "foreign-credentials", "namespace": "shop" },
    });
    for object in [
        secret("gone", "claims", "lost"),
        secret("used", "claims", "lost"),
        secret("volume", "claims", "kept"),
        secret("node", "elsewhere", ""),
        claim,
        user,
        foreign,
    ] {
        admin.run_with_input(&["apply", "-f", "-"], &object.to_string()).expect_success();
    }

    let reader = cluster.as_service_account("default", "default");
    let rights =
        ["- { apiGroups: [\"\"], resources: [secrets], verbs: [delete] }", "resources: [jobs], verbs: [list] }"];
    fails(reader.kubeconfig(), &["uninstall", "--with-passwords"], &rights);
    let gone = tidegate(config, &["uninstall", "--with-passwords"]);
    assert_eq!(gone.code, Some(0), "{}", gone.stderr);
    for part in [
        "deleted Secret \"gone-credentials\" in namespace \"shop\"",
        "kept Secret \"used-credentials\" in namespace \"shop\": it is in use",
        "kept Secret \"volume-credentials\" in namespace \"shop\": the volumes of its database are there",
        "kept Secret \"node-credentials\" in namespace \"shop\": the data of its database were outside",
    ] {
        assert!(gone.stdout.contains(part), "no {part:?} in {}", gone.stdout);
    }
    assert!(!gone.stdout.contains("hunter2"));
    let left = admin.run(&["get", "secrets", "-n", "shop", "-o", "name"]).expect_success();
    let left: Vec<&str> = left.lines().collect();
    let named = |name: &str| format!("secret/{name}-credentials");
    assert_eq!(left, ["foreign", "node", "used", "volume"].map(named));
}

/// Only what was made for the gate is changed and deleted, and only where the gate is.
#[test]
fn what_is_somebody_elses_stays() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    let install = ["install", "--image", "registry.example/tidegate:1", "--timeout", "1"];
    admin.run(&["create", "namespace", "shop"]).expect_success();
    admin.run(&["create", "deployment", "tidegate", "--image=nginx", "-n", "shop"]).expect_success();
    admin.run(&["create", "namespace", "prod"]).expect_success();
    let foreign = "there is a Deployment shop/tidegate that was not made for tidegate";
    fails(config, &["uninstall", "--namespace", "shop"], &[foreign]);
    fails(config, &[&install[..], &["--namespace", "shop"]].concat(), &[foreign]);
    fails(
        config,
        &["uninstall", "--namespace", "prod", "--with-namespace"],
        &["namespace prod was not made for tidegate", "so it is not deleted"],
    );
    admin.run(&["get", "deployment/tidegate", "-n", "shop"]).expect_success();

    // A namespace that was there gets no label; another gate's rights are not taken over.
    let in_prod = [&install[..], &["--namespace", "prod", "--replicas", "3", "--reports", "policyreport"]].concat();
    fails(config, &in_prod, &["the gate does not answer after 1 s"]);
    let labels = admin.json(&["get", "namespace/prod"])["metadata"]["labels"].clone();
    assert!(labels["pod-security.kubernetes.io/enforce"].is_null(), "{labels}");
    fails(config, &install, &["belongs to a gate in namespace prod"]);
    fails(config, &["uninstall"], &["belongs to a gate in namespace prod"]);
    // What was chosen before stays, and what was written by hand.
    admin.run(&["set", "resources", "deployment/tidegate", "-n", "prod", "--limits=memory=3Gi"]).expect_success();
    fails(config, &["install", "--namespace", "prod", "--timeout", "1"], &["the gate does not answer"]);
    let stored = admin.json(&["get", "deployment/tidegate", "-n", "prod"]);
    assert_eq!(stored["spec"]["replicas"], 3);
    assert!(stored.to_string().contains("--reports=policyreport"));
    let limits = stored.pointer("/spec/template/spec/containers/0/resources/limits").unwrap();
    assert_eq!(limits, &json!({ "memory": "3Gi" }));
    fails(config, &["install", "--namespace", "prod", "--cert-manager"], &["this cluster has no cert-manager"]);
    fails(config, &["install", "--image", "a b"], &["an image is named like registry.example/name:tag"]);

    let gone = tidegate(config, &["uninstall", "--namespace", "prod"]);
    assert!(gone.code == Some(0) && gone.stdout.contains("The gate is gone"), "{}", gone.stderr);
    let again = tidegate(config, &["uninstall", "--namespace", "prod"]);
    assert!(again.stdout.contains("There was nothing of a gate in namespace prod"), "{}", again.stdout);
    let reader = cluster.as_service_account("default", "default");
    let unseen = tidegate(reader.kubeconfig(), &["status"]);
    assert!(unseen.code == Some(2) && unseen.stdout.contains("this account may not see it"), "{}", unseen.stdout);
}

/// Until the API server has called the gate, its webhooks are for the trial's object alone: whenever an installation ends,
/// nobody is held up.
#[test]
fn an_installation_that_is_killed_on_trial_holds_nobody_up() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command.args(["install", "--image", "registry.example/tidegate:1", "--timeout", "120"]);
    command.env_clear().env("KUBECONFIG", config).env("HOME", env!("CARGO_TARGET_TMPDIR"));
    let mut installing = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();

    // Pods that say that they are ready, and answer nobody.
    let pods = eventually("the gate's pods", CONTROLLERS, || {
        let pods = admin.run(&["get", "pods", "-n", "tidegate-system", "-o", "name"]).stdout;
        (pods.lines().count() == 2).then_some(pods)
    });
    let ready = r#"{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}"#;
    for pod in pods.lines() {
        admin.run(&["patch", pod, "-n", "tidegate-system", "--subresource=status", "-p", ready]).expect_success();
    }
    let authority = rcgen::generate_simple_self_signed(vec!["tidegate".to_owned()]).unwrap();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "tidegate-tls", "namespace": "tidegate-system" },
        "stringData": { "ca.crt": authority.cert.pem() },
    });
    admin.run_with_input(&["apply", "-f", "-"], &secret.to_string()).expect_success();

    let webhooks = ["mutatingwebhookconfiguration/tidegate", "validatingwebhookconfiguration/tidegate"];
    eventually("the webhooks", CONTROLLERS, || {
        webhooks.iter().all(|webhook| admin.run(&["get", webhook]).is_success()).then_some(())
    });
    let create = ["create", "deployment", "mysql", "--image=mysql:8.4", "--dry-run=server"];
    admin.run(&create).expect_success();
    installing.kill().unwrap();
    installing.wait().unwrap();
    admin.run(&create).expect_success();
    let status = tidegate(config, &["status"]);
    assert_eq!(status.code, Some(1));
    assert!(status.stdout.contains("registered for a trial that did not come to its end"), "{}", status.stdout);

    fails(config, &["install"], &["the API server cannot call the gate", "the webhooks were taken away again"]);
    assert!(!has_webhooks(&admin));
}

/// Webhooks that are in force are never taken for a trial's, whatever the gate added during one; and while they believe
/// one authority, no other is put in its place.
#[test]
fn webhooks_in_force_stay_so_and_keep_their_authority() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy");
    for file in ["70-mutating-webhook.yaml", "80-validating-webhook.yaml"] {
        admin.run(&["apply", "-f", &folder.join(file).display().to_string()]).expect_success();
    }
    let general = json!([{ "op": "add", "path": "/webhooks/-", "value": {
        "name": "general.tidegate.dev", "sideEffects": "None", "admissionReviewVersions": ["v1"],
        "failurePolicy": "Ignore", "objectSelector": { "matchLabels": { "tidegate.dev/trial": "true" } },
        "clientConfig": { "service": { "namespace": "tidegate-system", "name": "tidegate" } },
    } }]);
    let validating = "validatingwebhookconfiguration/tidegate";
    admin.run(&["patch", validating, "--type=json", "-p", &general.to_string()]).expect_success();
    let status = tidegate(config, &["status"]);
    assert!(status.stdout.contains("both are registered"), "{}", status.stdout);

    let install = ["install", "--image", "registry.example/tidegate:1", "--timeout", "1"];
    let way_out = "tidegate uninstall --namespace tidegate-system";
    let told = ["believe another authority than cert-manager's", way_out];
    fails(config, &[&install[..], &["--cert-manager"]].concat(), &told);
    let from = "cert-manager.io/inject-ca-from=tidegate-system/tidegate";
    admin.run(&["annotate", validating, "mutatingwebhookconfiguration/tidegate", from]).expect_success();
    fails(config, &install, &["have their authority from cert-manager", way_out]);
    assert!(!admin.run(&["get", "namespace", "tidegate-system"]).is_success(), "it looked before it applied");
}

/// A certificate of somebody's own whose authority nobody says would be believed by no API server.
#[test]
fn an_own_certificate_without_its_authority_is_told_before_anything_is_applied() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (admin, config) = (cluster.admin(), cluster.kubeconfig());
    admin.run(&["create", "namespace", "tidegate-system"]).expect_success();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": { "name": "tidegate-tls", "namespace": "tidegate-system" },
        "stringData": { "tls.crt": "a certificate", "tls.key": "a key" },
    });
    admin.run_with_input(&["apply", "-f", "-"], &secret.to_string()).expect_success();
    let install = ["install", "--image", "registry.example/tidegate:1", "--timeout", "1"];
    fails(config, &install, &["Secret tidegate-system/tidegate-tls lacks ca.crt", "--from-file=ca.crt"]);
    assert!(!admin.run(&["get", "deployment/tidegate", "-n", "tidegate-system"]).is_success());
    assert!(!has_webhooks(&admin));

    let complete = json!({ "stringData": { "ca.crt": "an authority" } }).to_string();
    admin.run(&["patch", "secret/tidegate-tls", "-n", "tidegate-system", "-p", &complete]).expect_success();
    fails(config, &install, &["the gate does not answer after 1 s"]);
}
