//! A password is in no report, in nothing that the gate says of it, and in nothing that the API server logs of it.

use super::{Board, REPORTED, scan_again};
use crate::forms::{Form, assert_absent, forms};
use crate::manifests::deployment_with;
use crate::support::report_kinds::ReportKinds;
use crate::support::wait::eventually;
use crate::workloads::client;

/// As they are written, and as containers see them.
const PASSWORDS: [(&str, &str); 2] =
    [("Rep0rt-dor-and-3-more", "Rep0rt-dor-and-3-more"), ("Rq7$$x\"y'ü漢\\-9fK", "Rq7$x\"y'ü漢\\-9fK")];

#[test]
fn a_password_is_in_no_report() {
    let Some(board) = Board::open(ReportKinds::PolicyReport) else { return };
    for (index, (password, _)) in PASSWORDS.iter().enumerate() {
        let namespace = board.cluster.create_namespace(&format!("secrecy-{index}"));
        board.apply(&namespace, &deployment_with(password));
        for kind in ["CronJob", "DaemonSet", "Pod", "ReplicaSet"] {
            let variables = [("MYSQL_PWD", *password)];
            board.apply(&namespace, &client(kind, &format!("client-{}", kind.to_lowercase()), &variables).to_string());
        }
        let quoted = serde_json::to_string(&format!("CREATE USER a IDENTIFIED BY '{password}'; -- mysql")).unwrap();
        let map = format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: mysql-users}}, data: {{users.sql: {quoted}}}}}"
        );
        board.apply(&namespace, &map);
    }
    let gate = board.gate().start();
    for name in ["mysql", "client-cronjob", "client-daemonset", "client-pod", "client-replicaset", "mysql-users"] {
        eventually(&format!("reports of {name}"), REPORTED, || {
            let reports = board.reports(true);
            let number = reports.iter().filter(|report| report["scope"]["name"] == name).count();
            (number >= PASSWORDS.len()).then_some(())
        });
    }
    scan_again(&gate);
    let reports = board.reports(true);
    let rules = |rule: &str| {
        let results = reports.iter().flat_map(|report| report["results"].as_array().unwrap());
        results.filter(|result| result["rule"] == rule).count()
    };
    assert!(rules("MY001") >= 5 * PASSWORDS.len(), "they are about passwords");
    let forms: Vec<Form> =
        PASSWORDS.iter().flat_map(|(written, seen)| [forms(written), forms(seen)]).flatten().collect();
    for report in &reports {
        assert_absent(&forms, "a report", &report.to_string());
    }
    assert_absent(&forms, "the gate's log", &gate.logs());
    let written: Vec<String> = board.written().iter().map(ToString::to_string).collect();
    assert!(written.len() >= reports.len());
    assert_absent(&forms, "the API server's log of reports", &written.join("\n"));
}
