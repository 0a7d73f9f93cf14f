//! Nothing of a report is run or loaded, whatever its texts hold.

use serde_json::json;

use crate::page::Page;
use crate::sample::{self, HOSTILE};

#[test]
fn markup_in_names_and_messages_is_text() {
    let Some(page) = Page::of(&sample::small()) else { return };
    // A dialog would make every command that follows fail.
    let expect_nothing = || {
        assert_eq!(page.count(".injected"), 0);
        assert_eq!(page.count("img, iframe, object, embed"), 0);
        assert_eq!(page.count("script"), 2, "the data and the script");
    };
    expect_nothing();
    page.write("#query", "onerror=alert(1)");
    assert_eq!(page.number(), "1 of 15 findings");
    assert_eq!(page.texts("#rows .c-message"), [HOSTILE]);
    assert_eq!(page.texts("#rows .c-namespace"), [HOSTILE]);
    expect_nothing();
    for facet in ["namespace", "rule"] {
        page.driver.run(&format!(
            "[...document.querySelectorAll('[data-facet={facet}]')].find((one) => one.dataset.value.includes('onerror')).click()"
        ));
    }
    assert_eq!(page.texts(".chip").len(), 2);
    expect_nothing();
    page.click("#rows a");
    page.await_object(&format!("Deployment \"{HOSTILE}\" in namespace \"{HOSTILE}\""));
    // Lines far from findings are folded.
    page.driver.run("document.querySelectorAll('.fold button').forEach((button) => button.click())");
    assert!(page.texts(".manifest .code").iter().any(|line| line.contains(HOSTILE)));
    assert!(page.texts(".card-title").contains(&HOSTILE.to_owned()));
    expect_nothing();
    // Its link leads to it again.
    page.open(&page.state());
    page.await_object(&format!("Deployment \"{HOSTILE}\" in namespace \"{HOSTILE}\""));
    page.driver.run("dispatchEvent(new Event('beforeprint'))");
    expect_nothing();
    page.driver.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    page.driver.command("POST", "/refresh", &json!({}));
    page.driver.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    assert!(page.text("body").contains(HOSTILE));
    expect_nothing();
    page.expect_quiet();
}

#[test]
fn an_address_that_somebody_sends_is_only_text() {
    let markup = "%3Cimg%20src=x%20class=injected%20onerror=alert(1)%3E";
    let state = format!("#search={markup}&severity={markup}&object={markup}&finding={markup}&rule={markup}");
    let Some(page) = Page::at(&sample::small(), &state) else { return };
    assert_eq!(page.count(".injected"), 0);
    assert_eq!(page.number(), "0 of 15 findings");
    page.expect_quiet();
}

#[test]
fn the_page_itself_can_load_nothing() {
    let Some(page) = Page::of(&sample::small()) else { return };
    page.expect_quiet();
    // What gets into the page in spite of everything is stopped by the page's policy.
    let refused = page.driver.command(
        "POST",
        "/execute/async",
        &json!({ "args": [], "script": "
            const done = arguments[0];
            const refused = [];
            addEventListener('securitypolicyviolation', (told) => {
                refused.push(told.effectiveDirective);
                if (refused.length === 4) done(refused.sort());
            });
            const add = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
            add('img', { src: 'http://127.0.0.1:9/x.png' });
            add('script', { textContent: 'window.ran = true' });
            add('link', { rel: 'stylesheet', href: 'http://127.0.0.1:9/x.css' });
            fetch('http://127.0.0.1:9/x').catch(() => {});
        " }),
    );
    assert_eq!(refused, json!(["connect-src", "img-src", "script-src-elem", "style-src-elem"]));
    assert_eq!(page.driver.run("return window.ran ?? null"), json!(null));
}
