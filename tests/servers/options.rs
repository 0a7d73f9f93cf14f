//! Which options a version refuses: the gate says so (MY014) of those, and of none that the server takes.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use crate::gate::Gate;
use crate::installed::{Installed, Product};
use crate::verdict;

/// What is tried, as `options.yaml` has it: words between blanks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    names: String,
    values: String,
    unsaid_mysql: String,
    unsaid_mariadb: String,
}

#[test]
fn mariadb_10_5() {
    check("mariadb-10.5");
}

#[test]
fn mariadb_10_11() {
    check("mariadb-10.11");
}

#[test]
fn mariadb_11_8() {
    check("mariadb-11.8");
}

#[test]
fn mysql() {
    check("mysql");
}

/// What the policy knows is tried here too.
#[test]
fn every_row_of_the_policy_is_tried() {
    let rows = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/server-options/src/rows.rs");
    let rows = std::fs::read_to_string(rows).unwrap_or_else(|error| panic!("{rows}, the table of MY014: {error}"));
    // `gone("ssl", V8_4, …)`: the name is the first text of a row.
    let named: BTreeSet<_> = rows
        .lines()
        .filter(|line| line.starts_with(' ') && line.contains("(\""))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|name| {
            name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
        })
        .collect();
    assert!(named.len() > 100, "the table of MY014 is written in another way now: {named:?}");
    let table = Table::read();
    let tried: BTreeSet<_> = words(&table.names).chain(words(&table.values)).map(name_of).collect();
    let missing: Vec<_> = named.difference(&tried).collect();
    assert!(missing.is_empty(), "write them into options.yaml, each with a value: {missing:?}");
}

fn check(name: &str) {
    let Some(installed) = Installed::find(name) else { return };
    let table = Table::read();
    let written = |list: &str| words(list).map(|option| format!("--{option}")).collect::<Vec<_>>();
    let names = written(&table.names);
    let values = written(&table.values);
    let mut refused = verdict::unknown(&installed, &names);
    refused
        .extend(values.iter().filter(|value| !verdict::starts_with(&installed, std::slice::from_ref(value))).cloned());

    let gate = Gate::of("server-options", json!({}));
    let unsaid: BTreeSet<_> = words(table.unsaid(installed.product)).map(|option| format!("--{option}")).collect();
    let mut wrong = vec![];
    for option in names.iter().chain(&values) {
        let judged = gate.judge(json!({ "image": installed.image(), "args": [option] }));
        let claims = !judged.messages("MY014").is_empty();
        match (refused.contains(option), claims, unsaid.contains(option)) {
            (false, true, _) => wrong.push(format!("{option}: the server takes it, and the gate denies that")),
            (true, false, false) if is_known(&installed) => {
                wrong.push(format!("{option}: the server refuses it, unsaid"));
            }
            (true, true, true) => wrong.push(format!("{option}: is said now; remove it from unsaid")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", installed.image(), wrong.join("\n"));
}

/// Whether the policy can know all that the server refuses: Debian sid may have a later MySQL tomorrow.
fn is_known(installed: &Installed) -> bool {
    installed.product == Product::MariaDb || installed.series() <= (9, 7)
}

impl Table {
    fn read() -> Self {
        serde_saphyr::from_str(include_str!("options.yaml")).unwrap()
    }

    fn unsaid(&self, product: Product) -> &str {
        match product {
            Product::MySql => &self.unsaid_mysql,
            Product::MariaDb => &self.unsaid_mariadb,
        }
    }
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split_whitespace()
}

fn name_of(option: &str) -> &str {
    option.split('=').next().unwrap_or(option)
}
