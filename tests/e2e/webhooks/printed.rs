//! What `tidegate policy webhooks` prints is taken by the API server, and needs none.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Cluster, document, names, resources};

const EVERY_KIND: &str = "  action: warn\n  match: { kinds: ['*'] }\n";
const EVERY_CONDITION: &str = "  match:\n    kinds: [Ingress, '*.batch', Job.batch]\n    namespaces: [shop, 'team-?', '{a,b}-[!0-9]*']\n    \
                               namespaceSelector: { matchLabels: { team: shop } }\n    objectSelector:\n      \
                               matchLabels: { \"it's\": '', app: shop }\n      matchExpressions:\n        \
                               - { key: tier, operator: In, values: [web, ''] }\n        \
                               - { key: tier, operator: NotIn, values: [db] }\n        \
                               - { key: app, operator: Exists }\n        - { key: old, operator: DoesNotExist }\n    \
                               exclude: { kinds: [Secret], namespaces: ['kube-*'], names: ['a?', b] }\n";

struct Printed {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Printed {
    /// The webhooks of a kind's configuration.
    fn webhooks(&self, kind: &str) -> Vec<Value> {
        let documents: Vec<Value> = serde_saphyr::from_multiple(&self.stdout).unwrap();
        let configuration = documents.into_iter().find(|document| document["kind"] == kind).unwrap();
        configuration["webhooks"].as_array().unwrap().clone()
    }
}

fn print(cluster: &Cluster, flags: &[&str]) -> Printed {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["policy", "webhooks", "--policy"])
        .arg(cluster.policies())
        .args(flags)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("KUBECONFIG", cluster.plane.kubeconfig())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Printed { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

fn everything(printed: &Printed) -> BTreeSet<String> {
    resources(&printed.webhooks("ValidatingWebhookConfiguration"), "general").into_iter().collect()
}

#[test]
fn the_api_server_takes_what_is_printed() {
    let Some(cluster) = Cluster::open() else { return };
    cluster.set_policies(&[document("kinds", EVERY_KIND), document("conditions", EVERY_CONDITION)]);
    let [alone, asking] = [&[][..], &["--cluster"]].map(|flags| print(&cluster, flags));
    for printed in [&alone, &asking] {
        assert_eq!(printed.code, Some(0), "{}", printed.stderr);
        let apply = cluster.plane.kubectl_with_input(&["apply", "--dry-run=server", "-f", "-"], &printed.stdout);
        apply.expect_success();
    }
    assert_eq!(names(&asking.webhooks("MutatingWebhookConfiguration")), ["mutate", "claims-mutate", "general"]);
    // Kubernetes' own kinds are known without a cluster, as this one has them.
    let rules = |printed: &Printed| printed.webhooks("ValidatingWebhookConfiguration").pop().unwrap()["rules"].clone();
    let without_resources = |rules: &Value| -> BTreeSet<String> {
        let rules = rules.as_array().unwrap().iter();
        rules.map(|rule| format!("{} {} {}", rule["apiGroups"], rule["apiVersions"], rule["scope"])).collect()
    };
    let missing = everything(&alone).difference(&everything(&asking)).cloned().collect::<Vec<_>>();
    assert!(missing.is_empty(), "the API server does not have {missing:?}");
    let rules = [&alone, &asking].map(|printed| without_resources(&rules(printed)));
    assert!(rules[0].is_subset(&rules[1]), "{rules:?}");
}

#[test]
fn an_unknown_kind_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policies.yaml");
    std::fs::write(&file, document("fleets", "  match: { kinds: [Fleet.shop.example] }\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args([Path::new("policy"), Path::new("webhooks"), Path::new("--policy"), &file])
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no kind Fleet.shop.example"), "{said}");
}
