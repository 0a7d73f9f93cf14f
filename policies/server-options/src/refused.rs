//! Options that keep a server from starting (MY014).

use tidegate_policy::{Container, Finding, Server, Severity, Version, Workload};

use crate::UNKNOWN;
use crate::origin::{Origin, Written, in_config_map};
use crate::settings::Settings;
use crate::table::{self, Product, Row, Why};

/// The findings on one server: one for each place that holds such options.
pub(crate) fn judge(workload: &Workload, container: &Container, server: &Server, settings: &Settings) -> Vec<Finding> {
    let (Some(product), Some(version)) = (Product::of(server), server.version.as_ref()) else { return vec![] };
    let mut places: Vec<(&str, Severity, Origin<'_>, Vec<&'static Row>)> = Vec::new();
    for option in server.options.iter().filter(|option| settings.looks_at(&option.name)) {
        let Some(row) = refusal(server, product, version, &option.name, option.value.as_deref()) else { continue };
        let origin = Origin::of(workload, container, &option.at);
        let severity = match origin.writes(&option.name) {
            Written::Plainly => UNKNOWN.severity,
            // The file is not seen as it is written: perhaps it says `loose-`.
            Written::Unknown => Severity::Medium,
            Written::Loosely | Written::Not => continue,
        };
        match places.iter_mut().find(|(at, severe, ..)| *at == option.at && *severe == severity) {
            Some((.., rows)) if rows.iter().any(|known| known.name == row.name && known.value == row.value) => {}
            Some((.., rows)) => rows.push(row),
            None => places.push((&option.at, severity, origin, vec![row])),
        }
    }
    let known = places
        .into_iter()
        .map(|(at, severity, origin, rows)| {
            let message = format!("{}{}", sentence(product, version, &rows), origin.place());
            Finding::new(&UNKNOWN, at, message).severity(severity).help(help(&rows))
        })
        .collect::<Vec<_>>();
    if known.is_empty() { possible(product, version, container, server, settings) } else { known }
}

/// Options of files that an init container may copy to where the server reads: whether it does is not
/// sure.
fn possible(
    product: Product,
    version: &Version,
    container: &Container,
    server: &Server,
    settings: &Settings,
) -> Vec<Finding> {
    let mut files: Vec<((String, String), Vec<&'static Row>)> = Vec::new();
    for option in server.possible_options().into_iter().filter(|option| settings.looks_at(&option.name)) {
        let Some(row) = refusal(server, product, version, &option.name, option.value.as_deref()) else { continue };
        if in_config_map(&option.config_map, &option.name) != Written::Plainly {
            continue;
        }
        let file = (option.config_map, option.key);
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, rows)) => rows.push(row),
            None => files.push((file, vec![row])),
        }
    }
    files
        .into_iter()
        .map(|((config_map, key), rows)| {
            let message = format!(
                "{}, if it reads {key} of ConfigMap {config_map}, which an init container has at hand",
                sentence(product, version, &rows)
            );
            Finding::new(&UNKNOWN, &container.at, message).severity(Severity::Medium).help(help(&rows))
        })
        .collect()
}

/// What the server says to an option. Percona's builds have options of their own, and those of others.
fn refusal(
    server: &Server,
    product: Product,
    version: &Version,
    name: &str,
    value: Option<&str>,
) -> Option<&'static Row> {
    table::refusal(product, version, name, value)
        .filter(|row| row.why == Why::Removed || !server.flavor.starts_with("percona"))
}

/// How many options are named; a warning has no room for more.
const NAMED: usize = 4;

/// What is wrong with options in one place.
pub(crate) fn sentence(product: Product, version: &Version, rows: &[&Row]) -> String {
    let name = |row: &&Row| row.value.map_or_else(|| row.name.to_owned(), |value| format!("{value} in {}", row.name));
    let mut names = rows.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
    if let Some(more) = rows.len().checked_sub(NAMED).filter(|more| *more > 0) {
        names.push_str(&format!(" and {more} more"));
    }
    let all = |why| rows.iter().all(|row| row.why == why);
    let knows = if all(Why::Removed) && product == Product::MySql {
        "no longer knows"
    } else if all(Why::NotYet) {
        "does not know yet:"
    } else {
        "does not know"
    };
    format!("{} {version} {knows} {names} and does not start", product.name())
}

/// What to write instead, each advice once.
pub(crate) fn help(rows: &[&Row]) -> String {
    let mut advice: Vec<String> = Vec::new();
    for row in rows {
        let text = if rows.len() == 1 { row.instead.to_owned() } else { format!("{}: {}", row.name, row.instead) };
        match advice.iter_mut().find(|known| known.split_once(": ").is_some_and(|(_, instead)| instead == row.instead))
        {
            Some(known) => *known = format!("{}, {known}", row.name),
            None => advice.push(text),
        }
    }
    advice.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_sentence() {
        let version = Version { major: 8, minor: Some(4), patch: None };
        let rows = |names: &[&str]| -> Vec<&'static Row> {
            names.iter().map(|name| table::refusal(Product::MySql, &version, name, None).unwrap()).collect()
        };
        let two = rows(&["query-cache-size", "query-cache-type"]);
        assert_eq!(
            sentence(Product::MySql, &version, &two),
            "MySQL 8.4 no longer knows query-cache-size, query-cache-type and does not start"
        );
        let many = ["query-cache-limit", "query-cache-size", "query-cache-type", "log-warnings", "sync-frm", "ssl"];
        assert_eq!(
            sentence(Product::MySql, &version, &rows(&many)),
            "MySQL 8.4 no longer knows query-cache-limit, query-cache-size, query-cache-type, log-warnings and 2 more and \
             does not start"
        );
        assert_eq!(help(&two), "query-cache-type, query-cache-size: Remove it: there is no query cache any more");
        assert_eq!(help(&rows(&["ssl"])), "Remove it: encryption is offered as long as tls-version is not empty");
    }
}
