//! Search, filters, order and pages of the table.

use crate::page::Page;
use crate::sample;

const SEVERITIES: &str = "#rows .c-severity";

#[test]
fn search_filters_and_order_go_together() {
    let Some(page) = Page::of(&sample::small()) else { return };
    assert_eq!(page.number(), "15 findings");
    assert_eq!(page.texts(SEVERITIES).len(), 15);

    page.write("#query", "grace MYSQL.yaml");
    assert_eq!(page.number(), "1 of 15 findings");
    assert_eq!(page.texts("#rows .c-rule"), ["MY017"]);
    page.click("#clear");
    assert_eq!(page.number(), "15 findings");

    page.click("[data-facet=severity][data-value=critical]");
    assert_eq!(page.number(), "5 of 15 findings");
    assert!(page.texts(SEVERITIES).iter().all(|severity| severity == "critical"));
    page.click("[data-facet=severity][data-value=low]");
    assert_eq!(page.number(), "8 of 15 findings", "one severity or the other");
    page.click("[data-facet=namespace][data-value=shop]");
    assert_eq!(page.number(), "3 of 15 findings", "and the namespace");
    assert_eq!(page.attribute("[data-facet=namespace][data-value=shop]", "aria-pressed"), "true");
    assert_eq!(page.text("[data-facet=severity][data-value=medium] .number"), "3", "what there would be in shop");

    page.click(".chip");
    page.click(".chip");
    page.click(".chip");
    assert_eq!(page.number(), "15 findings");

    page.write("#query", "nothing is called this");
    assert_eq!(page.texts("#rows tr"), [""; 0]);
    page.click("#reset");
    assert_eq!(page.number(), "15 findings");
    page.expect_quiet();
}

#[test]
fn headings_sort_in_both_directions() {
    let Some(page) = Page::of(&sample::small()) else { return };
    let order = |key: &str| page.attribute(&format!("th.c-{key}"), "aria-sort");
    assert_eq!(order("severity"), "descending");
    assert_eq!(page.texts(SEVERITIES)[0], "critical");

    page.click("th.c-severity button");
    assert_eq!(order("severity"), "ascending");
    assert_eq!(page.texts(SEVERITIES)[0], "info");

    for key in ["rule", "message", "object", "namespace", "place"] {
        page.click(&format!("th.c-{key} button"));
        assert_eq!((order(key), order("severity")), ("ascending".into(), serde_json::Value::Null));
        let ascending = page.texts(&format!("#rows .c-{key}"));
        page.click(&format!("th.c-{key} button"));
        assert_eq!(order(key), "descending");
        let descending = page.texts(&format!("#rows .c-{key}"));
        assert_eq!(ascending.first(), descending.last(), "{key}");
        assert_ne!(ascending, descending, "{key}");
    }
    page.expect_quiet();
}

#[test]
fn suppressed_findings_are_shown_on_demand() {
    let Some(page) = Page::of(&sample::small()) else { return };
    assert_eq!(page.text("#suppressed-label"), "Also 2 suppressed");
    page.click("#suppressed");
    assert_eq!(page.number(), "17 findings");
    assert_eq!(
        page.texts("#rows .suppressed"),
        ["excepted: the ledger is probed by its sidecar until June", "known by the baseline"]
    );
}

#[test]
fn what_could_not_be_read_or_judged_is_told() {
    let Some(page) = Page::of(&sample::small()) else { return };
    assert_eq!(page.texts(".callout h2"), ["2 inputs could not be read, or not be judged", "1 failed policy review"]);
    assert!(page.texts(".callout.problems li")[1].starts_with("deploy/values.yaml:3 this is not a Kubernetes object"));
    page.click(".callout.failures a");
    page.await_object("CronJob \"nightly-backup\" in namespace \"ops\"");
    assert_eq!(page.texts(".card.failure .card-title"), ["Policy probes could not judge this object"]);
}

#[test]
fn ten_thousand_findings_are_a_page_at_a_time() {
    let Some(page) = Page::of(&sample::large(10_000)) else { return };
    assert_eq!(page.number(), "10,000 findings, 1 to 100 shown");
    assert_eq!(page.count("#rows tr"), 100);
    assert!(page.count("*") < 4000, "{} elements", page.count("*"));

    page.click("[data-step=last]");
    assert_eq!(page.number(), "10,000 findings, 9,901 to 10,000 shown");
    assert_eq!(page.texts("#pages [aria-current]"), ["Page 100 of 100"]);

    page.write("#query", "mysql-4321");
    assert_eq!(page.number(), "2 of 10,000 findings");
    page.click("#clear");
    page.click("[data-facet=consequence][data-value=repair]");
    assert!(page.number().starts_with("4,286 of 10,000 findings"), "{}", page.number());
    assert_eq!(page.count("#rows tr"), 100);
    page.expect_quiet();
}

#[test]
fn a_report_without_findings_is_short() {
    let Some(page) = Page::of(&tidegate::audit::AuditReport::default()) else { return };
    assert_eq!(page.text("h1"), "Nothing found");
    assert_eq!(page.texts("#search"), [""; 0]);
    page.expect_quiet();
}
