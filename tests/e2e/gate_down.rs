//! A gate that is down holds up MySQL workloads and nothing else.

use crate::manifests::{deployment, example, replace};
use crate::stage::{CONTROLLERS, Stage};
use crate::support::wait::eventually;

#[test]
fn only_mysql_workloads_wait() {
    let Some(stage) = Stage::open("down") else { return };
    stage.apply(&deployment()).expect_success();
    eventually("a Pod of MySQL", CONTROLLERS, || (stage.list("pods").len() == 1).then_some(()));
    stage.gate.signal("KILL");

    // New MySQL workloads, and changes of their pods, are refused by the API server itself.
    let other = replace(&deployment(), "name: mysql\nspec:\n  selector", "name: other\nspec:\n  selector");
    let restart = stage.kubectl(&["rollout", "restart", "deployment/mysql"]);
    for refused in [stage.apply(&other), stage.apply_server_side(&other), restart] {
        let said = refused.expect_failure();
        assert!(said.contains("failed calling webhook \"mutate.tidegate.dev\""), "{said}");
    }
    assert!(!stage.has("deployment/other"));

    // Everything else in the namespace goes on.
    for file in ["nginx-deployment.yaml", "mysql-service-read.yaml", "mysql-configmap.yaml"] {
        stage.apply(&example(file)).expect_success();
    }
    eventually("the Pods of nginx", CONTROLLERS, || (stage.list("pods").len() == 3).then_some(()));

    // And so does the database that runs.
    stage.kubectl(&["label", "deployment/mysql", "team=shop"]).expect_success();
    stage.kubectl(&["annotate", "deployment/mysql", "note=down"]).expect_success();
    let old = stage.kubectl(&["get", "pods", "-l", "app=mysql", "-o", "name"]).expect_success();
    stage.kubectl(&["delete", old.trim(), "--now"]).expect_success();
    eventually("a new Pod of MySQL", CONTROLLERS, || {
        let new = stage.kubectl(&["get", "pods", "-l", "app=mysql", "-o", "name"]).expect_success();
        (!new.is_empty() && new != old).then_some(())
    });
    stage.kubectl(&["scale", "deployment/mysql", "--replicas=0"]).expect_success();
    eventually("no Pod of MySQL", CONTROLLERS, || {
        stage.kubectl(&["get", "pods", "-l", "app=mysql", "-o", "name"]).expect_success().is_empty().then_some(())
    });
    stage.kubectl(&["delete", "deployment/mysql"]).expect_success();
}

#[test]
fn a_gate_that_hangs_holds_up_nothing_else_either() {
    let Some(stage) = Stage::open("hangs") else { return };
    stage.gate.signal("STOP");
    stage.apply(&example("nginx-deployment.yaml")).expect_success();
    let refused = stage.apply(&deployment()).expect_failure();
    stage.gate.signal("CONT");
    assert!(refused.contains("failed calling webhook \"mutate.tidegate.dev\""), "{refused}");
    assert!(refused.to_lowercase().contains("timeout") || refused.contains("deadline exceeded"), "{refused}");
    stage.apply(&deployment()).expect_success();
}
