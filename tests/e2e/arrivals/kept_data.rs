//! A server that keeps its data gets no other password, however that is written; and gets one when no
//! data are left.

use serde_json::{Value, json};

use crate::stage::{CONTROLLERS, Stage, account, gate, without_own_patch};
use crate::stored::{generation, secret_value, variable};
use crate::support::control_plane::ControlPlane;
use crate::support::wait::eventually;
use crate::workloads::of_pod;

const ONE: &str = "Kept-One-8Qz";
const TWO: &str = "Kept-Two-8Qz";
const REFUSED: &str = "A changed variable never changes the password of a database that is initialised";

fn literal(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}

/// A server with its data in a claim.
fn server(kind: &str, name: &str, variable: &Value) -> Value {
    let mount = json!({"name": "data", "mountPath": "/var/lib/mysql"});
    let container = json!({"name": "mysql", "image": "mysql:8.4", "env": [variable], "volumeMounts": [mount]});
    let claimed = json!({"name": "data", "persistentVolumeClaim": {"claimName": name}});
    if kind != "StatefulSet" {
        return of_pod(kind, name, &json!({"containers": [container], "volumes": [claimed]}));
    }
    let mut set = of_pod(kind, name, &json!({"containers": [container]}));
    set["spec"]["serviceName"] = name.into();
    set["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]);
    set
}

fn plain(kind: &str, name: &str, password: &str) -> Value {
    server(kind, name, &literal("MYSQL_ROOT_PASSWORD", password))
}

#[track_caller]
fn expect_refused(stage: &Stage, manifest: &Value, why: &str) {
    let said = without_own_patch(&stage.apply(&manifest.to_string()).expect_failure());
    assert!(said.contains(REFUSED) && said.contains(why), "{said}");
    assert!(!said.contains(ONE) && !said.contains(TWO), "a password in {said}");
}

#[test]
fn stored_in_plain_text_before_the_gate() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("kept-before");
    let kinds = ["Deployment", "StatefulSet"];
    for kind in kinds {
        let manifest = plain(kind, "mysql", ONE).to_string();
        cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &manifest).expect_success();
    }
    // Two kinds of one name have one Secret: the second one's says another.
    let stage = Stage::guard(cluster, namespace);
    for kind in kinds {
        let name = format!("{}/mysql", kind.to_lowercase());
        let before = stage.get(&name);
        expect_refused(&stage, &plain(kind, "mysql", TWO), &format!("{kind} \"mysql\" is stored with another value"));
        let said = stage.kubectl(&["set", "env", &name, &format!("MYSQL_ROOT_PASSWORD={TWO}")]).expect_failure();
        assert!(said.contains("apply the stored value") && !said.contains(TWO), "{said}");
        assert_eq!(stage.get(&name), before);
        assert!(!stage.has("secret/mysql-credentials"));
    }
    // The way out begins with the stored value, and any change of the pods.
    stage.kubectl(&["rollout", "restart", "statefulset/mysql"]).expect_success();
    assert_eq!(secret_value(&stage.get("secret/mysql-credentials"), "MYSQL_ROOT_PASSWORD"), ONE);
}

#[test]
fn however_it_is_written() {
    let Some(stage) = Stage::open("kept-ways") else { return };
    for (name, value) in [("own-one", ONE), ("own-two", TWO)] {
        stage.kubectl(&["create", "secret", "generic", name, &format!("--from-literal=pw={value}")]).expect_success();
    }
    let own = |secret: &str| json!({"name": "MYSQL_ROOT_PASSWORD", "valueFrom": {"secretKeyRef": {"name": secret, "key": "pw"}}});
    let annotated = |mut manifest: Value| {
        manifest["metadata"]["annotations"] = json!({"tidegate.dev/credentials-secret": "other-credentials"});
        manifest
    };
    let beside = |mut manifest: Value| {
        let sidecar = json!({"name": "side", "image": "mysql:8.4", "command": ["sleep", "9"],
            "env": [literal("MYSQL_ROOT_PASSWORD", "Another-8Qz")]});
        manifest["spec"]["template"]["spec"]["containers"].as_array_mut().unwrap().push(sidecar);
        manifest
    };
    let deployment = |name: &str, password: &str| plain("Deployment", name, password);
    let mariadb = |name: &str, password: &str| server("Deployment", name, &literal("MARIADB_ROOT_PASSWORD", password));
    type Write<'a> = &'a dyn Fn(&str, &str) -> Value;
    // How it is stored, how it comes then.
    let rows: [(&str, Write<'_>, Write<'_>); 4] = [
        ("annotated", &deployment, &|name, password| annotated(deployment(name, password))),
        ("beside", &deployment, &|name, password| beside(deployment(name, password))),
        ("renamed", &deployment, &mariadb),
        ("own", &|name, _| server("Deployment", name, &own("own-one")), &deployment),
    ];
    for (name, first, then) in rows {
        stage.apply(&first(name, ONE).to_string()).expect_success();
        let before = stage.get(&format!("deployment/{name}"));
        expect_refused(&stage, &then(name, TWO), "already holds another value for");
        assert_eq!(stage.get(&format!("deployment/{name}"))["spec"], before["spec"], "{name}");
        // The same value may come by any of these ways.
        stage.apply(&then(name, ONE).to_string()).expect_success();
    }
}

#[test]
fn going_back_to_a_value_that_the_secret_still_has() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("kept-back");
    let server = |password: &str| plain("StatefulSet", "mysql", password);
    let client = |password: &str| {
        let variable = literal("MYSQL_PWD", password);
        let container = json!({"name": "client", "image": "mysql:8.4", "command": ["sleep", "9"], "env": [variable]});
        of_pod("Deployment", "client", &json!({"containers": [container]})).to_string()
    };
    {
        let gate = gate(account(cluster)).argument("--changed-passwords=update");
        let stage = Stage::guard_with(cluster, namespace.clone(), gate);
        for password in [ONE, TWO] {
            stage.apply(&server(password).to_string()).expect_success();
            stage.apply(&client(password)).expect_success();
        }
    }
    let stage = Stage::guard(cluster, namespace);
    expect_refused(&stage, &server(ONE), "already holds another value for MYSQL_ROOT_PASSWORD.2");
    stage.apply(&server(TWO).to_string()).expect_success();
    // Whoever keeps nothing gets it, and is told.
    let told = stage.apply(&client(ONE));
    let change =
        "the pods get another value, which Secret \"client-credentials\" holds already: MYSQL_PWD under MYSQL_PWD";
    assert!(told.stderr.contains(change), "{}", told.stderr);
    told.expect_success();
    assert_eq!(generation(&stage.get("deployment/client")), 3);
}

#[test]
fn a_stored_pod() {
    let Some(stage) = Stage::open("kept-pod") else { return };
    stage.apply(&plain("Pod", "mysql", ONE).to_string()).expect_success();
    let before = stage.get("pod/mysql");
    expect_refused(&stage, &plain("Pod", "mysql", TWO), "already holds another value for MYSQL_ROOT_PASSWORD");
    assert_eq!(stage.get("pod/mysql"), before);
}

#[test]
fn made_anew_with_its_claims_and_without() {
    let Some(stage) = Stage::open("kept-anew") else { return };
    let claim = "pvc/data-mysql-0";
    stage.apply(&plain("StatefulSet", "mysql", ONE).to_string()).expect_success();
    eventually("the claim", CONTROLLERS, || stage.has(claim).then_some(()));
    stage.kubectl(&["delete", "statefulset", "mysql"]).expect_success();
    expect_refused(&stage, &plain("StatefulSet", "mysql", TWO), "already holds another value");
    stage.kubectl(&["delete", claim]).expect_success();
    expect_other_key(&stage);
}

#[test]
fn refused_by_others_at_first() {
    let Some(stage) = Stage::open("kept-typo") else { return };
    let mut spoilt = plain("StatefulSet", "mysql", ONE);
    spoilt["spec"]["template"]["spec"]["restartPolicy"] = json!("Sometimes");
    stage.apply(&spoilt.to_string()).expect_failure();
    assert!(stage.has("secret/mysql-credentials"));
    expect_other_key(&stage);
}

/// The set is made with the second password, under a key of its own.
#[track_caller]
fn expect_other_key(stage: &Stage) {
    stage.apply(&plain("StatefulSet", "mysql", TWO).to_string()).expect_success();
    let (set, secret) = (stage.get("statefulset/mysql"), stage.get("secret/mysql-credentials"));
    let key = &variable(&set, "mysql", "MYSQL_ROOT_PASSWORD")["valueFrom"]["secretKeyRef"]["key"];
    assert_eq!(key, "MYSQL_ROOT_PASSWORD.2");
    assert_eq!(secret_value(&secret, "MYSQL_ROOT_PASSWORD.2"), TWO);
    assert_eq!(secret_value(&secret, "MYSQL_ROOT_PASSWORD"), ONE);
}
