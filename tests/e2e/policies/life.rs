//! One policy's object from its beginning to its end, before a gate that goes on running: the next object is judged by
//! it, and status, log, metrics and Events say what became of it.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use super::{Board, FINDS, IN_FORCE, lines, misbehaving, word};
use crate::support::gate::Gate;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register};

/// A setting that no policy has; nothing but the object and its status may hold it.
const NONSENSE: &str = "Unheard0f";

#[test]
fn a_policy_is_followed_without_a_restart() {
    let Some(board) = Board::open() else { return };
    let namespace = board.cluster.create_namespace("life");
    let gate = board.gate().argument("--metrics-listen=127.0.0.1:0").start();
    let registration = register(&board.cluster, &gate, Scope::Namespace(&namespace));
    let verdict = || board.verdict(&namespace);
    assert!(!verdict().expect_success().contains("T001"));

    board.apply("mine", &misbehaving(FINDS, "deny"), "True Ready");
    let refused = verdict().expect_failure();
    assert!(refused.contains("T001"), "{refused}");
    let status = &board.object("mine")["status"];
    assert_eq!(status["rules"], json!(["T001"]));
    assert!(word(&status["digest"]).starts_with("sha256:"), "{status}");
    assert_metric(&gate, "tidegate_policy_ready{policy=\"mine\"} 1");

    board.apply("mine", &misbehaving(FINDS, "warn"), "True Ready");
    let warned = verdict();
    assert!(warned.is_success() && warned.stderr.contains("T001"), "{warned:?}");

    // A broken one leaves the old one in force, and everybody is told.
    let object = board.apply("mine", &misbehaving(NONSENSE, "deny"), "False SettingsInvalid");
    let message = word(&object["status"]["conditions"][0]["message"]);
    assert!(message.contains("spec.settings.how") && message.contains("last good version stays"), "{message}");
    let still = verdict();
    assert!(still.is_success() && still.stderr.contains("T001"), "{still:?}");
    assert_metric(&gate, "tidegate_policy_ready{policy=\"mine\"} 0");
    assert_metric(&gate, "tidegate_policy_load_failures_total{policy=\"mine\",reason=\"SettingsInvalid\"} 1");
    let told = lines(&gate, "a policy's object cannot be put in force");
    assert_eq!((told.len(), &told[0]["level"], &told[0]["policy"]), (1, &json!("WARN"), &json!("mine")));
    let told = event(&board, "PolicyFailed");
    assert!(told.contains("SettingsInvalid: spec.settings.how"), "{told}");
    for place in [&told, &gate.logs(), &metrics(&gate)] {
        assert!(!place.contains(NONSENSE), "{place}");
    }

    board.apply("mine", &misbehaving("not-at-all", "deny"), "True Ready");
    assert!(!verdict().stderr.contains("T001"));
    assert_eq!(event(&board, "PolicyReady"), "in force as its document says");
    assert_metric(&gate, "tidegate_policy_ready{policy=\"mine\"} 1");

    // One that cannot be loaded at all and has no past.
    board.apply("absent", &json!({ "module": "file:///no/such.wasm" }), "False DownloadFailed");
    board.apply("unknown", &json!({ "module": "builtin://nothing" }), "False DownloadFailed");
    board.kubectl(&["delete", "tgpol", "absent", "unknown"]);

    // What its account may not read, it says with the rule to add.
    let mut spec = misbehaving("not-at-all", "deny");
    spec["reads"] = json!([{ "apiVersion": "v1", "kind": "Node" }]);
    let object = board.apply("mine", &spec, "True RightsMissing");
    let message = word(&object["status"]["conditions"][0]["message"]);
    assert!(message.contains("- { apiGroups: [\"\"], resources: [nodes], verbs: [get, list] }"), "{message}");

    // The object of a built-in policy's name is above it, and brings it back when it goes.
    let before = revision(&gate);
    board.apply("probes", &json!({ "module": "builtin://probes", "enabled": false }), "False Disabled");
    assert_ne!(revision(&gate), before);
    let table = board.kubectl(&["get", "tgpol"]);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "ACTION", "READY", "REASON", "AGE"]);
    assert_eq!(rows[1][..4], ["mine", "deny", "True", "RightsMissing"]);
    assert_eq!(rows[2][..4], ["probes", "fix", "False", "Disabled"]);
    assert!(board.kubectl(&["get", "tidegate", "-o", "wide"]).contains("builtin://probes"));
    board.kubectl(&["delete", "tgpol", "probes"]);
    eventually("the built-in policy to be back", IN_FORCE, || (revision(&gate) == before).then_some(()));

    board.kubectl(&["delete", "tgpol", "mine"]);
    eventually("the policy to be gone", IN_FORCE, || (!metrics(&gate).contains("policy=\"mine\"} 1")).then_some(()));
    assert!(verdict().is_success());
    registration.leave();
}

#[track_caller]
fn assert_metric(gate: &Gate, line: &str) {
    eventually(line, IN_FORCE, || metrics(gate).lines().any(|told| told == line).then_some(()));
}

fn revision(gate: &Gate) -> String {
    let metrics = metrics(gate);
    let line = metrics.lines().find(|line| line.starts_with("tidegate_policies_revision_info")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

/// What the gate answers on its port for metrics, whose address it logs.
fn metrics(gate: &Gate) -> String {
    let served = lines(gate, "serving metrics");
    let mut stream = TcpStream::connect(word(&served[0]["address"])).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("application/openmetrics-text"), "{answer}");
    answer
}

/// What the Event of a reason says.
#[track_caller]
fn event(board: &Board, reason: &str) -> String {
    eventually(&format!("an Event {reason}"), IN_FORCE, || {
        let events = board.cluster.json(&["get", "events.events.k8s.io", "-n", "default"]);
        let events = events["items"].as_array().unwrap().clone();
        let found = events.iter().find(|event| event["reason"] == reason && event["regarding"]["name"] == "mine");
        found.map(|event| word(&event["note"]).to_owned())
    })
}
