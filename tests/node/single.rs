//! `manifests/single`: one server on one volume.

use std::fmt::Write;
use std::time::Duration;

use crate::manifests;
use crate::node::Node;
use crate::wait;

const NAMESPACE: &str = "mysql-single";

/// The manifest's own client, which has the account's password from the Secret. Without the character set
/// it would take that of its locale, which in a container is none, and send every byte as a letter of latin1.
const CLIENT: &[&str] =
    &["mysql", "--default-character-set=utf8mb4", "-hmysql", "-uapp", "--batch", "--skip-column-names", "app"];

/// Three bytes each, four bytes, and several code points that are one picture.
const WORDS: &[&str] = &["안녕하세요 세계", "🐬 dolphin", "👩‍👩‍👧‍👦 가족", "ç½ß"];

#[test]
fn every_character_comes_back_and_the_data_outlive_the_server() {
    let Some(node) = Node::shared() else { return };
    manifests::install(node, "manifests/single", NAMESPACE, &["root", "app"], &["mysql-pv-claim"]);
    manifests::await_rollout(node, NAMESPACE, "deployment/mysql");
    node.kubectl(&["wait", "-n", NAMESPACE, "pod/mysql-client", "--for=condition=Ready", "--timeout=2m"])
        .expect_success();

    let mut statements = "CREATE TABLE words (id INT PRIMARY KEY, word VARCHAR(100));\n".to_owned();
    let mut expected = String::new();
    for (id, word) in WORDS.iter().enumerate() {
        writeln!(statements, "INSERT INTO words VALUES ({id}, '{word}');").unwrap();
        writeln!(expected, "{id}\t{word}\t{}", hex(word)).unwrap();
    }
    ask(node, &statements);
    let read = "SELECT id, word, HEX(word) FROM words ORDER BY id;";
    assert_eq!(ask(node, read), expected);

    let before = server_of(node);
    node.kubectl(&["delete", "-n", NAMESPACE, "deployment", "mysql"]).expect_success();
    wait::eventually("the end of the server's pod", Duration::from_mins(3), || {
        server_of(node).is_empty().then_some(())
    });
    manifests::apply(node, "manifests/single");
    manifests::await_rollout(node, NAMESPACE, "deployment/mysql");
    assert_ne!(server_of(node), before);
    assert_eq!(ask(node, read), expected);

    // The image tells truly what it is, whatever name it has.
    let image = node.kubectl(&["exec", "-n", NAMESPACE, "mysql-client", "--", "cat", "/etc/server-version"]);
    assert_eq!(ask(node, "SELECT SUBSTRING_INDEX(VERSION(), '-', 1);"), image.expect_success());
}

#[track_caller]
fn ask(node: &Node, statements: &str) -> String {
    manifests::ask(node, NAMESPACE, "mysql-client", CLIENT, statements).expect_success()
}

/// The names of the server's pods.
fn server_of(node: &Node) -> String {
    let selector = "app.kubernetes.io/component=server";
    node.kubectl(&["get", "pods", "-n", NAMESPACE, "-l", selector, "-o", "name"]).expect_success()
}

/// As MySQL's `HEX` writes a text in utf8mb4.
fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02X}").unwrap();
        hex
    })
}
