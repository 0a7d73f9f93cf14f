//! A folder of `manifests/`, applied as its README says, and asked questions.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Map, Value, json};

use crate::images;
use crate::kubectl::Output;
use crate::node::Node;
use crate::volumes;

/// Of these files a test has its own.
const REPLACED: &str = "10-storage-class.yaml";

/// Makes the namespace, the passwords and the volumes, and applies everything.
#[track_caller]
pub(crate) fn install(node: &Node, folder: &str, namespace: &str, accounts: &[&str], claims: &[&str]) {
    images::provide_mysql(node);
    volumes::provide_class(node);
    for claim in claims {
        volumes::provide_volume(node, namespace, claim);
    }
    let namespace_file = root().join(folder).join("00-namespace.yaml");
    node.kubectl(&["apply", "-f", namespace_file.to_str().unwrap()]).expect_success();
    let passwords: Map<String, Value> =
        accounts.iter().map(|account| ((*account).to_owned(), json!(password(account)))).collect();
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "namespace": namespace, "name": "mysql-passwords" },
        "stringData": passwords,
    });
    node.kubectl_with_input(&["apply", "-f", "-"], &secret.to_string()).expect_success();
    apply(node, folder);
}

/// Applies every file of a folder but the storage class, with the image that the node has: it can pull none, and what
/// the manifests name by its digest no other image can be.
#[track_caller]
pub(crate) fn apply(node: &Node, folder: &str) {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "yaml") && !file.ends_with(REPLACED))
        .collect();
    files.sort();
    assert!(files.len() > 3, "{folder} has {} files", files.len());
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let text = texts.join("\n---\n");
    let named = Regex::new(r"image: mysql:\S+@sha256:[0-9a-f]{64}").unwrap();
    assert!(named.is_match(&text), "{folder} names no image by its digest");
    let text = named.replace_all(&text, format!("image: {}", images::MYSQL));
    node.kubectl_with_input(&["apply", "-f", "-"], &text).expect_success();
}

/// Waits for a workload; if it does not come, what its pods say is the failure.
#[track_caller]
pub(crate) fn await_rollout(node: &Node, namespace: &str, workload: &str) {
    let status = node.kubectl(&["rollout", "status", "-n", namespace, workload, "--timeout=8m"]);
    if !status.is_success() {
        let pods = node.kubectl(&["describe", "pods", "-n", namespace]).expect_success();
        let logs =
            node.kubectl(&["logs", "-n", namespace, workload, "--all-containers", "--tail=30", "--prefix"]).stdout;
        panic!("{workload} is not ready: {}\n{pods}\n{logs}", status.stderr);
    }
}

/// Hands statements to a client in a pod.
pub(crate) fn ask(node: &Node, namespace: &str, pod: &str, client: &[&str], statements: &str) -> Output {
    let exec = [&["exec", "-i", "-n", namespace, pod, "--"], client].concat();
    node.kubectl_with_input(&exec, statements)
}

/// As long as the READMEs want them: 32 letters and digits.
fn password(account: &str) -> String {
    format!("{account:0<32}")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
