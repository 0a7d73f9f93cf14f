//! The ways to switch the grant tables off: whatever does it on the server, the gate sees (MY003).

use std::net::{Ipv4Addr, TcpStream};

use serde_json::json;

use crate::gate::Gate;
use crate::installed::{Installed, Product, text};
use crate::port;
use crate::running::Data;

/// Arguments, separated by blanks.
const WAYS: [&str; 19] = [
    "--skip-grant-tables",
    "--skip_grant_tables",
    "--skip-grant-tables=1",
    "--skip-grant-tables=ON",
    "--skip-grant-tables=True",
    "--enable-skip-grant-tables",
    "--loose-skip-grant-tables",
    "--loose_skip_grant_tables",
    "--loose-enable-skip-grant-tables",
    "--disable-skip-grant-tables=0",
    "--skip-grant-tables=0 --skip-grant-tables",
    "--skip-grant-tables --skip-grant-tables=0",
    "--skip-grant-tables --disable-skip-grant-tables",
    "--skip-grant-tables=off",
    "--disable-skip-grant-tables",
    "--skip-skip-grant-tables",
    "--port=3307 --skip-grant-tables",
    "--loose-loose-skip-grant-tables",
    MARIADB_ALONE,
];

/// MariaDB does not tell small letters from large ones; MySQL does not start with this.
const MARIADB_ALONE: &str = "--Skip-Grant-Tables";

#[test]
fn mariadb_10_11() {
    check("mariadb-10.11");
}

#[test]
fn mysql() {
    check("mysql");
}

fn check(name: &str) {
    let Some(installed) = Installed::find(name) else { return };
    let gate = Gate::of("open-access", json!({}));
    let mut wrong = vec![];
    for way in WAYS.iter().filter(|way| installed.product == Product::MariaDb || **way != MARIADB_ALONE) {
        let arguments: Vec<_> = way.split(' ').collect();
        let judged = gate.judge(json!({ "image": installed.image(), "args": arguments }));
        let seen = judged.messages("MY003").iter().any(|message| message.contains("skip-grant-tables"));
        match (is_on(&installed, &arguments), seen) {
            (true, false) => wrong.push(format!("{way}: the gate does not see it")),
            (false, true) => wrong.push(format!("{way}: the grant tables are there, which the gate denies")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", installed.image(), wrong.join("\n"));

    // Without grant tables MySQL does not listen, and MariaDB does: what the gate says of the danger.
    let data = Data::new(&installed);
    let port = port::free();
    let server = data.start(&["--skip-grant-tables".to_owned(), format!("--port={port}")]);
    let listens = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
    assert_eq!(listens, installed.product == Product::MariaDb, "{}", installed.image());
    server.stop();
}

/// What the server makes of the arguments, as its help prints it.
fn is_on(installed: &Installed, arguments: &[&str]) -> bool {
    let own = installed.own_options();
    let words = own.iter().map(String::as_str).chain(arguments.iter().copied()).chain(["--verbose", "--help"]);
    let printed = text(&installed.run(installed.daemon(), words).stdout);
    printed.lines().any(|line| line.split_whitespace().eq(["skip-grant-tables", "TRUE"]))
}
