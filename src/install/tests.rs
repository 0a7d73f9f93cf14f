//! What is applied, without a cluster. What becomes of it in one is shown by tests/e2e/install and tests/node.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::plan::Stage;
use super::{InstallError, Options, Plan, Reports, Written, manifests};

fn plan(options: &Options) -> Vec<Value> {
    Plan::new(options).unwrap().objects().cloned().collect()
}

fn gate(options: &Options) -> Value {
    Plan::new(options).unwrap().gate().clone()
}

#[test]
fn every_file_of_webhook_deploy_is_part_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let count = files.filter(|file| file.extension().is_some_and(|end| end == "yaml")).count();
    assert_eq!(count, manifests::COUNT);
}

#[test]
fn what_the_gate_needs_comes_before_it_and_the_webhooks_come_last() {
    let plan = Plan::new(&Options { cert_manager: true, ..Options::default() }).unwrap();
    let kinds: Vec<&str> = plan.objects().map(|object| object["kind"].as_str().unwrap()).collect();
    let at = |kind: &str| kinds.iter().position(|own| *own == kind).unwrap();
    assert_eq!(at("Namespace"), 0);
    for kind in ["CustomResourceDefinition", "ServiceAccount", "PriorityClass", "Service", "Certificate"] {
        assert!(at(kind) < at("Deployment"), "{kind}");
    }
    assert_eq!(kinds[kinds.len() - 2..], ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]);
    assert_eq!(plan.of(Stage::Gate).count(), 1);
}

#[test]
fn options_change_what_they_say_and_nothing_else() {
    let usual = gate(&Options::default());
    let options = Options {
        image: Some("registry.example/tidegate@sha256:1".to_owned()),
        pull_secret: Some("registry".to_owned()),
        replicas: Some(3),
        reports: Some(Reports::OpenReports),
        ..Options::default()
    };
    let mut expected = usual.clone();
    expected["spec"]["replicas"] = json!(3);
    let pod = &mut expected["spec"]["template"]["spec"];
    pod["imagePullSecrets"] = json!([{ "name": "registry" }]);
    pod["containers"][0]["image"] = json!("registry.example/tidegate@sha256:1");
    let arguments = pod["containers"][0]["args"].as_array_mut().unwrap();
    let reports = arguments.iter_mut().find(|argument| **argument == "--reports=off").unwrap();
    *reports = json!("--reports=openreports");
    assert_eq!(gate(&options), expected);
}

#[test]
fn what_was_chosen_before_is_kept() {
    let chosen = Options {
        image: Some("registry.example/tidegate:1".to_owned()),
        pull_secret: Some("registry".to_owned()),
        replicas: Some(5),
        reports: Some(Reports::PolicyReport),
        cert_manager: true,
        ..Options::default()
    };
    let mut kept = Options::default();
    kept.keep(&gate(&chosen));
    assert_eq!(gate(&kept), gate(&chosen));
    assert_eq!(Options { written: Written::default(), ..kept }, chosen);
    let mut other = Options { replicas: Some(2), reports: Some(Reports::Off), ..Options::default() };
    other.keep(&gate(&chosen));
    assert_eq!((other.replicas, other.reports), (Some(2), Some(Reports::Off)));
}

/// The documentation tells people to write these, and `kubectl set resources` changes the others.
#[test]
fn what_was_written_into_the_gate_by_hand_stays() {
    let usual = gate(&Options::default());
    let resources = json!({ "requests": { "cpu": "2" }, "limits": { "memory": "4Gi" } });
    for (removed, written, expected) in [
        (&["--webhooks=manage"][..], &["--webhooks=leave"][..], &["--webhooks=leave"][..]),
        (&["--webhooks=manage"], &["--webhooks", "leave"], &["--webhooks=leave"]),
        (&["--clean-up=strays"], &["--clean-up=off"], &["--clean-up=off"]),
        (&[], &[], &[]),
        (&[], &["--clean-up-after=1h"], &["--clean-up-after=1h", "--clean-up=strays"]),
        (&[], &["--changed-passwords=update"], &["--changed-passwords=update"]),
        (&[], &["--client-ca=/etc/ca.crt"], &["--client-ca=/etc/ca.crt"]),
        // What an earlier version had, and this one may not know.
        (&[], &["--of-long-ago=yes"], &[]),
    ] {
        let mut stored = usual.clone();
        let container = &mut stored["spec"]["template"]["spec"]["containers"][0];
        container["resources"] = resources.clone();
        let arguments = container["args"].as_array_mut().unwrap();
        arguments.retain(|argument| !removed.iter().any(|removed| argument == removed));
        arguments.extend(written.iter().map(|argument| json!(argument)));
        let mut options = Options::default();
        options.keep(&stored);

        let after = gate(&options);
        let container = &after["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["resources"], resources);
        let arguments = container["args"].as_array().unwrap();
        for argument in expected {
            assert!(arguments.contains(&json!(argument)), "no {argument} in {arguments:?}");
        }
        let is_new = |argument: &&Value| !usual.to_string().contains(&argument.to_string());
        let new = arguments.iter().filter(is_new).count();
        assert_eq!(new, expected.iter().filter(|argument| **argument != "--clean-up=strays").count(), "{arguments:?}");
    }
}

#[test]
fn a_certificate_of_cert_manager_is_mounted_and_believed() {
    let gate = gate(&Options { cert_manager: true, ..Options::default() });
    let text = gate.to_string();
    for part in ["--tls-cert=/etc/tidegate/tls/tls.crt", "--tls-key=/etc/tidegate/tls/tls.key", "tidegate-tls"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("--tls-secret"), "{text}");
    let all = plan(&Options { cert_manager: true, ..Options::default() });
    let believing = all.iter().filter(|object| {
        object["metadata"]["annotations"]["cert-manager.io/inject-ca-from"] == "tidegate-system/tidegate"
    });
    assert_eq!(believing.count(), 2);
}

#[test]
fn there_is_a_way_out_also_where_an_earlier_installation_has_chosen() {
    let no_cert_manager = |is_kept| InstallError::NoCertManager { is_kept };
    let other = |to_cert_manager| InstallError::OtherCertificate { namespace: "gate".to_owned(), to_cert_manager };
    for (error, part, other_part) in [
        (no_cert_manager(false), "leave --cert-manager out", "tidegate uninstall"),
        (no_cert_manager(true), "tidegate uninstall", "leave --cert-manager out"),
        (other(true), "and install with --cert-manager", "without"),
        (other(false), "and install without --cert-manager", "with --cert-manager"),
    ] {
        let told = error.to_string();
        assert!(told.contains(part) && !told.contains(other_part), "{told}");
    }
}

#[test]
fn another_namespace_is_everywhere() {
    let options = Options { namespace: "gate".to_owned(), cert_manager: true, ..Options::default() };
    for object in plan(&options) {
        assert!(!object.to_string().contains("tidegate-system"), "{object}");
    }
}
