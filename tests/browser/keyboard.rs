//! All of it without a mouse.

use crate::page::{DOWN, END, ENTER, ESCAPE, HOME, Page, TAB, UP};
use crate::sample;

const LINKS: &str = "#rows .c-message a";

#[test]
fn from_the_first_key_to_a_finding_and_back() {
    let Some(page) = Page::of(&sample::small()) else { return };
    page.press(&[TAB]);
    assert!(page.is_focused(".skip"));
    page.press(&[ENTER]);
    assert!(page.is_focused("#results"));
    assert_eq!(page.state(), "", "the link for skipping is not a state");
    page.press(&[TAB]);
    assert!(page.is_focused("#query"));

    let focused = || page.driver.run("return document.activeElement.innerText").as_str().unwrap().to_owned();
    let messages = page.texts(LINKS);
    while !page.is_focused(LINKS) {
        page.press(&[TAB]);
    }
    assert_eq!(focused(), messages[0]);
    page.press(&[DOWN, DOWN, UP]);
    assert_eq!(focused(), messages[1]);
    page.press(&[END]);
    assert_eq!(&focused(), messages.last().unwrap());
    page.press(&[DOWN, HOME, UP, DOWN]);
    assert_eq!(focused(), messages[1]);

    page.press(&[ENTER]);
    page.await_object("Deployment \"reviews-db\" in namespace \"shop\"");
    assert!(page.is_focused(".card.pointed"));
    page.press(&[ESCAPE]);
    page.await_list();
    assert_eq!(focused(), messages[1], "back where one was");
    page.expect_quiet();
}

#[test]
fn filters_and_headings_keep_the_focus() {
    let Some(page) = Page::of(&sample::small()) else { return };
    page.driver.run("document.querySelector('[data-value=high]').focus()");
    page.press(&[ENTER]);
    assert_eq!(page.number(), "1 of 15 findings");
    assert!(page.is_focused("[data-value=high]"));
    page.press(&[' ']);
    assert_eq!(page.number(), "15 findings");

    page.driver.run("document.querySelector('th.c-rule button').focus()");
    page.press(&[ENTER]);
    assert_eq!(page.attribute("th.c-rule", "aria-sort"), "ascending");
    assert!(page.is_focused("th.c-rule button"));
}

#[test]
fn the_focus_is_seen_everywhere() {
    let Some(page) = Page::of(&sample::small()) else { return };
    let mut stops = Vec::new();
    loop {
        page.press(&[TAB]);
        let stop = page.driver.run(
            "const on = document.activeElement;
             const style = getComputedStyle(on);
             const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
             return on === document.body || on.dataset.passed ? null
                 : (on.dataset.passed = 'yes', [on.tagName + '.' + on.className + '#' + on.id, seen])",
        );
        let Some(stop) = stop.as_array() else { break };
        assert_eq!(stop[1], true, "{stop:?} shows no focus");
        stops.push(stop[0].clone());
    }
    assert!(stops.len() > 40, "{stops:?}");
}
