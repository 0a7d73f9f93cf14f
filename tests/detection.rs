//! The detection gives every container of `fixtures/detection.yaml` the role, flavour, version, data
//! directory, place for options and port that stand there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "fixtures/table.rs"]
#[allow(dead_code, reason = "the table is shared with webhook_conditions.rs")]
mod table;

use std::collections::BTreeSet;

use table::{ExpectedServer, Row, rows};
use tidegate::workload::{Container, Role, Workload, withheld};

/// A container as a row of the table describes it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    role: &'static str,
    server: Option<ExpectedServer>,
    credentials: Vec<String>,
}

#[test]
fn every_row_is_detected() {
    let wrong: Vec<String> = rows()
        .iter()
        .filter_map(|row| {
            let (seen, expected) = (detect(row), expected(row));
            match (seen == expected, &row.gap) {
                (true, None) | (false, Some(_)) => None,
                (false, None) => Some(format!("{}\n  is       {seen:?}\n  expected {expected:?}", row.about)),
                (true, Some(gap)) => Some(format!("{}: remove the gap, it is closed: {gap}", row.about)),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_row_is_told_apart() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(seen.insert(row.about.clone()), "{} stands twice", row.about);
        assert_eq!(row.role == "server", row.server.is_some(), "{}: `server` goes with the role", row.about);
    }
}

fn expected(row: &Row) -> Seen {
    let role = ["server", "client", "exporter", "backup", "application", "other"]
        .into_iter()
        .find(|role| *role == row.role)
        .unwrap_or_else(|| panic!("{}: there is no role {}", row.about, row.role));
    let server = row.server.as_ref().map(|server| ExpectedServer {
        flavor: server.flavor.clone(),
        product: server.product.clone(),
        version: server.version.clone(),
        data: server.data.clone(),
        options: server.options.clone(),
        port: server.port,
    });
    Seen { role, server, credentials: row.credentials.clone() }
}

fn detect(row: &Row) -> Seen {
    let object = row.deployment();
    let workload = Workload::read(&object, &withheld(&object), false, &|_| None).unwrap().unwrap();
    let [container] = &workload.containers[..] else { panic!("{}: one container", row.about) };
    let credentials = container.env.iter().filter(|variable| variable.credential);
    Seen {
        role: match &container.role {
            Role::Server(_) => "server",
            Role::Client => "client",
            Role::Exporter => "exporter",
            Role::Backup => "backup",
            Role::Application => "application",
            Role::Other(_) => "other",
        },
        server: server(container),
        credentials: credentials.map(|variable| variable.name.clone()).collect(),
    }
}

fn server(container: &Container) -> Option<ExpectedServer> {
    let Role::Server(server) = &container.role else { return None };
    Some(ExpectedServer {
        flavor: server.flavor.name.to_owned(),
        product: server.flavor.product.as_str().to_owned(),
        version: server.version.map(|version| version.to_string()),
        data: server.data_directory.clone(),
        options: server.options_at.as_ref().map(|at| {
            at.strip_prefix(&format!("{}/", container.at)).unwrap_or_else(|| panic!("{at} is elsewhere")).to_owned()
        }),
        port: server.port,
    })
}
