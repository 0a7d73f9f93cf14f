//! What a server says of its options, without running.

use std::collections::BTreeSet;

use crate::installed::{Installed, Product, text};

/// What it said.
struct Said {
    /// The option that it does not know, as it was written, without dashes in front.
    unknown: Option<String>,
    /// Anything else that it cannot start with.
    errors: Vec<String>,
}

/// Those of the options that the server does not know. Their values must be good.
///
/// A server names the first one and gives up; so that one is taken away, and the server asked again.
pub(crate) fn unknown(server: &Installed, options: &[String]) -> BTreeSet<String> {
    let mut rest: Vec<&String> = options.iter().collect();
    let mut unknown = BTreeSet::new();
    loop {
        let said = ask(server, rest.iter().map(|option| option.as_str()));
        let Some(name) = said.unknown else {
            assert!(said.errors.is_empty(), "{}: {:#?}", server.image(), said.errors);
            return unknown;
        };
        let before = rest.len();
        rest.retain(|option| option.trim_start_matches('-') != name);
        assert!(rest.len() < before, "{} does not know {name}, which nobody wrote", server.image());
        unknown.insert(format!("--{name}"));
    }
}

/// Whether the server starts with these options, as far as it tells without doing so.
pub(crate) fn starts_with(server: &Installed, options: &[String]) -> bool {
    let said = ask(server, options.iter().map(String::as_str));
    said.unknown.is_none() && said.errors.is_empty()
}

fn ask<'a>(server: &Installed, options: impl Iterator<Item = &'a str>) -> Said {
    // MySQL has an option for this; MariaDB reads all options before it prints its help.
    let last: &[&str] = match server.product {
        Product::MySql => &["--validate-config"],
        Product::MariaDb => &["--verbose", "--help"],
    };
    let mut words = server.own_options();
    words.extend(options.chain(last.iter().copied()).map(str::to_owned));
    let output = server.run(server.daemon(), words);
    let printed = text(&output.stderr);
    let unknown = printed.lines().find_map(named);
    let mut errors: Vec<_> = printed.lines().filter(|line| line.contains("[ERROR]")).map(str::to_owned).collect();
    if errors.is_empty() && !output.status.success() {
        errors.push(format!("{}: {printed}", output.status));
    }
    Said { unknown, errors }
}

/// The option in a line such as `[ERROR] mariadbd: unknown variable 'gtid-mode=OFF'`.
fn named(line: &str) -> Option<String> {
    let after = ["unknown variable '", "unknown option '", "ambiguous option '"]
        .iter()
        .find_map(|words| line.split_once(words).map(|(_, after)| after))?;
    Some(after.split_once('\'')?.0.trim_start_matches('-').to_owned())
}
