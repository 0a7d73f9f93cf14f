//! Light and dark, phone and paper.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::driver::{picture, until};
use crate::page::Page;
use crate::sample;

const MYSQL: &str = "#object=StatefulSet/shop/mysql";

fn is_dark(page: &Page) -> bool {
    let ground = page.driver.run("return getComputedStyle(document.body).backgroundColor");
    let first = ground.as_str().unwrap().trim_start_matches("rgb(").split(',').next().unwrap().to_owned();
    first.parse::<u8>().unwrap() < 128
}

#[test]
fn the_scheme_is_that_of_the_system_until_one_chooses() {
    let Some(page) = Page::of(&sample::small()) else { return };
    let prefer = |scheme: &str| {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.driver.devtools("Emulation.setEmulatedMedia", &features);
    };
    page.resize(1360, 1800);
    prefer("light");
    assert!(!is_dark(&page));
    // The page is told of the change, which takes a moment.
    let is_pressed = |pressed: &str| page.attribute("#theme", "aria-pressed") == pressed;
    until("the switch follows the system", || is_pressed("false"));
    page.photograph("light.png");
    prefer("dark");
    assert!(is_dark(&page));
    until("the switch follows the system", || is_pressed("true"));
    page.photograph("dark.png");
    page.click("#theme");
    assert!(!is_dark(&page), "chosen");
    page.open(MYSQL);
    assert!(!is_dark(&page), "and kept");
    page.photograph("object-light.png");
    page.click("#theme");
    assert!(is_dark(&page));
    page.photograph("object-dark.png");
    page.click("[data-view=sides]");
    page.photograph("sides-dark.png");
}

#[test]
fn nothing_reaches_over_the_edge_of_a_phone() {
    let Some(page) = Page::of(&sample::small()) else { return };
    page.resize(390, 844);
    for (name, state) in [
        ("list", "#all"),
        ("chosen", "#search=mysql&severity=critical&namespace=shop&suppressed=shown"),
        ("object", MYSQL),
        ("sides", "#object=StatefulSet/shop/mysql&view=sides"),
        ("cluster", "#object=StatefulSet/billing/ledger/2"),
        ("hostile", "#search=injected"),
    ] {
        page.open(state);
        let wide = page.driver.run(
            "const room = document.documentElement.clientWidth;
             // Labels of pictures are cut off at their own edge.
             return [document.documentElement.scrollWidth > room ? 'the page' : null,
                 ...[...document.querySelectorAll('main *')].filter((one) => one.checkVisibility()
                     && !one.closest('.unseen, thead, svg, .label') && one.getBoundingClientRect().right > room + 1)
                     .map((one) => one.outerHTML.slice(0, 120))].filter(Boolean)",
        );
        assert_eq!(wide, json!([]), "{name}");
        page.resize(390, 2400);
        page.photograph(&format!("phone-{name}.png"));
        page.resize(390, 844);
    }
    // Headings, by which one sorts, are gone: a list of the same orders is there instead.
    page.open("#all");
    page.driver.run("const order = document.querySelector('#order'); order.value = 'rule'; order.dispatchEvent(new Event('change'))");
    assert_eq!(page.state(), "#sort=rule");
}

#[test]
fn on_paper_everything_is_open_and_there_are_no_controls() {
    let Some(page) = Page::of(&sample::small()) else { return };
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    page.driver.devtools("Emulation.setEmulatedMedia", &features);
    let printed = page.driver.command("POST", "/print", &json!({ "background": true }));
    let pdf = STANDARD.decode(printed.as_str().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    if let Some(file) = picture("printed.pdf") {
        std::fs::write(file, pdf).unwrap();
    }

    // The same, where it can be asked.
    page.driver.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    page.driver.run("dispatchEvent(new Event('beforeprint'))");
    assert!(!is_dark(&page), "paper is light");
    for control in ["#theme", "#search", "#findings", "#pages", ".skip", ".fold button", ".views"] {
        assert_eq!(page.texts(control), [""; 0], "{control}");
    }
    assert_eq!(page.texts("#print-view article").len(), 7);
    assert_eq!(page.texts("#print-view .card-title").len(), 15 + 1, "findings, and what failed");
    assert_eq!(page.count("#print-view .fold"), 0);
    assert!(page.texts("#print-view .manifest ins").contains(&"terminationGracePeriodSeconds: 120".to_owned()));
    page.driver.run("dispatchEvent(new Event('afterprint'))");
    assert_eq!(page.count("#print-view *"), 0);

    // Of an object that is open, only that is printed.
    page.driver.devtools("Emulation.setEmulatedMedia", &json!({ "media": "" }));
    page.open(MYSQL);
    page.driver.run("dispatchEvent(new Event('beforeprint'))");
    assert_eq!(page.count("#print-view article"), 1);
    page.expect_quiet();
}

#[test]
fn without_script_totals_and_findings_are_there() {
    let Some(page) = Page::of(&sample::small()) else { return };
    page.driver.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    page.driver.command("POST", "/refresh", &json!({}));
    page.driver.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    assert_eq!(page.text("h1"), "15 findings in 7 objects");
    assert_eq!(page.texts(".tile .number"), ["5", "1", "4", "3", "2"]);
    assert_eq!(page.texts(".plain li").len(), 17);
    for control in ["#search", "#findings", "#theme", "#object-view"] {
        assert_eq!(page.texts(control), [""; 0], "{control}");
    }
    page.photograph("without-script.png");
}
