//! What a program for accessibility finds, and what is checked by hand.

use std::path::Path;

use serde_json::{Value, json};

use crate::page::Page;
use crate::sample;

const STATES: [&str; 4] = [
    "#all",
    "#severity=critical&suppressed=shown",
    "#object=StatefulSet/shop/mysql",
    "#object=StatefulSet/shop/mysql&view=sides",
];

/// Opens each state in each scheme, on a screen and on a phone.
fn everywhere(page: &Page, mut look: impl FnMut(&str)) {
    for scheme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.driver.devtools("Emulation.setEmulatedMedia", &features);
        for (width, height) in [(1360, 900), (390, 844)] {
            page.resize(width, height);
            for state in STATES {
                page.open(state);
                look(&format!("{state}, {scheme}, {width} wide"));
            }
        }
    }
}

/// axe-core is fetched by `make browser` where there is npm: it is no part of Debian, and a check beside the others.
#[test]
fn axe_finds_nothing() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("browser").join("axe.min.js");
    let Ok(axe) = std::fs::read_to_string(&file) else {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "\nSKIPPED axe_finds_nothing: no {}: make browser", file.display());
        return;
    };
    let Some(page) = Page::of(&sample::small()) else { return };
    everywhere(&page, |state| {
        page.driver.run(&axe);
        let found = page.driver.command(
            "POST",
            "/execute/async",
            &json!({ "args": [], "script": "
                const done = arguments[0];
                const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
                axe.run(document, { runOnly: { type: 'tag', values: tags } }).then((result) =>
                    done(result.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200)
                        + ' ' + node.failureSummary)])), (error) => done([String(error)]));
            " }),
        );
        assert_eq!(found, json!([]), "{state}: {found:#}");
    });
}

#[test]
fn texts_have_contrast_in_both_schemes() {
    let Some(page) = Page::of(&sample::small()) else { return };
    everywhere(&page, |state| {
        let faint = page.driver.run(include_str!("contrast.js"));
        assert_eq!(faint, json!([]), "{state}: {faint:#}");
    });
}

#[test]
fn names_roles_and_states_are_there() {
    let Some(page) = Page::of(&sample::small()) else { return };
    let nodes = page.driver.devtools("Accessibility.getFullAXTree", &json!({}));
    let of = |role: &str| -> Vec<String> {
        let is = |node: &&Value| node["role"]["value"] == role && node["ignored"] == false;
        let all = nodes["nodes"].as_array().unwrap().iter();
        all.filter(is).map(|node| node["name"]["value"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(of("searchbox"), ["Search the findings"]);
    assert_eq!(of("status").len(), 1);
    assert_eq!(of("table").len(), 1);
    assert_eq!(of("row").len(), 1 + 15);
    assert_eq!(of("columnheader").len(), 7);
    assert_eq!(of("heading")[..2], ["15 findings in 7 objects", "By severity"]);
    assert!(of("button").iter().all(|name| !name.is_empty()), "{:?}", of("button"));
    assert!(of("button").contains(&"5 critical".to_owned()), "{:?}", of("button"));

    // On a phone rows look like cards, and are still rows of a table.
    page.resize(390, 844);
    let nodes = page.driver.devtools("Accessibility.getFullAXTree", &json!({}));
    let roles = |role: &str| {
        let all = nodes["nodes"].as_array().unwrap().iter();
        all.filter(|node| node["role"]["value"] == role && node["ignored"] == false).count()
    };
    assert_eq!((roles("table"), roles("row") >= 15, roles("cell") >= 15 * 5), (1, true, true));
}
