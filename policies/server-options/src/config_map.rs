//! Option files in a ConfigMap, judged where it is sure which version reads them: a group says it
//! (`[mysqld-8.4]`), or a workload that can be seen mounts the file.

use std::collections::BTreeMap;

use tidegate_policy::{FileOption, Finding, OptionFile, Request, ResourceType, Severity, Value, Version, cluster, raw};

use crate::UNKNOWN;
use crate::origin::is_loose_line;
use crate::reads::mounts;
use crate::refused::{help, sentence};
use crate::settings::Settings;
use crate::table::{self, Product, Row, Why};

pub(crate) const DEPLOYMENT: ResourceType = ResourceType::new("apps/v1", "Deployment");
pub(crate) const STATEFUL_SET: ResourceType = ResourceType::new("apps/v1", "StatefulSet");
pub(crate) const DAEMON_SET: ResourceType = ResourceType::new("apps/v1", "DaemonSet");

/// A server that reads a file of the ConfigMap.
struct Reader {
    product: Product,
    version: Version,
    /// Percona's builds have options of their own, and those of others.
    has_own: bool,
    /// Who it is, for the end of a sentence.
    name: String,
}

/// An option that a reader refuses, with its place.
struct Refused<'a> {
    file: &'a OptionFile,
    line: u32,
    row: &'static Row,
}

/// The findings on a ConfigMap.
pub(crate) fn judge(request: &Request, settings: &Settings) -> Vec<Finding> {
    let files = raw::option_files();
    // Of binary data the lines cannot be read here.
    let files: Vec<_> = files.iter().filter(|file| file.at.starts_with("/data/")).collect();
    if !files.iter().any(|file| file.options.iter().any(|option| may_be_refused(option, settings))) {
        return vec![];
    }
    let mut findings: Vec<_> = files.iter().flat_map(|file| by_group(file, settings)).collect();
    findings.extend(by_workload(request, &files, settings));
    findings.into_iter().map(|finding| as_it_was(request, finding)).collect()
}

/// Whether any version refuses it: a look that costs little, before the cluster is asked.
fn may_be_refused(option: &FileOption, settings: &Settings) -> bool {
    settings.looks_at(&option.name) && table::names(&option.name)
}

/// What the versions in the groups' own names say.
fn by_group(file: &OptionFile, settings: &Settings) -> Vec<Finding> {
    let mut groups: Vec<(&str, Vec<&FileOption>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for option in &file.options {
        let index = *known.entry(&option.group).or_insert(groups.len());
        if index == groups.len() {
            groups.push((&option.group, Vec::new()));
        }
        groups[index].1.push(option);
    }
    groups
        .into_iter()
        .filter_map(|(group, options)| {
            let (product, version) = version_of(group)?;
            let reader = Reader { product, version, has_own: true, name: format!("the group [{group}]") };
            finding(&reader, &refused(file, options, &reader, settings))
        })
        .collect()
}

/// What the servers say that can be seen to mount the ConfigMap.
fn by_workload(request: &Request, files: &[&OptionFile], settings: &Settings) -> Vec<Finding> {
    let Some(name) = request.object.name.as_deref() else { return vec![] };
    let mut findings: Vec<Finding> = Vec::new();
    for kind in [&DEPLOYMENT, &STATEFUL_SET, &DAEMON_SET] {
        for seen in cluster::workloads(kind) {
            for (container, server) in seen.workload.servers().filter(|(container, _)| settings.covers(container)) {
                let (Some(product), Some(version)) = (Product::of(server), server.version) else { continue };
                let reader = Reader {
                    product,
                    version,
                    has_own: server.flavor.starts_with("percona"),
                    name: format!("{} {}", seen.object.kind, seen.object.name.as_deref().unwrap_or_default()),
                };
                for file in files {
                    let options = file.options.iter().filter(|option| is_read(&option.group, product));
                    let refused = refused(file, options, &reader, settings);
                    if !refused.is_empty() && mounts(kind, &seen, container, server, name, &file.at) {
                        findings.extend(finding(&reader, &refused));
                    }
                }
            }
        }
    }
    // One is enough for each file: they say nearly the same.
    let mut places = Vec::new();
    findings.retain(|finding| {
        let is_new = !places.contains(&finding.at);
        places.push(finding.at.clone());
        is_new
    });
    findings
}

/// Those options of a file that a reader refuses, among those that it reads.
fn refused<'a>(
    file: &'a OptionFile,
    options: impl IntoIterator<Item = &'a FileOption>,
    reader: &Reader,
    settings: &Settings,
) -> Vec<Refused<'a>> {
    let candidates: Vec<_> = options
        .into_iter()
        .filter(|option| settings.looks_at(&option.name))
        .filter_map(|option| {
            let row = table::refusal(reader.product, &reader.version, &option.name, option.value.as_deref())?;
            (row.why == Why::Removed || !reader.has_own).then_some((option, row))
        })
        .collect();
    if candidates.is_empty() {
        return vec![];
    }
    let Some(text) = raw::at::<String>(&file.at) else { return vec![] };
    let lines: Vec<_> = text.lines().collect();
    let is_plain = |option: &FileOption| {
        let line = lines.get((option.line as usize).saturating_sub(1));
        line.is_some_and(|line| !is_loose_line(line, &option.name))
    };
    candidates
        .into_iter()
        .filter(|(option, _)| is_plain(option))
        .map(|(option, row)| Refused { file, line: option.line, row })
        .collect()
}

fn finding(reader: &Reader, refused: &[Refused<'_>]) -> Option<Finding> {
    let first = refused.first()?;
    let mut rows: Vec<&Row> = Vec::new();
    for refused in refused {
        if !rows.iter().any(|row| row.name == refused.row.name && row.value == refused.row.value) {
            rows.push(refused.row);
        }
    }
    let message =
        format!("{} ({}, line {})", sentence(reader.product, &reader.version, &rows), reader.name, first.line);
    Some(Finding::new(&UNKNOWN, &first.file.at, message).help(help(&rows)))
}

/// What the file said before may stay, with a warning, until someone touches it.
fn as_it_was(request: &Request, finding: Finding) -> Finding {
    let is_old = request.is_update()
        && raw::old_object().is_some_and(|old| {
            old.pointer(&finding.at).is_some_and(|text| Some(text) == raw::at::<Value>(&finding.at).as_ref())
        });
    if is_old { finding.severity(Severity::Medium) } else { finding }
}

/// The product and version that a group names: `mysqld-8.4`, `mariadb-10.11`.
fn version_of(group: &str) -> Option<(Product, Version)> {
    let (name, version) = group.split_once('-')?;
    let (major, minor) = version.split_once('.')?;
    let (major, minor): (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    let product = match name {
        // Both read it; no MySQL has the number of a MariaDB from 10 on, up to MySQL 26.
        "mysqld" | "server" if (8..=9).contains(&major) || major == 5 && (6..=7).contains(&minor) => Product::MySql,
        "mysqld" | "server" | "mariadb" | "mariadbd" if (10..=12).contains(&major) => Product::MariaDb,
        _ => return None,
    };
    Some((product, Version { major, minor: Some(minor), patch: None }))
}

/// Whether a server reads a group without a version.
fn is_read(group: &str, product: Product) -> bool {
    match group {
        "mysqld" | "server" => true,
        "mariadb" | "mariadbd" | "client-server" | "galera" => product == Product::MariaDb,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_tell_versions() {
        for (group, expected) in [
            ("mysqld-8.4", Some((Product::MySql, 8, 4))),
            ("mysqld-5.7", Some((Product::MySql, 5, 7))),
            ("mysqld-5.5", None),
            ("mysqld-10.11", Some((Product::MariaDb, 10, 11))),
            ("mariadb-11.8", Some((Product::MariaDb, 11, 8))),
            ("mysqld", None),
            ("client-server", None),
            ("mysqld-8", None),
            ("client-8.4", None),
        ] {
            let found = version_of(group).map(|(product, version)| (product, version.major, version.minor.unwrap()));
            assert_eq!(found, expected, "{group}");
        }
    }
}
