//! Alerts and dashboard of `webhook-deploy/monitoring/` ask for what a gate's registry has, by its labels; and
//! promtool, which `tests/monitoring/promtool/` builds, tries each alert.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate::metrics::{Admission, Found, Metrics};

mod query;
#[path = "../support/skip.rs"]
#[allow(dead_code, reason = "nothing is skipped here that has to be there")]
mod skip;

use query::{Query, all};

/// What Prometheus adds to each series of a target: the first two always, the others by the README's examples.
const OF_TARGETS: &[&str] = &["job", "instance", "namespace", "pod"];

#[test]
fn alerts_ask_for_what_the_gate_counts_and_say_what_to_do() {
    let (exposed, tests) = (exposed(), read("alerts-test.yaml"));
    let alerts = alerts();
    assert!(alerts.len() >= 10, "{} alerts", alerts.len());
    for alert in &alerts {
        let (name, expression) = (alert["alert"].as_str().unwrap(), alert["expr"].as_str().unwrap());
        let groups = expect_known(name, expression, &exposed).groups;
        let severity = alert["labels"]["severity"].as_str();
        assert!(matches!(severity, Some("critical" | "warning")), "{name}: {severity:?}");
        assert!(
            tests.contains(&format!("labels: ALERTS{{alertname=\"{name}\", alertstate=\"firing\"")),
            "{name}: no test fires it"
        );
        for text in ["summary", "description"] {
            let told = alert["annotations"][text].as_str().unwrap_or_else(|| panic!("{name}: no {text}"));
            assert!(text == "summary" || told.contains(" Next: "), "{name}: what to do?");
            // A label that is summed away would be an empty place in the text.
            for label in all(r"\$labels\.(\w+)", told) {
                assert!(groups.contains(&label), "{name}: its series have no label {label}");
            }
        }
    }
}

#[test]
fn what_the_alerts_are_tried_with_is_what_the_gate_exposes() {
    let exposed = exposed();
    let tests: Value = serde_saphyr::from_str(&read("alerts-test.yaml")).unwrap();
    let series = tests["tests"].as_array().unwrap().iter().flat_map(|test| test["input_series"].as_array().unwrap());
    let series: BTreeSet<&str> = series.map(|series| series["series"].as_str().unwrap()).collect();
    assert!(series.len() > 20, "{series:?}");
    for series in series {
        let (name, mut labels) = Query::read(series).selectors.remove(0);
        labels.retain(|label| !OF_TARGETS.contains(&label.as_str()));
        assert_eq!(exposed.get(&name), Some(&labels), "{series}");
    }
}

#[test]
fn the_dashboard_asks_for_what_the_gate_counts() {
    let (dashboard, exposed) = (dashboard(), exposed());
    let (mut ids, mut asked) = (BTreeSet::new(), BTreeSet::new());
    let source = json!({"type": "prometheus", "uid": "${datasource}"});
    for panel in panels(&dashboard) {
        let title = panel["title"].as_str().unwrap_or_default();
        assert!(!title.is_empty(), "a panel without a title: {panel}");
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: the id is there twice");
        if panel["type"] == "row" {
            continue;
        }
        assert!(matches!(panel["type"].as_str(), Some("stat" | "timeseries")), "{title}: {}", panel["type"]);
        assert_eq!(panel["datasource"], source, "{title}");
        let targets = panel["targets"].as_array().unwrap_or_else(|| panic!("{title}: no query"));
        assert!(!targets.is_empty(), "{title}: no query");
        for target in targets {
            let query = expect_known(title, target["expr"].as_str().unwrap_or_default(), &exposed);
            for label in all(r"\{\{(\w+)\}\}", target["legendFormat"].as_str().unwrap()) {
                assert!(query.groups.contains(&label), "{title}: its series have no label {label}");
            }
            asked.extend(query.selectors.into_iter().map(|(name, _)| name));
        }
    }
    for variable in dashboard["templating"]["list"].as_array().unwrap().iter().filter(|one| one["type"] == "query") {
        let query = variable["query"]["query"].as_str().unwrap();
        let metric = all(r"^label_values\((\w+), namespace\)$", query).pop().unwrap_or_else(|| panic!("{query}"));
        assert!(exposed.contains_key(&metric), "{query}");
    }
    // Nothing that the gate tells is left out; of the histogram the buckets are enough.
    let left_out: Vec<&String> = exposed.keys().filter(|name| !asked.contains(*name)).collect();
    assert_eq!(left_out, ["tidegate_admission_duration_seconds_count", "tidegate_admission_duration_seconds_sum"]);
}

#[test]
fn the_deadline_that_is_told_is_the_webhooks() {
    for file in ["70-mutating-webhook.yaml", "80-validating-webhook.yaml"] {
        let deadlines = all(r"(?m)^    timeoutSeconds: (\d+)$", &read(&format!("../{file}")));
        assert!(!deadlines.is_empty() && deadlines.iter().all(|deadline| deadline == "10"), "{file}: {deadlines:?}");
    }
    assert!(read("alerts.yaml").contains("After 10 s the API server"));
    assert!(read("dashboard.json").contains("The API server waits 10 s"));
}

#[test]
fn promtool_tries_the_alerts_and_reads_every_query() {
    let promtool = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("monitoring").join("promtool");
    if !promtool.is_file() {
        // It takes minutes to build, so that `make test` does without it.
        skip::tell("no promtool; make monitoring builds it");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("monitoring");
    fs::create_dir_all(&folder).unwrap();
    let made = |name: &str, text: &str| -> PathBuf {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        file
    };
    let run = |arguments: &[&str], file: &Path| {
        let output = Command::new(&promtool).args(arguments).arg(file).output().unwrap();
        let told = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "promtool {arguments:?}:\n{}", String::from_utf8_lossy(&told));
    };
    run(&["check", "rules", "--lint=all", "--lint-fatal"], &monitoring().join("alerts.yaml"));
    run(&["test", "rules"], &monitoring().join("alerts-test.yaml"));
    // It reads no dashboards, but rules: a rule for each query.
    let dashboard = dashboard();
    let targets = panels(&dashboard).into_iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let queries = targets.enumerate().map(|(number, target)| {
        let query = target["expr"].as_str().unwrap().replace("$__rate_interval", "5m");
        json!({"record": format!("dashboard:{number}"), "expr": query})
    });
    let rules = json!({"groups": [{"name": "dashboard", "rules": queries.collect::<Vec<_>>()}]});
    run(&["check", "rules"], &made("dashboard.yaml", &rules.to_string()));
    let readme = read("README.md");
    let (_, scraped) = readme.split_once("```yaml\nscrape_configs:").unwrap();
    let scraped = format!("scrape_configs:{}", scraped.split_once("```").unwrap().0);
    run(&["check", "config", "--syntax-only"], &made("prometheus.yaml", &scraped));
}

/// Each series' name, and its labels: what a gate answers on `/metrics` when it has counted everything once, and
/// `up`, which is Prometheus' own and says whether it was reached.
fn exposed() -> BTreeMap<String, BTreeSet<String>> {
    let metrics = Metrics::default();
    let (admissions, policies) = (metrics.admissions(), metrics.policies());
    admissions.answered(&Admission {
        phase: "mutate",
        kind: "Deployment",
        operation: "CREATE",
        decision: "allow",
        dry_run: false,
        took: Duration::from_millis(1),
    });
    admissions.found("mine", "MINE001", Found::Fixed);
    admissions.found_in_shadow("mine", "MINE001");
    admissions.failed("mine");
    policies.set_ready("mine", true);
    policies.load_failed("mine", "DownloadFailed");
    policies.swapped("0123456789abcdef");
    metrics.certificate().ends_at(1);
    let text = metrics.text();
    // A series is written there as a query asks for it.
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.chain(["up 1"]).map(|line| Query::read(line).selectors.remove(0)).collect()
}

/// Everything that the query asks for is there.
fn expect_known(place: &str, query: &str, exposed: &BTreeMap<String, BTreeSet<String>>) -> Query {
    let read = Query::read(query);
    assert!(!read.selectors.is_empty(), "{place}: {query:?} asks for nothing");
    let mut known: BTreeSet<&str> = OF_TARGETS.iter().copied().collect();
    for (name, labels) in &read.selectors {
        let own = exposed.get(name).unwrap_or_else(|| panic!("{place}: the gate has no {name}"));
        for label in labels {
            let is_there = own.contains(label) || OF_TARGETS.contains(&label.as_str());
            assert!(is_there, "{place}: {name} has no label {label}");
        }
        known.extend(own.iter().map(String::as_str));
    }
    for label in &read.groups {
        assert!(known.contains(label.as_str()), "{place}: nothing in {query} has the label {label}");
    }
    read
}

fn alerts() -> Vec<Value> {
    let rules: Value = serde_saphyr::from_str(&read("alerts.yaml")).unwrap();
    let groups = rules["groups"].as_array().unwrap().iter();
    groups.flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

fn dashboard() -> Value {
    serde_json::from_str(&read("dashboard.json")).unwrap()
}

/// All panels: a row that is closed holds its own.
fn panels(within: &Value) -> Vec<&Value> {
    let own = within["panels"].as_array().into_iter().flatten();
    own.flat_map(|panel| std::iter::once(panel).chain(panels(panel))).collect()
}

fn read(file: &str) -> String {
    fs::read_to_string(monitoring().join(file)).unwrap()
}

fn monitoring() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy/monitoring")
}
