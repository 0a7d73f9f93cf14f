//! An object: its findings beside its manifest, with what the repair changes.

use crate::page::Page;
use crate::sample;

const MYSQL: &str = "#object=StatefulSet/shop/mysql";

#[test]
fn the_manifest_shows_the_repair_and_the_lines_of_findings() {
    let report = sample::small();
    let Some(page) = Page::of(&report) else { return };
    page.click("#rows a");
    page.await_object("StatefulSet \"mysql\" in namespace \"shop\"");
    assert_eq!(page.text(".object-facts"), "would be repaired deploy/shop/mysql.yaml:12");
    assert_eq!(page.texts(".card").len(), 6);

    let code = |class: &str| page.texts(&format!(".manifest .code.{class}"));
    assert_eq!(code("gone"), ["terminationGracePeriodSeconds: 30", "value: \"<withheld>\""]);
    assert_eq!(code("new")[..2], ["terminationGracePeriodSeconds: 120", "valueFrom:"]);
    assert_eq!(code("new").len(), 15);
    // Line numbers are those of the file, in which the manifest begins on line 12.
    let marked = page.texts(".marked .line:first-child");
    let mut lines: Vec<usize> = report.objects[0].findings.iter().map(|one| one.region.unwrap().line).collect();
    lines.sort_unstable();
    assert_eq!(marked, lines.iter().map(usize::to_string).collect::<Vec<_>>());
    assert_eq!(page.texts(".marked.critical .code"), ["value: \"<withheld>\""]);

    // Folded lines open.
    let before = page.count(".manifest tr");
    page.click(".fold button");
    assert!(page.count(".manifest tr") > before);
    page.expect_quiet();
}

#[test]
fn the_manifest_is_shown_in_four_ways() {
    let Some(page) = Page::at(&sample::small(), MYSQL) else { return };
    page.click("[data-view=sides]");
    assert_eq!(page.count(".manifest.sides"), 1);
    assert!(page.state().ends_with("view=sides"), "{}", page.state());
    assert!(page.is_focused("[data-view=sides]"));
    page.click("[data-view=before]");
    assert_eq!(page.texts(".manifest .code.new"), [""; 0]);
    assert!(page.texts(".manifest .code").contains(&"terminationGracePeriodSeconds: 30".to_owned()));
    page.click("[data-view=after]");
    let after = page.texts(".manifest .code");
    assert!(after.contains(&"terminationGracePeriodSeconds: 120".to_owned()), "{after:?}");
    assert!(!after.contains(&"terminationGracePeriodSeconds: 30".to_owned()), "{after:?}");
}

#[test]
fn one_goes_from_object_to_object_of_what_is_chosen() {
    let Some(page) = Page::at(&sample::small(), "#severity=medium&object=StatefulSet/shop/mysql") else { return };
    assert_eq!(page.text(".steps span:not(.step)"), "1 of 3");
    page.click("[rel=next]");
    page.await_object("Deployment \"reviews-db\" in namespace \"shop\"");
    // It has no manifest: an audit of a cluster may have none.
    assert_eq!(page.count(".manifest"), 0);
    assert_eq!(page.text(".outcome"), "would be refused");
    page.click("[rel=next]");
    page.await_object("StatefulSet \"sessions\"");
    assert!(page.texts(".card").iter().any(|card| card.contains("Not excepted\nit gives no reason")));
    page.click("#back");
    page.await_list();
    assert_eq!(page.number(), "4 of 15 findings");
}

#[test]
fn what_is_known_of_a_finding_is_said() {
    let Some(page) = Page::at(&sample::small(), "#object=StatefulSet/billing/ledger") else { return };
    let card = page.text(".card");
    for part in ["critical", "MY001", "Policy plaintext-password: the gate warns of it", "$(MYSQL_ROOT_PASSWORD)"] {
        assert!(card.contains(part), "{part}: {card}");
    }
    assert!(card.contains("There since\n2025-03-01T09:30:00Z or earlier"), "{card}");
    page.click("#object-view .quiet");
    assert_eq!(page.texts(".card").len(), 3, "the suppressed too");
    // A copy in the cluster is another object, with its own place.
    page.open("#object=StatefulSet/billing/ledger/2");
    assert_eq!(
        page.text(".object-facts"),
        "keeps a password ControllerRevision billing/ledger-7d9f, revision 3 of StatefulSet ledger"
    );
}
