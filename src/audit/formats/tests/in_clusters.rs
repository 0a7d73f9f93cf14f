//! PolicyReports and OpenReports; that an API server takes them is shown by `tests/e2e/report_objects.rs`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{rich, text};
use crate::audit::formats::Format;
use crate::audit::formats::policy_report::{ReportResult, Summary, Verdict, results, summary};

fn documents(format: Format) -> Vec<Value> {
    serde_saphyr::from_multiple(&text(&rich::report(), format)).unwrap()
}

#[test]
fn an_object_has_one_report_and_its_name_is_nobody_elses() {
    for (format, kinds) in [
        (Format::PolicyReport, ["PolicyReport", "ClusterPolicyReport"]),
        (Format::OpenReports, ["Report", "ClusterReport"]),
    ] {
        let documents = documents(format);
        let named: Vec<_> = documents.iter().map(|document| document["metadata"]["name"].as_str().unwrap()).collect();
        assert_eq!(named.iter().collect::<BTreeSet<_>>().len(), named.len(), "{named:?}");
        // The overlay's Deployment is that of the first file; the Service passed; what was left alone has none.
        assert_eq!(named.len(), 7, "{named:?}");
        for document in &documents {
            let is_namespaced = document["metadata"]["namespace"].is_string();
            assert_eq!(document["kind"], kinds[usize::from(!is_namespaced)]);
            let counted: i64 =
                document["summary"].as_object().unwrap().values().map(|value| value.as_i64().unwrap()).sum();
            assert_eq!(counted as usize, document["results"].as_array().unwrap().len());
        }
    }
}

#[test]
fn results_are_read_back_and_have_no_time() {
    let report = rich::report();
    let said = results(&report.objects[0]);
    let verdicts: Vec<Verdict> = said.iter().map(|result| result.result).collect();
    use Verdict::{Error, Fail, Skip};
    assert_eq!(verdicts, [Fail, Fail, Skip, Skip, Error, Error]);
    assert_eq!(summary(&said), Summary { fail: 2, skip: 2, error: 2, ..Summary::default() });
    let json = serde_json::to_value(&said).unwrap();
    assert!(!json.to_string().contains("timestamp"));
    assert_eq!(serde_json::from_value::<Vec<ReportResult>>(json).unwrap(), said);
}

#[test]
fn a_policy_passes_once_and_only_where_it_found_nothing() {
    let report = rich::report();
    let mut object = report.objects[0].clone();
    object.asked = ["plaintext-password", "probes", "memory", "memory"].map(str::to_owned).to_vec();
    let passed: Vec<String> =
        results(&object).into_iter().filter(|one| one.result == Verdict::Pass).map(|one| one.policy).collect();
    assert_eq!(passed, ["memory"]);
}
