//! One replica writes, no faster than it is told to, and another takes its place.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Board, REPORTED, SCANNED, scan_again, scans};
use crate::manifests::deployment_with;
use crate::support::report_kinds::ReportKinds;
use crate::support::wait::eventually;

#[test]
fn one_replica_writes_and_another_takes_its_place() {
    let Some(board) = Board::open(ReportKinds::PolicyReport) else { return };
    let namespace = board.cluster.create_namespace("replicas");
    board.apply(&namespace, &deployment_with("Repl1cated"));
    let first = board.gate().start();
    board.report_of("Deployment", "mysql", |_| true);
    let second = board.gate().start();
    // Of three scans of the first, each shorter than a Lease, none is the second's.
    for _ in 0..3 {
        scan_again(&first);
    }
    assert_eq!(scans(&second), 0, "{}", second.logs());
    let lease = board.cluster.json(&["get", "lease/tidegate-reports", "-n", "tidegate-system"]);
    assert_eq!(lease["spec"]["leaseTransitions"], 1);

    first.stop();
    board.kubectl(&["delete", "policyreports", "-n", &namespace, "--all"]);
    board.report_of("Deployment", "mysql", |_| true);
    eventually("a scan of the other", REPORTED, || second.logs().contains(SCANNED).then_some(()));
}

#[test]
fn reports_are_written_no_faster_than_allowed_and_the_end_waits_for_none() {
    const CLAIMS: usize = 12;
    let Some(board) = Board::open(ReportKinds::PolicyReport) else { return };
    let namespace = board.cluster.create_namespace("rate");
    let mut manifest = String::new();
    for number in 0..CLAIMS {
        let claim = json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": { "name": format!("mysql-{number}") },
            "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } } });
        let _ = write!(manifest, "---\n{claim}\n");
    }
    board.apply(&namespace, &manifest);
    let gate = board.gate().environment("TIDEGATE_REPORTS_RATE", "2").start();
    eventually("all reports", REPORTED, || (board.reports(true).len() == CLAIMS).then_some(()));
    // Not by this test's clock, and in no case too early: the API server says when it was asked.
    let times: Vec<Timestamp> = eventually("the audit log", REPORTED, || {
        let written = board.written();
        let created = written.iter().filter(|line| line["verb"] == "create");
        let time = |line: &Value| -> Timestamp { line["requestReceivedTimestamp"].as_str().unwrap().parse().unwrap() };
        let times: Vec<Timestamp> = created.map(time).collect();
        (times.len() == CLAIMS).then_some(times)
    });
    let (first, last) = (times.iter().min().unwrap(), times.iter().max().unwrap());
    // Between the first and the last are as many half seconds as other reports; the first of all may come late.
    let least = i128::try_from(CLAIMS - 2).unwrap() * 500;
    let took = (last.as_nanosecond() - first.as_nanosecond()) / 1_000_000;
    assert!(took >= least, "{CLAIMS} reports in {took} ms");

    // In the middle of a scan, which takes six seconds.
    scan_again(&gate);
    let (status, log) = gate.stop();
    assert!(status.success(), "{log}");
}
