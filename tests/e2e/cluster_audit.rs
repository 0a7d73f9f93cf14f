//! `tidegate audit --cluster`: what is listed, by whom, and what is said where that is not possible.

use std::fmt::Write as _;

use crate::audited::{Audited, audit, history};
use crate::manifests::deployment_with;
use crate::start::nowhere;
use crate::support::ControlPlane;

#[test]
fn it_says_what_the_gate_would() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let (mine, other) = (cluster.create_namespace("audit-mine"), cluster.create_namespace("audit-other"));
    for namespace in [&mine, &other] {
        let manifest = deployment_with("Audited-p4ssword");
        cluster.kubectl_with_input(&["apply", "-n", namespace, "-f", "-"], &manifest).expect_success();
    }
    let Audited { code, stdout, stderr } = audit(cluster.kubeconfig(), &["-n", &mine]);
    assert_eq!((code, stderr.as_str()), (Some(1), ""));
    for part in [
        format!("Deployment \"mysql\" in namespace \"{mine}\" would be repaired"),
        format!("--> Deployment {mine}/mysql: spec.template.spec.containers[0].env[0]"),
        "critical[MY001]: MYSQL_ROOT_PASSWORD of container mysql is a password in plain text".to_owned(),
        "policy plaintext-password repairs it at the gate".to_owned(),
        " of the cluster: ".to_owned(),
    ] {
        assert!(stdout.contains(&part), "no {part:?} in\n{stdout}");
    }
    // The claim is asked for in the cluster, and is not there.
    assert!(stdout.contains("MY032"), "{stdout}");
    assert!(
        !stdout.contains(&other) && !stdout.contains("ReplicaSet") && !stdout.contains("Audited-p4ssword"),
        "{stdout}"
    );
    let both = audit(cluster.kubeconfig(), &["-n", &mine, "--namespace", &other, "--format", "json"]);
    assert!(both.stdout.contains(&mine) && both.stdout.contains(&other), "{}", both.stdout);
    let all = audit(cluster.kubeconfig(), &["--context", "admin"]);
    assert!(all.stdout.contains(&mine) && all.stdout.contains(&other), "{:?}: {}{}", all.code, all.stdout, all.stderr);
}

#[test]
fn lists_of_many_pages_are_read_to_their_end() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-pages");
    let mut manifest = String::new();
    // The API server answers in the order of names; a page has 500.
    for number in 0..520 {
        let text = if number == 519 { "IDENTIFIED BY 'On-the-2nd-page'; -- mysql" } else { "" };
        let _ = writeln!(
            manifest,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{number:03}}}\ndata: {{users.sql: \"{text}\"}}"
        );
    }
    cluster.kubectl_with_input(&["create", "-n", &namespace, "-f", "-"], &manifest).expect_success();
    let report = history(cluster.kubeconfig(), &namespace);
    assert_eq!(report.password("ConfigMap ").object, format!("ConfigMap {namespace}/m519"));
}

#[test]
fn an_account_that_may_not_list_everything() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("audit-rights");
    let role = format!(
        "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: auditor}}
rules:
- {{apiGroups: [apps], resources: [deployments, replicasets, statefulsets, daemonsets, controllerrevisions], verbs: [list]}}
- {{apiGroups: [batch], resources: [jobs, cronjobs], verbs: [list]}}
- apiGroups: ['']
  resources: [pods, podtemplates, replicationcontrollers, services, configmaps, persistentvolumeclaims, events]
  verbs: [list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: auditor}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: auditor}}
subjects: [{{kind: ServiceAccount, name: default, namespace: {namespace}}}]
"
    );
    let manifest = format!("{role}---\n{}", deployment_with("Seen-by-the-aud1tor"));
    cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &manifest).expect_success();
    let auditor = cluster.as_service_account(&namespace, "default");
    let report = history(auditor.kubeconfig(), &namespace);
    assert_eq!(report.code, Some(2));
    // The namespace was named: to name one is no way out.
    let way_out = "this account may not list them; audit with an account that has the verb list for them: kubectl auth \
                   can-i --list says what this one may do";
    assert_eq!(
        report.errors(),
        [format!("StorageClass objects: {way_out}"), format!("Secret objects in namespace {namespace}: {way_out}")]
    );
    assert!(!report.passwords("Deployment ").is_empty());
    // In the table too, and without a namespace nothing at all may be listed.
    let table = audit(auditor.kubeconfig(), &["--history"]);
    assert_eq!(table.code, Some(2));
    for part in [
        "error: this account may not list them",
        "Secret objects in all namespaces",
        "or name the namespaces that it may read",
        "nothing was judged",
    ] {
        assert!(table.stdout.contains(part), "no {part:?} in\n{}", table.stdout);
    }
}

#[test]
fn clusters_contexts_and_namespaces_that_are_not_there() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gone = nowhere(folder.path());
    let real = cluster.kubeconfig();
    for (kubeconfig, arguments, parts) in [
        (gone.as_path(), &[][..], &["the API server cannot be reached", "kubectl version", "1 error"][..]),
        (real, &["--context", "no-such"], &["the context cannot be used", "no-such"]),
        (
            real,
            &["-n", "no-such"],
            &[
                "there is no such namespace",
                "kubectl get namespaces",
                "0 objects of the cluster: nothing was judged, 1 error",
            ],
        ),
        (real, &["-n", "../nodes"], &["there is no such namespace"]),
        (&folder.path().join("absent"), &[], &["no cluster is at hand"]),
        (real, &["-l", "app in mysql"], &["the selector app in mysql", "the API server does not understand it"]),
    ] {
        let Audited { code, stdout, stderr } = audit(kubeconfig, arguments);
        let said = stdout + &stderr;
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        for part in parts {
            assert!(said.contains(part), "{arguments:?}: no {part:?} in\n{said}");
        }
    }
}
