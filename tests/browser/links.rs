//! A link for each state: filters, search, order, page, object, finding.

use crate::driver::until;
use crate::page::Page;
use crate::sample;

#[test]
fn a_link_shows_the_same_again() {
    let Some(page) = Page::of(&sample::large(1000)) else { return };
    page.write("#query", "team");
    page.click("[data-facet=severity][data-value=high]");
    page.click("th.c-object button");
    page.click("[data-step=next]");
    let (state, number, rows) = (page.state(), page.number(), page.texts("#rows tr"));
    assert_eq!(state, "#search=team&severity=high&sort=object&page=2");
    assert!(rows.len() > 10, "{rows:?}");

    page.open(&state);
    assert_eq!((page.state(), page.number(), page.texts("#rows tr")), (state, number, rows));
    assert_eq!(page.driver.run("return document.querySelector('#query').value"), "team");
    assert_eq!(page.attribute("[data-facet=severity][data-value=high]", "aria-pressed"), "true");
    page.expect_quiet();
}

#[test]
fn back_and_forward_go_through_the_states() {
    let Some(page) = Page::of(&sample::small()) else { return };
    let back = || page.driver.run("history.back()");
    page.click("[data-facet=severity][data-value=critical]");
    page.click("#rows a");
    page.await_object("StatefulSet \"mysql\" in namespace \"shop\"");
    back();
    page.await_list();
    assert_eq!(page.number(), "5 of 15 findings");
    back();
    until("all findings", || page.number() == "15 findings");
    page.driver.run("history.forward()");
    until("the filter again", || page.number() == "5 of 15 findings");
    page.expect_quiet();
}

#[test]
fn a_link_to_a_finding_opens_its_object_there() {
    let report = sample::small();
    let wanted = &report.objects[0].findings[3];
    let state = format!("#object=StatefulSet%2Fshop%2Fmysql&finding={}", wanted.fingerprint);
    let Some(page) = Page::at(&report, &state) else { return };
    assert_eq!(page.text(".card.pointed h3"), wanted.message);
    assert!(page.is_focused(".card.pointed"));
    assert_eq!(page.text(".note.pointed"), format!("{} {}", wanted.rule, wanted.message));
}

#[test]
fn two_objects_of_one_name_have_two_links() {
    let mut report = sample::small();
    let mut other = report.objects[0].clone();
    other.title = "the other mysql".to_owned();
    report.objects.push(other);
    let Some(page) = Page::at(&report, "#object=StatefulSet%2Fshop%2Fmysql%2F2") else { return };
    assert_eq!(page.text("#object-title"), "the other mysql");
}

#[test]
fn a_link_that_means_nothing_shows_everything() {
    let Some(page) = Page::at(&sample::small(), "#object=Pod/x/y&sort=-toString&page=-7&view=odd&%E0%A4%A") else {
        return;
    };
    assert_eq!(page.number(), "15 findings");
    page.expect_quiet();
}
