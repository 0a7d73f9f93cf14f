//! `tidegate audit --cluster`: what it asks the API server, how often, and until when.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use regex::Regex;
use serde_json::{Value, json};

use crate::audited::{audit, command, json as report};
use crate::manifests::deployment;
use crate::support::ControlPlane;
use crate::support::fault_proxy::{Fault, FaultProxy};

#[test]
fn only_objects_with_labels() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-labels");
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &deployment()).expect_success();
    let objects = |labels: &str| {
        let report = report(cluster.kubeconfig(), &["--cluster", "-n", &namespace, "-l", labels]);
        report.json["objects"].as_array().unwrap().iter().map(|object| object["kind"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(objects("no=such"), Vec::<Value>::new());
    cluster.kubectl(&["label", "deployment", "mysql", "tier=database", "-n", &namespace]).expect_success();
    assert_eq!(objects("tier=database,!other"), ["Deployment"]);
}

#[test]
fn an_api_server_that_is_busy_is_asked_again_when_it_says() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-busy");
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &deployment()).expect_success();
    let (proxy, kubeconfig) = FaultProxy::before_api_server(cluster.kubeconfig());
    let undisturbed = audit(&kubeconfig, &["-n", &namespace]);
    let body = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 429,
        "reason": "TooManyRequests", "message": "too many requests" })
    .to_string();
    let busy = Fault::Answer(format!(
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 1\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ));
    proxy.fail_some("GET", "/deployments", 2, busy);
    let busy = audit(&kubeconfig, &["-n", &namespace]);
    assert_eq!((busy.code, &busy.stdout), (undisturbed.code, &undisturbed.stdout), "{}", busy.stderr);
}

#[test]
fn what_policies_ask_is_asked_once_for_all() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-questions");
    let manifests: Vec<String> =
        (0..20).map(|number| deployment().replace("name: mysql\n", &format!("name: mysql-{number}\n"))).collect();
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &manifests.join("\n---\n")).expect_success();
    let (proxy, kubeconfig) = FaultProxy::before_api_server(cluster.kubeconfig());
    let audited = audit(&kubeconfig, &["-n", &namespace]);
    assert!(audited.stdout.contains("MY032"), "{}", audited.stdout);
    let questions = proxy.requests();
    for question in &questions {
        // A list of all that is judged, one that policies ask for, and one of names.
        let times = questions.iter().filter(|other| *other == question).count();
        assert!(times <= 3, "{times} times {question}");
    }
    let one_by_one = questions.iter().filter(|question| question.contains("/persistentvolumeclaims/")).count();
    assert_eq!(one_by_one, 0, "{questions:#?}");
}

#[test]
fn ctrl_c_ends_it_with_what_is_done() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-stopped");
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &deployment()).expect_success();
    let (proxy, kubeconfig) = FaultProxy::before_api_server(cluster.kubeconfig());
    // Deployments are listed first, and Services later.
    proxy.fail_some("GET", "/services", 1, Fault::Hold);
    let audit = command(&kubeconfig, &["--cluster", "-n", &namespace])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    proxy.await_held();
    let killed = Command::new("kill").args(["-INT", &audit.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = audit.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    for part in ["stopped before all was listed: Service objects", "Deployment \"mysql\" in namespace", "1 error"] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    proxy.release();
}

#[test]
fn on_a_terminal_it_says_how_far_the_lists_are() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-terminal");
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &deployment()).expect_success();
    let (proxy, kubeconfig) = FaultProxy::before_api_server(cluster.kubeconfig());
    proxy.fail_some("GET", "/services", 1, Fault::Hold);
    let line = format!("stty cols 100; exec '{}' audit --cluster -n {namespace}", env!("CARGO_BIN_EXE_tidegate"));
    let terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .envs([("KUBECONFIG", kubeconfig.as_os_str()), ("HOME", OsStr::new(env!("CARGO_TARGET_TMPDIR")))])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    proxy.await_held();
    // The bar is drawn ten times a second.
    thread::sleep(Duration::from_millis(500));
    proxy.release();
    let seen = String::from_utf8(terminal.wait_with_output().unwrap().stdout).unwrap();
    assert!(Regex::new(r"listing objects: \d+, \d+/s").unwrap().is_match(&seen), "{seen}");
    assert!(seen.contains("Deployment \"mysql\" in namespace"), "{seen}");
}
