//! How much of an option's name a server wants to see: what it takes for the option, the gate reads so too.

use serde_json::json;
use tidegate::workload::{Role, Workload, withheld};

use crate::gate::deployment;
use crate::installed::{Installed, Product};
use crate::verdict;

/// Options that rules look at, each with a value that every server takes.
const OPTIONS: [(&str, &str); 13] = [
    ("binlog-expire-logs-seconds", "86400"),
    ("bind-address", "127.0.0.1"),
    ("character-set-server", "utf8mb4"),
    ("collation-server", "utf8mb4_unicode_ci"),
    ("datadir", "/nowhere"),
    ("expire-logs-days", "3"),
    ("init-file", "/dev/null"),
    ("innodb-buffer-pool-size", "128M"),
    ("innodb-flush-log-at-trx-commit", "1"),
    ("server-id", "5"),
    ("skip-grant-tables", "0"),
    ("skip-networking", "0"),
    ("sync-binlog", "1"),
];

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

fn check(name: &str) {
    let Some(installed) = Installed::find(name) else { return };
    let beginnings: Vec<_> = OPTIONS
        .iter()
        .flat_map(|(name, value)| (2..name.len()).map(move |end| (&name[..end], *name, *value)))
        .filter(|(beginning, ..)| *beginning != "innodb") // which is an option itself
        // MySQL wants whole names since 5.7: there the longest beginnings are enough.
        .filter(|(beginning, name, _)| installed.product == Product::MariaDb || beginning.len() + 3 > name.len())
        .collect();
    // The collation is refused without its character set.
    let mut written = vec!["--character-set-server=utf8mb4".to_owned()];
    written.extend(beginnings.iter().map(|(beginning, _, value)| option(beginning, value)));
    let unknown = verdict::unknown(&installed, &written);
    let (mut taken, mut wrong) = (0, vec![]);
    for (beginning, name, value) in beginnings {
        let takes = !unknown.contains(&option(beginning, value));
        let reads = reads(&installed, &option(beginning, value)) == [name];
        taken += u32::from(takes);
        if takes && !reads {
            wrong.push(format!("{beginning} is {name} to the server, and not to the gate"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", installed.image(), wrong.join("\n"));
    assert_eq!(taken > 0, installed.product == Product::MariaDb, "{} takes {taken}", installed.image());
}

fn option(name: &str, value: &str) -> String {
    format!("--{name}={value}")
}

/// The names of the options that the gate reads.
fn reads(installed: &Installed, option: &str) -> Vec<String> {
    let object = deployment(json!({ "image": installed.image(), "args": [option] }));
    let workload = Workload::read(&object, &withheld(&object), false, &|_| None).unwrap().unwrap();
    let Role::Server(server) = &workload.containers[0].role else { panic!("{} is a server", installed.image()) };
    server.options.iter().map(|option| option.name.clone()).collect()
}
