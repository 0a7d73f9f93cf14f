//! Options that the server takes and that do harm: MY022, MY029, MY038.

use tidegate_policy::{Container, Finding, Known, Request, Server, ServerOption, Severity};

use crate::settings::Settings;
use crate::{DURABILITY, INIT_CONNECT, TRANSPORT};

/// The findings on one server.
pub(crate) fn judge(request: &Request, container: &Container, server: &Server, settings: &Settings) -> Vec<Finding> {
    let option = |name: &str| server.option(name).filter(|option| settings.looks_at(&option.name));
    [
        option("innodb-flush-log-at-trx-commit").and_then(flush),
        option("sync-binlog").filter(|_| has_binary_log(server)).and_then(sync),
        option("init-connect").and_then(init_connect),
        settings.looks_at("require-secure-transport").then(|| transport(request, container, server)).flatten(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// 3 is 1 with one more flush, and MariaDB's only.
fn flush(option: &ServerOption) -> Option<Finding> {
    let value = option.value.as_deref().map(str::trim).filter(|value| matches!(*value, "0" | "2"))?;
    let message = if value == "0" {
        "innodb-flush-log-at-trx-commit is 0: a second of committed transactions is lost when the server fails"
    } else {
        "innodb-flush-log-at-trx-commit is 2: a second of committed transactions is lost when the node fails"
    };
    Some(
        Finding::new(&DURABILITY, &option.at, message)
            .help("Write 1, or remove it: 1 is the default. Less is for data that can be loaded again"),
    )
}

fn sync(option: &ServerOption) -> Option<Finding> {
    let value: u64 = option.value.as_deref()?.trim().parse().ok().filter(|value| *value != 1)?;
    let message = format!(
        "sync-binlog is {value}: when the node fails, the binary log lacks transactions that were committed, and \
         replicas go another way than their source"
    );
    Some(Finding::new(&DURABILITY, &option.at, message).help("Write sync-binlog=1"))
}

/// Whether the server surely writes a binary log: MySQL does since 8.0 unless told otherwise.
fn has_binary_log(server: &Server) -> bool {
    match server.switch("log-bin") {
        Some(on) => on,
        None if server.option("log-bin").is_some() || server.may_have_more_options() => false,
        None if server.possible_options().iter().any(|option| option.name.ends_with("log-bin")) => false,
        None => server.is_mysql() && server.at_least(8, 0).is_yes(),
    }
}

fn init_connect(option: &ServerOption) -> Option<Finding> {
    let statement = option.value.as_deref()?.to_ascii_lowercase();
    let sets_charset = ["set names", "set character set", "set charset", "collation_connection", "character_set_"];
    sets_charset.iter().any(|words| statement.contains(words)).then(|| {
        Finding::new(
            &INIT_CONNECT,
            &option.at,
            "init-connect sets the character set of connections, but not of those with administrative rights, and a \
             mistake in it ends every other one",
        )
        .help(
            "Remove it, write character-set-server=utf8mb4, and let clients say their character set when they connect",
        )
    })
}

/// Connections may go unencrypted if nothing demands otherwise. Accounts can demand it, which is not
/// seen here.
fn transport(request: &Request, container: &Container, server: &Server) -> Option<Finding> {
    const OPTION: &str = "require-secure-transport";
    // MySQL has it since 5.7.8, MariaDB since 10.5.2.
    let has_it = match () {
        () if server.is_mysql() => server.at_least(5, 7),
        () if server.is_mariadb() => server.at_least(10, 5),
        () => Known::Unknown,
    };
    if !has_it.is_yes()
        || server.may_have_more_options()
        || server.switch(OPTION) == Some(true)
        || server.switch(OPTION).is_none() && server.option(OPTION).is_some()
        || server.possible_options().iter().any(|option| option.name == OPTION)
    {
        return None;
    }
    let replicas = request.workload().and_then(|workload| workload.replicas).unwrap_or(1);
    let replicated = request.kind() == "StatefulSet" && replicas > 1;
    let at = server.option(OPTION).map_or(&container.at, |option| &option.at);
    let message = if replicated {
        "clients and replicas may connect without encryption: what they send can be read on the way"
    } else {
        "clients may connect without encryption"
    };
    Some(
        Finding::new(&TRANSPORT, at, message)
            .severity(if replicated { Severity::Low } else { Severity::Info })
            .help("Write require-secure-transport=ON once all clients can, or give the accounts REQUIRE SSL"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(value: &str) -> ServerOption {
        ServerOption { name: "x".to_owned(), value: Some(value.to_owned()), at: "/a".to_owned() }
    }

    #[test]
    fn only_what_loses_transactions() {
        for (value, found) in [("0", true), ("2", true), (" 2", true), ("1", false), ("3", false), ("$X", false)] {
            assert_eq!(flush(&option(value)).is_some(), found, "flush {value}");
        }
        for (value, found) in [("0", true), ("100", true), ("1", false), ("", false), ("$X", false)] {
            assert_eq!(sync(&option(value)).is_some(), found, "sync {value}");
        }
    }

    #[test]
    fn only_character_sets() {
        for (value, found) in [
            ("SET NAMES utf8mb4", true),
            ("SET collation_connection = utf8mb4_unicode_ci", true),
            ("set autocommit=0", false),
            ("", false),
        ] {
            assert_eq!(init_connect(&option(value)).is_some(), found, "{value}");
        }
    }
}
