//! Who cleans up, and what happens when a Secret is wanted just as it is deleted.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::stage::{gate, make_account};
use crate::stored::{from_secret, secret_value, variable};
use crate::support::control_plane::ControlPlane;
use crate::support::fault_proxy::{Fault, FaultProxy};
use crate::support::gate::Builder;
use crate::support::kubectl::Kubectl;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};
use crate::workloads::client;

/// Grace, a Lease that has to run out (15 s), and a busy machine.
const CLEANED: Duration = Duration::from_mins(1);
/// Longer than a Lease lasts.
const RENEWED: Duration = Duration::from_secs(18);

fn cleaning(kubeconfig: &std::path::Path) -> Builder {
    gate(kubeconfig).argument("--clean-up=strays").argument("--clean-up-after=1s")
}

/// A Secret as the gate makes it, of a Deployment of that name.
fn secret(name: &str) -> String {
    json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": format!("{name}-credentials"),
        "labels": { "app.kubernetes.io/managed-by": "tidegate" },
        "annotations": { "tidegate.dev/workload-kind": "Deployment", "tidegate.dev/workload-name": name } } })
    .to_string()
}

fn has(kubectl: &Kubectl, name: &str) -> bool {
    kubectl.run(&["get", "secret", &format!("{name}-credentials")]).is_success()
}

/// The DELETE is under way when an object is made that relies on the Secret: the API server refuses it,
/// for the Secret is another version by then.
#[test]
fn what_is_made_while_its_secret_is_being_deleted_keeps_it() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (account, author) = (make_account(&cluster), cluster.admin());
    let (proxy, kubeconfig) = FaultProxy::before_api_server(account.kubeconfig());
    let gate = cleaning(&kubeconfig).start();
    register(&cluster, &gate, Scope::Cluster).leave();
    let manifest = client("Deployment", "late", &[("MYSQL_PWD", "wanted-after-all")]);
    let mut invalid = manifest.clone();
    invalid["spec"]["selector"]["matchLabels"]["app"] = "another".into();

    proxy.fail("DELETE", "/secrets", Fault::Slow(Duration::from_secs(5)));
    author.run_with_input(&["create", "-f", "-"], &invalid.to_string()).expect_failure();
    assert!(has(&author, "late"), "there was a Secret to delete");
    eventually("the DELETE", CLEANED, || {
        proxy.requests().iter().any(|request| request.starts_with("DELETE")).then_some(())
    });
    author.run_with_input(&["create", "-f", "-"], &manifest.to_string()).expect_success();
    eventually("the API server's answer to the DELETE", CLEANED, || {
        proxy.answers().iter().any(|answer| answer.starts_with("HTTP/1.1 409")).then_some(())
    });
    let deployment = author.json(&["get", "deployment/late"]);
    let reference = from_secret("MYSQL_PWD", "late-credentials", "MYSQL_PWD");
    assert_eq!(*variable(&deployment, "client", "MYSQL_PWD"), reference);
    let kept = author.json(&["get", "secret/late-credentials"]);
    assert_eq!(secret_value(&kept, "MYSQL_PWD"), "wanted-after-all");
}

/// The times in a Lease are those of another machine's clock. What counts is whether it changes.
#[test]
fn a_lease_is_over_when_it_does_not_change_whatever_time_it_says() {
    let Some(cluster) = ControlPlane::start() else { return };
    let (account, author) = (make_account(&cluster), cluster.admin());
    let lease = |renewed: &str, transitions: u64| {
        let lease = json!({ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": { "name": "tidegate-clean-up", "namespace": "tidegate-system" },
            "spec": { "holderIdentity": "elsewhere", "leaseDurationSeconds": 15, "renewTime": renewed,
                "leaseTransitions": transitions } });
        author
            .run_with_input(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &lease.to_string())
            .expect_success();
    };
    author.run_with_input(&["create", "-f", "-"], &secret("stray")).expect_success();
    // Its holder's clock is decades behind, and it goes on renewing.
    lease("2000-01-01T00:00:00.000000Z", 0);
    let first = cleaning(account.kubeconfig()).start();
    let (started, mut transitions) = (Instant::now(), 0);
    while started.elapsed() < RENEWED {
        transitions += 1;
        lease("2000-01-01T00:00:00.000000Z", transitions);
        thread::sleep(Duration::from_secs(1));
    }
    assert!(has(&author, "stray"), "somebody else holds the Lease");
    // Now it is decades ahead, and nobody renews it.
    lease("2100-01-01T00:00:00.000000Z", transitions + 1);
    eventually("the stray to go", CLEANED, || (!has(&author, "stray")).then_some(()));

    // Two that believe to lead at once, each by a Lease of its own: nothing that is needed goes.
    let second = cleaning(cluster.kubeconfig()).start();
    register(&cluster, &first, Scope::Cluster).leave();
    for number in 0..5 {
        let name = format!("live-{number}");
        let live = client("Deployment", &name, &[("MYSQL_PWD", "of-what-lives")]).to_string();
        author.run_with_input(&["create", "-f", "-"], &live).expect_success();
        author.run_with_input(&["create", "-f", "-"], &secret(&format!("stray-{number}"))).expect_success();
    }
    eventually("all strays to go", CLEANED, || {
        (0..5).all(|number| !has(&author, &format!("stray-{number}"))).then_some(())
    });
    assert!((0..5).all(|number| has(&author, &format!("live-{number}"))));
    // Who is second to delete is told by the API server that there is nothing, and that is no problem.
    for logs in [first.logs(), second.logs()] {
        assert!(!logs.contains("cannot be cleaned up"), "{logs}");
    }
}
