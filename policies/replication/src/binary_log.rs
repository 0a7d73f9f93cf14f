//! MY024: binary logs that nobody takes away, and replication without GTIDs.

use tidegate_policy::{Container, Finding, PossibleOption, Server};

use crate::{LOG, Scene, place_of};

/// Options that end a binary log's life when they are not 0: those of MySQL ("Binary Logging Options
/// and Variables"), Percona Server (`max_binlog_files`, `binlog_space_limit`) and MariaDB.
const EXPIRY: &[&str] = &[
    "binlog-expire-logs-seconds",
    "binlog-space-limit",
    "expire-logs-days",
    "max-binlog-files",
    "max-binlog-total-size",
];
/// What a script says that takes them away itself.
const PURGES: &[&str] = &["expire_logs", "expire-logs", "purge binary logs", "purge master logs"];

/// What is wrong with the time for which logs are kept.
struct Kept {
    at: Place,
    message: String,
    help: &'static str,
}

enum Place {
    /// A pointer.
    At(String),
    /// The volume of a ConfigMap.
    Of(String),
}

const IN_SECONDS: &str = "Set binlog_expire_logs_seconds to the time for which a replica or a backup may need them, \
                          604800 for a week";
const IN_DAYS: &str = "Set expire_logs_days to the days for which a replica or a backup may need them, for instance 7";

/// Logs that grow until the volume is full.
pub(crate) fn kept_for_ever(scene: &Scene<'_>, container: &Container, server: &Server) -> Option<Finding> {
    if server.may_have_more_options() {
        return None;
    }
    let kept = kept(server)?;
    let signs = (scene.signs)();
    // A script has several words; a single one is the option that was read already.
    let purges =
        |script: &String| script.contains(char::is_whitespace) && PURGES.iter().any(|word| script.contains(word));
    if signs.unseen || signs.scripts.iter().any(purges) {
        return None;
    }
    let at = match &kept.at {
        Place::At(at) => at.clone(),
        Place::Of(config_map) => place_of(scene, container, config_map),
    };
    Some(Finding::new(&LOG, at, kept.message).help(kept.help))
}

fn kept(server: &Server) -> Option<Kept> {
    let possible = server.possible_options();
    let ends = |option: &PossibleOption| EXPIRY.contains(&option.name.as_str()) && !is_zero(option.value.as_deref());
    if possible.iter().any(ends) {
        return None;
    }
    switched_off(server).or_else(|| never_said(server, &possible))
}

/// MySQL 8.0 and later write logs and take them away after 30 days, unless they are told not to.
fn switched_off(server: &Server) -> Option<Kept> {
    if !server.is_mysql() || !server.at_least(8, 0).is_yes() || server.switch("log-bin") == Some(false) {
        return None;
    }
    let zero = |name: &str| server.option(name).filter(|option| is_zero(option.value.as_deref()));
    let is_off = server.switch("binlog-expire-logs-auto-purge") == Some(false);
    let days = server.option("expire-logs-days");
    let option = match server.option("binlog-expire-logs-seconds") {
        _ if is_off => server.option("binlog-expire-logs-auto-purge")?,
        // The days count if the seconds are 0; they are gone in 8.4.
        Some(_) if days.is_some_and(|days| !is_zero(days.value.as_deref())) => return None,
        Some(_) => zero("binlog-expire-logs-seconds")?,
        None if server.before(8, 4).is_yes() => zero("expire-logs-days")?,
        None => return None,
    };
    // Percona Server has other limits.
    if option.name != "binlog-expire-logs-auto-purge" && is_limited(server, &["binlog-space-limit"]) {
        return None;
    }
    Some(Kept {
        at: Place::At(option.at.clone()),
        message: format!("{} keeps binary logs for ever: they fill the volume", option.name),
        help: IN_SECONDS,
    })
}

/// Before, and in MariaDB, they are kept for ever unless something is said.
fn never_said(server: &Server, possible: &[PossibleOption]) -> Option<Kept> {
    // Which default later versions of MariaDB have was not looked up.
    let keeps =
        server.is_mysql() && server.before(8, 0).is_yes() || server.is_mariadb() && server.before(12, 0).is_yes();
    if !keeps || is_limited(server, EXPIRY) {
        return None;
    }
    let help = if server.at_least(10, 6).is_yes() { IN_SECONDS } else { IN_DAYS };
    match server.switch("log-bin") {
        Some(true) => {
            let option = server.options.iter().rfind(|option| option.name.ends_with("log-bin"))?;
            let message = "binary logs are written and kept for ever: they fill the volume".to_owned();
            Some(Kept { at: Place::At(option.at.clone()), message, help })
        }
        Some(false) => None,
        // A value that is not sure is no switch.
        None if server.option("log-bin").is_some() => None,
        None => {
            let option = possible.iter().find(|option| {
                let value = option.value.as_deref().unwrap_or_default().to_lowercase();
                option.name == "log-bin" && !matches!(value.as_str(), "0" | "off" | "false")
            })?;
            let message = format!(
                "{} of ConfigMap {} may give the server log-bin, and nothing takes the binary logs away: they fill \
                 the volume",
                option.key, option.config_map
            );
            Some(Kept { at: Place::Of(option.config_map.clone()), message, help })
        }
    }
}

fn is_limited(server: &Server, names: &[&str]) -> bool {
    names.iter().any(|name| server.option(name).is_some_and(|option| !is_zero(option.value.as_deref())))
}

fn is_zero(value: Option<&str>) -> bool {
    value.and_then(|value| value.trim().parse::<f64>().ok()).is_some_and(|number| number <= 0.0)
}

/// Replication by file and position, in a StatefulSet of a primary and its replicas.
///
/// `gtid_mode` is OFF by default up to MySQL 8.4; of 9.x it was not looked up. MariaDB has GTIDs always.
pub(crate) fn without_gtids(scene: &Scene<'_>, container: &Container, server: &Server) -> Option<Finding> {
    scene.replicas?;
    let written = server.option("gtid-mode");
    if !server.is_mysql() || !server.before(9, 0).is_yes() || server.may_have_more_options() {
        return None;
    }
    // Of a variable nobody knows the value; ON_PERMISSIVE and its like are steps on the way.
    if written.is_some_and(|option| !matches!(option.value.as_deref().map(str::trim), Some("OFF" | "off" | "0"))) {
        return None;
    }
    if server.possible_options().iter().any(|option| option.name == "gtid-mode") {
        return None;
    }
    let signs = (scene.signs)();
    if signs.unseen || !signs.follow_first() || (written.is_none() && signs.name(&["gtid_mode", "gtid-mode"])) {
        return None;
    }
    let at = written.map_or(&container.at, |option| &option.at);
    let message = "the servers replicate without GTIDs: a replica that loses its position has to be copied again, and \
                   another primary means finding it by hand";
    Some(Finding::new(&LOG, at, message).help(
        "Write gtid_mode=ON and enforce_gtid_consistency=ON under [mysqld] for all servers, and replicate with \
         SOURCE_AUTO_POSITION=1 (MASTER_AUTO_POSITION=1 before 8.0.23)",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::server;

    fn keeps(product: &str, version: (u32, u32), options: &[(&str, Option<&str>)]) -> bool {
        let server = server(product, version, options);
        kept(&server).is_some()
    }

    #[test]
    fn logs_are_kept_by_version() {
        for (product, version, options) in [
            ("mysql", (5, 7), &[("log-bin", None)][..]),
            ("mysql", (5, 7), &[("log-bin", Some("binlog")), ("expire-logs-days", Some("0"))]),
            ("mysql", (8, 0), &[("binlog-expire-logs-seconds", Some("0"))]),
            ("mysql", (8, 0), &[("expire-logs-days", Some("0"))]),
            ("mysql", (8, 4), &[("binlog-expire-logs-auto-purge", Some("OFF"))]),
            ("mariadb", (10, 11), &[("log-bin", None)]),
            ("mariadb", (11, 4), &[("log-bin", None), ("binlog-expire-logs-seconds", Some("0"))]),
        ] {
            assert!(keeps(product, version, options), "{product} {version:?} {options:?}");
        }
        for (product, version, options) in [
            ("mysql", (5, 7), &[][..]),
            ("mysql", (5, 7), &[("log-bin", None), ("expire-logs-days", Some("7"))]),
            ("mysql", (5, 7), &[("log-bin", None), ("skip-log-bin", None)]),
            ("mysql", (5, 7), &[("log-bin", Some("$NAME"))]),
            ("mysql", (8, 0), &[("log-bin", None)]),
            ("mysql", (8, 0), &[("binlog-expire-logs-seconds", Some("0")), ("expire-logs-days", Some("7"))]),
            ("mysql", (8, 0), &[("binlog-expire-logs-seconds", Some("0")), ("skip-log-bin", None)]),
            ("mariadb", (10, 11), &[("log-bin", None), ("expire-logs-days", Some("0.5"))]),
            ("mariadb", (12, 1), &[("log-bin", None)]),
            ("unknown", (5, 7), &[("log-bin", None)]),
        ] {
            assert!(!keeps(product, version, options), "{product} {version:?} {options:?}");
        }
    }
}
