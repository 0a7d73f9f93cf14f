//! `tidegate fix --secrets apply`: the password is in the cluster before it leaves the file, or it does not leave.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::audited::command;
use crate::forms::{assert_absent, forms};
use crate::stage::Stage;
use crate::start::nowhere;
use crate::stored::{from_secret, generation, secret_value, variable};
use crate::support::ControlPlane;

const PASSWORD: &str = "Taken-0ut-of-the-file";
const VARIABLE: &str = "MYSQL_PWD";
const SECRET: &str = "secret/dump-credentials";

/// A client with a comment; `metadata` is its end of the line.
fn manifest(metadata: &str, password: &str) -> String {
    format!(
        "# Dumps the shop.
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: dump{metadata} }}
spec:
  selector: {{ matchLabels: {{ app: dump }} }}
  template:
    metadata: {{ labels: {{ app: dump }} }}
    spec:
      containers:
        - name: client
          image: mysql:8.4
          command: [mysqldump, --host=db, shop]
          env:
            - name: {VARIABLE}
              value: {password} # as ever
"
    )
}

fn in_namespace(namespace: &str) -> String {
    manifest(&format!(", namespace: {namespace}"), PASSWORD)
}

/// A folder with files to repair.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Repairs them: the exit code, and all that was said, in which no password is.
    #[track_caller]
    fn fix(&self, kubeconfig: &Path, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .args(["fix", "--secrets", "apply"])
            .args(arguments)
            .arg(".")
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("KUBECONFIG", kubeconfig), ("HOME", Path::new(env!("CARGO_TARGET_TMPDIR")))])
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_absent(&forms(PASSWORD), "what fix says", &said);
        (output.status.code(), said)
    }
}

#[test]
fn the_password_is_in_the_cluster_and_gate_and_audit_have_nothing_to_add() {
    let Some(stage) = Stage::open_with_all_policies("fix-apply") else { return };
    let files = Files::new(&[("dump.yaml", &in_namespace(&stage.namespace))]);
    // Nothing is made for who only looks.
    for looks in ["--check", "--diff"] {
        let (code, said) = files.fix(stage.cluster.kubeconfig(), &[looks]);
        assert!(code == Some(1) && !stage.has(SECRET), "{looks}: {said}");
    }
    let (code, said) = files.fix(stage.cluster.kubeconfig(), &[]);
    assert_eq!(code, Some(0), "{said}");
    let text = files.text("dump.yaml");
    assert!(text.contains("# Dumps the shop.") && text.contains("secretKeyRef"), "{text}");
    assert_absent(&forms(PASSWORD), "the repaired file", &text);
    let secret = stage.get(SECRET);
    assert_eq!(secret_value(&secret, VARIABLE), PASSWORD);
    assert_eq!(secret["metadata"]["labels"]["app.kubernetes.io/managed-by"], "tidegate");
    for (annotation, value) in [("workload-kind", "Deployment"), ("workload-name", "dump")] {
        assert_eq!(secret["metadata"]["annotations"][format!("tidegate.dev/{annotation}")], value);
    }

    let (code, said) = files.fix(stage.cluster.kubeconfig(), &[]);
    assert!(code == Some(0) && said.contains("nothing to repair"), "{said}");
    let path = files.path("dump.yaml").display().to_string();
    let audited = command(stage.cluster.kubeconfig(), &[&path]).output().unwrap();
    assert_eq!(audited.status.code(), Some(0), "{}", String::from_utf8_lossy(&audited.stdout));
    let applied = stage.apply(&text);
    assert!(applied.is_success() && !applied.stderr.contains("Warning"), "{}", applied.stderr);
    let stored = stage.get("deployment/dump");
    assert_eq!(*variable(&stored, "client", VARIABLE), from_secret(VARIABLE, "dump-credentials", VARIABLE));
    assert_eq!((generation(&stored), files.text("dump.yaml")), (1, text));
    assert_eq!(stage.get(SECRET)["data"], secret["data"]);
}

#[test]
fn a_run_that_was_stopped_in_between_is_completed_and_another_password_gets_a_key() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("fix-again");
    let files = Files::new(&[("dump.yaml", &in_namespace(&namespace))]);
    files.fix(cluster.kubeconfig(), &[]);
    let (text, secret) = (files.text("dump.yaml"), cluster.json(&["get", SECRET, "-n", &namespace]));
    // The Secret was written, and the file not yet.
    fs::write(files.path("dump.yaml"), in_namespace(&namespace)).unwrap();
    assert_eq!(files.fix(cluster.kubeconfig(), &[]).0, Some(0));
    assert_eq!(files.text("dump.yaml"), text);
    assert_eq!(cluster.json(&["get", SECRET, "-n", &namespace])["data"], secret["data"]);
    fs::write(files.path("dump.yaml"), in_namespace(&namespace).replace(PASSWORD, "An0ther-of-these")).unwrap();
    let (_, said) = files.fix(cluster.kubeconfig(), &[]);
    assert!(said.contains("this one got the key MYSQL_PWD.2"), "{said}");
    assert!(files.text("dump.yaml").contains("MYSQL_PWD.2"));
    let secret = cluster.json(&["get", SECRET, "-n", &namespace]);
    assert_eq!(secret_value(&secret, "MYSQL_PWD.2"), "An0ther-of-these");
    assert_eq!(secret_value(&secret, VARIABLE), PASSWORD);
}

#[test]
fn a_manifest_without_a_namespace_goes_by_the_context() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("fix-context");
    let subject = format!("--serviceaccount={namespace}:default");
    cluster
        .kubectl(&["create", "rolebinding", "editor", "--clusterrole=edit", &subject, "-n", &namespace])
        .expect_success();
    let editor = cluster.as_service_account(&namespace, "default");
    let files = Files::new(&[("dump.yaml", &manifest("", PASSWORD))]);
    let (code, said) = files.fix(editor.kubeconfig(), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(secret_value(&editor.json(&["get", SECRET]), VARIABLE), PASSWORD);
}

#[test]
fn what_cannot_be_put_there_stays_in_its_file() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("fix-stays");
    let create = ["create", "secret", "generic", "dump-credentials", "--from-literal=MYSQL_PWD=somebody-elses"];
    cluster.kubectl(&[&create[..], &["-n", &namespace]].concat()).expect_success();
    let reader = cluster.create_namespace("fix-reader");
    let subject = format!("--serviceaccount={reader}:default");
    cluster.kubectl(&["create", "role", "reader", "--verb=get", "--resource=secrets", "-n", &reader]).expect_success();
    cluster.kubectl(&["create", "rolebinding", "reader", "--role=reader", &subject, "-n", &reader]).expect_success();
    let account = cluster.as_service_account(&reader, "default");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (gone, absent) = (nowhere(folder.path()), folder.path().join("absent"));
    let (admin, account) = (cluster.kubeconfig(), account.kubeconfig());
    for (case, kubeconfig, namespace, code, parts) in [
        ("unreachable", gone.as_path(), namespace.as_str(), 2, &["127.0.0.1:1", "cannot be reached", "kubectl"][..]),
        ("no kubeconfig", &absent, &namespace, 2, &["no cluster is at hand", "KUBECONFIG"]),
        ("no namespace", admin, "no-such", 2, &["nothing was written", "the namespace does not exist"]),
        (
            "no right at all",
            account,
            "default",
            2,
            &["the account of the kubeconfig may not get", "kubectl auth can-i"],
        ),
        ("only to read", account, &reader, 2, &["nothing was written", "may not create", "kubectl auth can-i"]),
        ("somebody's", admin, &namespace, 1, &["was not made by tidegate", "tidegate.dev/credentials-secret"]),
    ] {
        let before = in_namespace(namespace);
        let files = Files::new(&[("dump.yaml", &before)]);
        let (actual, said) = files.fix(kubeconfig, &[]);
        assert_eq!(actual, Some(code), "{case}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{case}: {said}");
        assert_eq!(files.text("dump.yaml"), before, "{case}");
    }
    let secret = cluster.json(&["get", SECRET, "-n", &namespace]);
    assert_eq!(secret_value(&secret, VARIABLE), "somebody-elses");
}

#[test]
fn two_files_for_one_workload_of_a_cluster() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("fix-two");
    let first = in_namespace(&namespace);
    for (second, word) in [
        (first.replace(PASSWORD, "of-the-sec0nd-file"), "has another password for the key MYSQL_PWD"),
        (first.replace("kind: Deployment", "kind: ReplicaSet"), "belongs to Deployment \"dump\""),
    ] {
        let files = Files::new(&[("1.yaml", &first), ("2.yaml", &second)]);
        let (code, said) = files.fix(cluster.kubeconfig(), &[]);
        assert!(code == Some(1) && said.contains(word), "{said}");
        assert!(!files.text("1.yaml").contains(PASSWORD));
        assert_eq!(files.text("2.yaml"), second);
    }
}
