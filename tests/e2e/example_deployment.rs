//! The example's Deployment: repaired when it is applied, and left as it is by applying it again.
//!
//! Two facts of Kubernetes itself bound what a re-apply can show. A Deployment's generation counts
//! its annotations too (apps/deployment/strategy.go). And kubectl rewrites the annotation
//! `last-applied-configuration` when it goes from client-side to server-side apply, with or without
//! a gate, as [`kubectl_itself_moves_the_generation`] shows on nginx. So across that step the
//! Deployment's spec is compared, and its revision: no pod is replaced.

use serde_json::{Value, json};

use crate::manifests::{deployment, example, replace};
use crate::stage::{CONTROLLERS, Stage};
use crate::stored::{asks_by_tcp, container, from_secret, generation, last_applied, secret_value, variable, words};
use crate::support::wait::eventually;

const NAME: &str = "deployment/mysql";

/// What the strategy of the example's Deployment may be before it is repaired.
fn strategies() -> [(&'static str, String); 3] {
    let recreate = "  strategy:\n    type: Recreate\n";
    let rolling = "  strategy:\n    type: RollingUpdate\n";
    [
        ("recreate", deployment()),
        ("rolling", replace(&deployment(), recreate, rolling)),
        ("none", replace(&deployment(), recreate, "")),
    ]
}

#[test]
fn is_repaired() {
    let Some(stage) = Stage::open("deployment") else { return };
    let told = stage.apply(&deployment());
    for rule in ["MY001", "MY011", "MY016"] {
        assert!(told.stderr.contains(&format!("Warning: tidegate repaired {rule}")), "{}", told.stderr);
    }
    told.expect_success();
    let stored = stage.get(NAME);
    expect_repaired(&stored);
    let args = words(&container(&stored, "mysql")["args"]);
    // utf8mb4_0900_ai_ci came with MySQL 8.0.
    assert_eq!(args, ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"]);
}

#[test]
fn its_password_is_in_the_secret() {
    let Some(stage) = Stage::open("secret") else { return };
    stage.apply(&deployment()).expect_success();
    let secret = stage.get("secret/mysql-credentials");
    assert_eq!(secret_value(&secret, "MYSQL_ROOT_PASSWORD"), "password");
    assert_eq!(secret["data"].as_object().unwrap().len(), 1);
    assert_eq!(secret["type"], "Opaque");
    assert_eq!(secret["metadata"]["labels"], json!({"app.kubernetes.io/managed-by": "tidegate"}));
    let workload = json!({
        "tidegate.dev/workload-kind": "Deployment",
        "tidegate.dev/workload-name": "mysql",
        "tidegate.dev/keeps-data": "claims",
        "tidegate.dev/claims": "mysql-pv-claim",
    });
    assert_eq!(secret["metadata"]["annotations"], workload);
    // Collected with the workload, it would be gone while the data still needs it.
    assert_eq!(secret["metadata"]["ownerReferences"], Value::Null);
}

#[test]
fn applying_it_again_changes_nothing() {
    for (strategy, manifest) in strategies() {
        let Some(stage) = Stage::open(&format!("again-{strategy}")) else { return };
        stage.apply(&manifest).expect_success();
        let first = settled(&stage);
        expect_repaired(&first);
        for _ in 0..2 {
            stage.apply(&manifest).expect_success();
            let again = settled(&stage);
            assert_eq!(generation(&again), 1, "{strategy}");
            assert_eq!(again["spec"], first["spec"], "{strategy}");
            assert_eq!(last_applied(&again), last_applied(&first), "{strategy}");
        }
        let difference = stage.diff(&[], &manifest);
        assert_eq!((difference.code, &*difference.stdout), (Some(0), ""), "{strategy}: {}", difference.stderr);
    }
}

#[test]
fn server_side_apply_alone_changes_nothing() {
    for (strategy, manifest) in strategies() {
        let Some(stage) = Stage::open(&format!("server-side-{strategy}")) else { return };
        stage.apply_server_side(&manifest).expect_success();
        let first = settled(&stage);
        expect_repaired(&first);
        assert_eq!(last_applied(&first), "", "server-side apply keeps no annotation");
        for _ in 0..2 {
            stage.apply_server_side(&manifest).expect_success();
            let again = settled(&stage);
            assert_eq!((generation(&again), &again["spec"]), (1, &first["spec"]), "{strategy}");
        }
        for flags in [&["--server-side"][..], &[]] {
            let difference = stage.diff(flags, &manifest);
            assert_eq!((difference.code, &*difference.stdout), (Some(0), ""), "{strategy}: {}", difference.stderr);
        }
    }
}

#[test]
fn server_side_apply_after_client_side_apply_changes_no_pod() {
    let Some(stage) = Stage::open("server-side-after") else { return };
    stage.apply(&deployment()).expect_success();
    let first = settled(&stage);
    // The API server notes who wrote which field before webhooks are called, so client-side apply
    // still counts as the owner of a `value` that is not there any more.
    let refused = stage.apply_server_side(&deployment());
    let conflict = "conflict with \"kubectl-client-side-apply\" using apps/v1: \
                    .spec.template.spec.containers[name=\"mysql\"].env[name=\"MYSQL_ROOT_PASSWORD\"].value";
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains(conflict), "{}", refused.stderr);
    assert_eq!(generation(&settled(&stage)), 1);

    for _ in 0..2 {
        stage.send("apply", &["--server-side", "--force-conflicts"], &deployment()).expect_success();
        let again = settled(&stage);
        expect_repaired(&again);
        assert_eq!(again["spec"], first["spec"]);
        assert_eq!(generation(&again), 2, "for kubectl's own annotation, once");
        stage.apply_server_side(&deployment()).expect_success();
    }
    assert_eq!(stage.list("replicasets").len(), 1, "no pod was replaced");
    for flags in [&["--server-side"][..], &[]] {
        let difference = stage.diff(flags, &deployment());
        assert_eq!((difference.code, &*difference.stdout), (Some(0), ""), "{}", difference.stderr);
    }
}

#[test]
fn client_side_apply_after_server_side_apply_changes_no_pod() {
    let Some(stage) = Stage::open("client-side-after") else { return };
    stage.apply_server_side(&deployment()).expect_success();
    let first = settled(&stage);
    for _ in 0..2 {
        stage.apply(&deployment()).expect_success();
        let again = settled(&stage);
        expect_repaired(&again);
        assert_eq!(again["spec"], first["spec"]);
        assert_eq!(generation(&again), 2, "for kubectl's own annotation, once");
    }
    assert_eq!(stage.list("replicasets").len(), 1, "no pod was replaced");
}

#[test]
fn kubectl_itself_moves_the_generation() {
    let Some(stage) = Stage::open("kubectl-itself") else { return };
    let nginx = example("nginx-deployment.yaml");
    let generation_after = |flags: &[&str]| {
        stage.send("apply", flags, &nginx).expect_success();
        generation(&stage.get("deployment/nginx"))
    };
    assert_eq!(generation_after(&[]), 1);
    assert_eq!(generation_after(&[]), 1);
    assert_eq!(generation_after(&["--server-side"]), 2);
    assert_eq!(generation_after(&["--server-side"]), 2);
    assert_eq!(generation_after(&[]), 3);
    assert!(stage.reviews().is_empty(), "nginx never goes by the gate");
}

#[test]
fn an_authors_later_change_is_kept() {
    let Some(stage) = Stage::open("later") else { return };
    stage.apply(&deployment()).expect_success();
    // The author takes the password over into a Secret of their own, and adds an argument.
    let own = "valueFrom: {secretKeyRef: {name: my-own, key: root}}";
    let manifest = replace(&deployment(), "value: password", own);
    let manifest = replace(
        &manifest,
        "        name: mysql\n        env",
        "        name: mysql\n        args: [--skip-name-resolve]\n        env",
    );
    stage.apply(&manifest).expect_success();
    let stored = stage.get(NAME);
    assert_eq!(
        *variable(&stored, "mysql", "MYSQL_ROOT_PASSWORD"),
        from_secret("MYSQL_ROOT_PASSWORD", "my-own", "root")
    );
    let args = words(&container(&stored, "mysql")["args"]).join(" ");
    assert!(args.starts_with("--skip-name-resolve") && args.contains("--character-set-server=utf8mb4"), "{args}");
    assert!(stage.has("secret/mysql-credentials"), "a password is never deleted");
    // What the gate put behind the argument is not in the file: kubectl takes it away, the gate puts it back.
    let before = generation(&stored);
    stage.apply(&manifest).expect_success();
    assert_eq!(generation(&stage.get(NAME)), before);
}

#[track_caller]
fn expect_repaired(stored: &Value) {
    let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-credentials", "MYSQL_ROOT_PASSWORD");
    assert_eq!(*variable(stored, "mysql", "MYSQL_ROOT_PASSWORD"), reference);
    assert_eq!(stored["spec"]["strategy"], json!({"type": "Recreate"}));
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let probe = &container(stored, "mysql")[probe];
        assert!(asks_by_tcp(probe), "{probe}");
    }
    assert!(words(&container(stored, "mysql")["args"]).contains(&"--character-set-server=utf8mb4"));
    let text = stored.to_string();
    assert!(!text.contains(r#""value":"password""#) && !last_applied(stored).contains(r#""value":"#), "{text}");
}

/// The Deployment once its controller has seen it.
fn settled(stage: &Stage) -> Value {
    eventually("the controller to see the Deployment", CONTROLLERS, || {
        let stored = stage.get(NAME);
        (stored["status"]["observedGeneration"] == stored["metadata"]["generation"]).then_some(stored)
    })
}
