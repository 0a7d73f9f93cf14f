//! With the options that the gate writes, Korean and emoji are stored; without them they are not.

use serde_json::json;

use crate::gate::Gate;
use crate::installed::{Installed, Product};
use crate::port;
use crate::running::{Data, Running};

/// Three bytes a letter in UTF-8, and four for the dolphin.
const NAME: &str = "김민수 🐬";

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
    let written = vec![format!("--port={}", port::free())];
    let judged = Gate::of("utf8mb4", json!({})).judge(json!({ "image": installed.image(), "args": written }));
    let needs_options = installed.product == Product::MariaDb && installed.series() < (11, 6);
    let options: &[&str] =
        if needs_options { &["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"] } else { &[] };
    assert_eq!(judged.arguments()[1..], *options, "{}", installed.image());

    let data = Data::new(&installed);
    let server = data.start(&written);
    make_table(&server, "early");
    if needs_options {
        let refused = server.query(&insert("early")).unwrap_err();
        assert!(refused.contains("ERROR 1366") && refused.contains("Incorrect string value"), "{refused}");
        // A server that is not strict takes it, and loses it.
        server.query(&format!("SET sql_mode=''; {}", insert("early"))).unwrap();
        assert_eq!(stored(&server, "early"), "??? ?");
        server.stop();
        let server = data.start(&judged.arguments());
        assert_eq!(character_set(&server, "early"), "latin1", "a database keeps what it was made with");
        make_table(&server, "late");
        assert_stores(&server, "late");
        server.stop();
    } else {
        assert_stores(&server, "early");
        server.stop();
    }
}

fn make_table(server: &Running, database: &str) {
    server
        .query(&format!("CREATE DATABASE {database}; CREATE TABLE {database}.t (name VARCHAR(255) PRIMARY KEY)"))
        .unwrap();
}

fn insert(database: &str) -> String {
    format!("INSERT INTO {database}.t VALUES ('{NAME}')")
}

fn stored(server: &Running, database: &str) -> String {
    server.query(&format!("SELECT name FROM {database}.t")).unwrap()
}

fn assert_stores(server: &Running, database: &str) {
    assert_eq!(character_set(server, database), "utf8mb4");
    server.query(&insert(database)).unwrap();
    assert_eq!(stored(server, database), NAME);
    // Not only the same on the way back: the server counts letters, and holds UTF-8.
    let counted = server.query(&format!("SELECT CHAR_LENGTH(name), LENGTH(name) FROM {database}.t")).unwrap();
    assert_eq!(counted, format!("{}\t{}", NAME.chars().count(), NAME.len()));
}

fn character_set(server: &Running, database: &str) -> String {
    let schemata = "SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name";
    server.query(&format!("{schemata} = '{database}'")).unwrap()
}
