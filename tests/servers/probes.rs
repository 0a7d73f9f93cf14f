//! The probes that the gate writes tell a server that serves from one that does not.

use std::path::Path;

use serde_json::{Value, json};

use crate::gate::{Gate, words};
use crate::installed::{Installed, Product};
use crate::port;
use crate::running::Data;

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
    let port = format!("--port={}", port::free());
    let variable = json!({ "name": "MYSQL_ROOT_PASSWORD", "value": "right" });
    let written = json!({ "image": installed.image(), "args": [port], "env": [variable] });
    let judged = Gate::of("probes", json!({})).judge(written.clone());
    let pings: Vec<_> = ["startupProbe", "livenessProbe", "readinessProbe"]
        .iter()
        .map(|kind| Probe::of(judged.container(), kind))
        .collect();
    let judged = Gate::of("probes", json!({ "readiness": "query" })).judge(written);
    let query = Probe::of(judged.container(), "readinessProbe");

    let nobody_passes = |when: &str| {
        for probe in pings.iter().chain([&query]) {
            assert!(!probe.passes(&installed, "right"), "{when}: {:?} passes", probe.command);
        }
    };
    let pings_pass = |when: &str| {
        for probe in &pings {
            assert!(probe.passes(&installed, "right"), "{when}: {:?} fails", probe.command);
        }
    };

    let data = Data::new(&installed);
    nobody_passes("before the start");

    // What the entrypoint runs while it initialises.
    let temporary = data.start(&[port.clone(), "--skip-networking".to_owned()]);
    assert!(data.ask(&["ping"]), "by the socket, where it answers");
    nobody_passes("on a server without TCP");
    temporary.stop();

    let server = data.start(&[port]);
    pings_pass("on a server that serves");
    assert!(!query.passes(&installed, "right"), "root has no password yet");
    server.query(set_password(&installed)).unwrap();
    assert!(query.passes(&installed, "right"));
    assert!(!query.passes(&installed, "wrong"));
    for _ in 0..4 {
        pings_pass("where root has a password");
    }
    assert!(query.passes(&installed, "right"), "pings have locked root");
    server.stop();
    nobody_passes("after the end");
}

/// Gives root a password; on MySQL three failed logins lock it from then on.
fn set_password(installed: &Installed) -> &'static str {
    match installed.product {
        Product::MySql => {
            "ALTER USER root@localhost IDENTIFIED BY 'right' FAILED_LOGIN_ATTEMPTS 3 PASSWORD_LOCK_TIME UNBOUNDED"
        }
        Product::MariaDb => "ALTER USER root@localhost IDENTIFIED BY 'right', root@'127.0.0.1' IDENTIFIED BY 'right'",
    }
}

/// An exec probe.
struct Probe {
    command: Vec<String>,
    seconds: u32,
}

impl Probe {
    fn of(container: &Value, kind: &str) -> Self {
        let probe = &container[kind];
        let command = words(&probe["exec"]["command"]);
        assert!(!command.is_empty(), "no {kind} with a command: {container}");
        Self { command, seconds: probe["timeoutSeconds"].as_u64().unwrap().try_into().unwrap() }
    }

    /// Whether the kubelet would be content, in a container with that password in its environment.
    fn passes(&self, installed: &Installed, password: &str) -> bool {
        let (program, arguments) = self.command.split_first().unwrap();
        let environment = [("MYSQL_ROOT_PASSWORD", password)];
        installed.run_within(self.seconds, program, arguments, Path::new("/"), &environment).status.success()
    }
}
