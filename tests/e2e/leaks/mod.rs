//! A password is found nowhere but in the client's own request and in its Secret.

// What `tidegate audit` prints of the same manifests.
mod audit_command;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use serde_json::Value;

use crate::forms::{Form, assert_absent, forms};
use crate::manifests::{deployment_with, example, replace};
use crate::stage::{Stage, account, gate, without_own_patch};
use crate::stored::secret_value;
use crate::support::control_plane::ControlPlane;
use crate::support::fault_proxy::FaultProxy;
use crate::support::gate::Builder;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register_at};
use crate::workloads::client;

/// A line of the audit log may come a moment after the response.
const AUDIT: Duration = Duration::from_secs(30);

/// Passwords that occur nowhere else: as written, and as the container is to see them.
const PASSWORDS: [(&str, &str); 3] = [
    ("Tr0ub4dor-and-3-more", "Tr0ub4dor-and-3-more"),
    ("Zq7$$x\"y'ü漢\\-9fK", "Zq7$x\"y'ü漢\\-9fK"),
    ("-----pa:ss/wo@rd?&=#%20<b>", "-----pa:ss/wo@rd?&=#%20<b>"),
];

#[test]
fn a_password_is_in_its_secret_and_nowhere_else() {
    let Some(cluster) = ControlPlane::shared() else { return };
    for (index, (written, seen)) in PASSWORDS.into_iter().enumerate() {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let gate = in_folders_of_its_own(folder.path()).start();
        let service = FaultProxy::before_gates(&[&gate]);
        let namespace = cluster.create_namespace("leaks");
        let registration = register_at(cluster, &service.address(), "tidegate", Scope::Namespace(&namespace));
        let stage = Stage::registered(cluster, namespace, gate, registration);
        let forms: Vec<Form> = [forms(written), forms(seen)].into_iter().flatten().collect();

        let said = every_way_in(&stage, written, index);
        let secret = stage.get("secret/mysql-credentials");
        assert_eq!(secret_value(&secret, "MYSQL_ROOT_PASSWORD"), seen);

        assert_absent(&forms, "what kubectl said", &said);
        assert_absent(&forms, "the gate's log", &stage.gate.logs());
        expect_absent_from_files(&forms, folder.path());
        expect_absent_from_process(&forms, &stage);
        expect_absent_from_answers(&forms, &service);
        expect_absent_from_objects(&forms, &stage);
        expect_absent_from_audit_log(&forms, &stage);
    }
}

/// A gate whose every folder is below this one.
fn in_folders_of_its_own(folder: &Path) -> Builder {
    let below = |name: &str| {
        let path = folder.join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let cluster = ControlPlane::shared().unwrap();
    gate(account(cluster))
        .environment("HOME", below("home"))
        .environment("TMPDIR", below("tmp"))
        .environment("TIDEGATE_CACHE_DIR", below("cache"))
        .environment("RUST_BACKTRACE", "full")
        .working_folder(&below("work"))
}

/// Applies it in every way, some of them refused; what kubectl printed meanwhile.
fn every_way_in(stage: &Stage, password: &str, index: usize) -> String {
    let manifest = deployment_with(password);
    let mut said = String::new();
    let mut send = |verb: &str, flags: &[&str], manifest: &str, code: i32| {
        let output = stage.send(verb, flags, manifest);
        assert_eq!(output.code, Some(code), "{verb} {flags:?}: {}", output.stderr);
        said.push_str(&output.stdout);
        said.push_str(&without_own_patch(&output.stderr));
    };
    send("apply", &["--dry-run=server", "-o", "yaml"], &manifest, 0);
    send("diff", &[], &manifest, 1);
    send("apply", &["-o", "yaml"], &manifest, 0);
    send("apply", &[], &manifest, 0);
    send("apply", &["--server-side", "--force-conflicts"], &manifest, 0);
    send("diff", &["--server-side"], &manifest, 0);
    send("replace", &[], &manifest, 0);
    // Refused for the Secret's value, which the gate knows and the message must not quote.
    let other = deployment_with(&format!("other-{index}-{password}"));
    send("apply", &[], &other, 1);
    // Refused for the class, after the policy saw the password.
    let class =
        replace(&example("mysql-statefulset.yaml"), "namespace: mysql\n", &format!("namespace: {}\n", stage.namespace));
    let class = replace(&class, "storageClassName: mysql-gp2", "storageClassName: absent-for-leaks");
    let quoted = serde_json::to_string(password).unwrap();
    let class = replace(
        &class,
        "- name: MYSQL_ALLOW_EMPTY_PASSWORD\n          value: \"1\"",
        &format!("- name: MYSQL_ROOT_PASSWORD\n          value: {quoted}"),
    );
    send("apply", &[], &class, 1);
    // Not valid, so that the API server itself refuses what the gate repaired.
    let invalid = replace(&manifest, "      app: mysql\n  strategy", "      app: other\n  strategy");
    let invalid = replace(&invalid, "name: mysql\nspec:\n  selector:", "name: invalid\nspec:\n  selector:");
    send("apply", &[], &invalid, 1);
    // A client's password, which is changed, moved aside by somebody else's Secret, and too large.
    let client_with = |name: &str, password: &str| client("Deployment", name, &[("MYSQL_PWD", password)]).to_string();
    send("apply", &[], &client_with("client", password), 0);
    send("apply", &[], &client_with("client", &format!("changed-{password}")), 0);
    stage.kubectl(&["create", "secret", "generic", "taken-credentials"]).expect_success();
    send("apply", &[], &client_with("taken", password), 1);
    send("apply", &["--server-side"], &client_with("large", &password.repeat(1_200_000 / password.len())), 1);
    said
}

fn expect_absent_from_files(forms: &[Form], folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            expect_absent_from_files(forms, &path);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert_absent(forms, &path.display().to_string(), &text);
        }
    }
}

/// What others on its node may read of the gate, and what anybody may ask it.
fn expect_absent_from_process(forms: &[Form], stage: &Stage) {
    for file in ["environ", "cmdline", "comm"] {
        let path = format!("/proc/{}/{file}", stage.gate.id());
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!text.is_empty(), "{path}");
        assert_absent(forms, &path, &text);
    }
    for path in ["/", "/healthz", "/readyz", "/metrics", "/mutate"] {
        assert_absent(forms, path, &stage.gate.server().get(path).unwrap().body);
    }
}

/// The AdmissionResponses, with their patches as they are written.
fn expect_absent_from_answers(forms: &[Form], service: &FaultProxy) {
    let (mut patches, mut refusals, mut warnings) = (0, 0, 0);
    for answer in service.answers() {
        assert_absent(forms, "an answer", &answer);
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let body: Value = serde_json::from_str(body).unwrap();
        let response = &body["response"];
        if let Some(patch) = response["patch"].as_str() {
            let patch = base64::engine::general_purpose::STANDARD.decode(patch).unwrap();
            assert_absent(forms, "a patch", &String::from_utf8(patch).unwrap());
            patches += 1;
        }
        refusals += usize::from(response["allowed"] == false);
        warnings += usize::from(response.get("warnings").is_some());
    }
    assert!(
        patches >= 8 && refusals >= 4 && warnings >= 5,
        "{patches} patches, {refusals} refusals, {warnings} warnings"
    );
}

fn expect_absent_from_objects(forms: &[Form], stage: &Stage) {
    let kinds = "deployments,replicasets,pods,statefulsets,controllerrevisions,events,configmaps,services,leases";
    // Also what the gate and others write elsewhere.
    let elsewhere = stage.cluster.json(&["get", "events,leases", "--all-namespaces"]);
    for object in elsewhere["items"].as_array().unwrap().iter().chain(&stage.list(kinds)) {
        assert_absent(forms, &format!("{} {}", object["kind"], object["metadata"]["name"]), &object.to_string());
    }
}

/// Of the whole audit log, also of what controllers and the gate itself wrote, only two things may
/// hold a password: what the client itself sent, and the Secret.
fn expect_absent_from_audit_log(forms: &[Form], stage: &Stage) {
    let here = |line: &Value| line["objectRef"]["namespace"] == stage.namespace.as_str();
    let lines =
        || stage.cluster.audit_log().lines().filter_map(|line| serde_json::from_str(line).ok()).filter(here).collect();
    eventually("the audit log to have the last refusal", AUDIT, || {
        let lines: Vec<Value> = lines();
        lines.iter().any(|line| line["objectRef"]["name"] == "invalid").then_some(())
    });
    thread::sleep(Duration::from_millis(500));
    let lines: Vec<Value> = lines();
    let patches =
        lines.iter().filter(|line| line["annotations"].to_string().contains("patch.webhook.admission")).count();
    assert!(patches >= 4, "the audit log has no patches to look at");
    for mut line in lines {
        let fields = line.as_object_mut().unwrap();
        if fields["user"]["username"] == "admin" {
            fields.remove("requestObject");
        }
        if fields["objectRef"]["resource"] == "secrets" {
            fields.remove("requestObject");
            fields.remove("responseObject");
        }
        let place = format!("the audit log ({} {})", line["verb"], line["requestURI"]);
        assert_absent(forms, &place, &line.to_string());
    }
}
