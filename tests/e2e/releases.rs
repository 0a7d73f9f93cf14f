//! What Helm keeps of its releases is unpacked and judged, and what is no release is told.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::audited::{expect_no_password, history};
use crate::forms::forms;
use crate::support::ControlPlane;

const PASSWORDS: [&str; 4] = ["Rel3ase-manifest", "Rel3ase-hook-pw", "Rel3ase-given-pw", "Rel3ase-default-pw"];

/// A release as Helm writes it: a StatefulSet and a hook with plaintext, and values.
fn release(version: u32, status: &str) -> Value {
    let [manifest, hook, given, default] = PASSWORDS;
    let pod = |password: &str| {
        format!(
            "    spec:\n      restartPolicy: Never\n      containers:\n      - name: mysql\n        image: mysql:8.4.6\n        \
             env:\n        - name: MYSQL_ROOT_PASSWORD\n          value: {password}\n"
        )
    };
    let manifest = format!(
        "---\n# Source: mysql/templates/svc.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  ports:\n  \
         - port: 80\n---\n# Source: mysql/templates/set.yaml\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: \
         shop-mysql\nspec:\n  template:\n{}",
        pod(manifest)
    );
    json!({
        "name": "shop",
        "info": { "first_deployed": "2026-10-01T10:00:00Z", "last_deployed": "2026-10-02T10:00:00.123456789+09:00", "status": status },
        "chart": {
            "metadata": { "name": "mysql", "version": "9.1.0" },
            "values": { "auth": { "rootPassword": "by-default", "password": default, "existingSecret": "mysql-auth" } },
            "templates": [{ "name": "templates/set.yaml", "data": "YQ==" }],
        },
        "config": { "auth": { "rootPassword": given } },
        "manifest": manifest,
        "hooks": [{ "name": "init", "kind": "Job", "manifest":
            format!("apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: shop-init\nspec:\n  template:\n{}", pod(hook)) }],
        "version": version,
    })
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// The object in which Helm keeps a release; `release` is what Helm itself has in base64.
fn kept(kind: &str, name: &str, release: &str) -> Value {
    let mut object = json!({
        "apiVersion": "v1", "kind": kind,
        "metadata": { "name": name, "labels": { "owner": "helm", "name": "shop" } },
    });
    match kind {
        "Secret" => {
            object["type"] = json!("helm.sh/release.v1");
            object["data"] = json!({ "release": STANDARD.encode(release) });
        }
        _ => object["data"] = json!({ "release": release }),
    }
    object
}

fn create(cluster: &ControlPlane, namespace: &str, object: &Value) {
    cluster.kubectl_with_input(&["create", "-n", namespace, "-f", "-"], &object.to_string()).expect_success();
}

#[test]
fn manifests_hooks_and_values_of_releases() {
    let Some(cluster) = ControlPlane::shared() else { return };
    for (kind, name, status, way_out) in [
        ("Secret", "sh.helm.release.v1.shop.v1", "superseded", "it is kept for helm rollback shop"),
        ("Secret", "sh.helm.release.v1.shop.v2", "deployed", "Upgrade the release with values that name a Secret"),
        ("ConfigMap", "shop.v1", "failed", "kubectl delete configmap shop.v1"),
        ("Secret", "sh.helm.release.v1.shop.v3", "uninstalled", "its history was kept"),
    ] {
        let namespace = cluster.create_namespace("history-helm");
        let text = STANDARD.encode(packed(release(4, status).to_string().as_bytes()));
        create(cluster, &namespace, &kept(kind, name, &text));
        let report = history(cluster.kubeconfig(), &namespace);
        assert_eq!(report.code, Some(1), "{:?}", report.errors());
        let rows = report.passwords(&format!("{kind} {namespace}/{name}"));
        let found: Vec<_> = rows.iter().map(|row| (row.rule.as_str(), row.within.as_str(), row.at.as_str())).collect();
        let variable = "/spec/template/spec/containers/0/env/0";
        assert_eq!(
            found,
            [
                ("MY001", "Helm release shop, revision 4, manifest, line 12: StatefulSet shop-mysql", variable),
                ("MY001", "Helm release shop, revision 4, hook, line 1: Job shop-init", variable),
                ("KEPT001", "Helm release shop, revision 4, given values", "/auth/rootPassword"),
                ("KEPT001", "Helm release shop, revision 4, values of chart mysql", "/auth/password"),
            ]
        );
        for row in &rows {
            assert!(row.help.contains(way_out) && row.help.contains("change the password"), "{row:?}");
            assert_eq!(row.since, "2026-10-02T10:00:00.123456789+09:00");
        }
        for password in PASSWORDS {
            expect_no_password(cluster.kubeconfig(), &namespace, &forms(password));
        }
    }
}

#[test]
fn a_secret_of_another_type_is_not_read() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("history-secret");
    let text = STANDARD.encode(packed(release(1, "deployed").to_string().as_bytes()));
    let mut secret = kept("Secret", "mine", &text);
    secret["type"] = json!("Opaque");
    create(cluster, &namespace, &secret);
    assert_eq!(history(cluster.kubeconfig(), &namespace).passwords("Secret"), []);
}

#[test]
fn what_is_no_release_is_told_and_hides_nothing() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("history-broken");
    let good = packed(release(1, "superseded").to_string().as_bytes());
    let with_manifest = |manifest: &str| {
        let mut release = release(2, "deployed");
        release["manifest"] = json!(manifest);
        STANDARD.encode(packed(release.to_string().as_bytes()))
    };
    let bomb = packed(&vec![b' '; 40 << 20]);
    let broken = [
        ("base64", "Not base64!".to_owned(), "data.release is not base64"),
        ("bomb", STANDARD.encode(&bomb), "unpacks to more than 16 MiB, and is not read any further"),
        ("cut", STANDARD.encode(&good[..good.len() / 2]), "its gzip data ends before its end"),
        ("json", STANDARD.encode(packed(b"[1, 2]")), "lacks name and manifest"),
        (
            "manifest",
            with_manifest(&format!("a: \"{}\n", PASSWORDS[0])),
            "line 1 of it cannot be read: a quote is opened",
        ),
        ("words", STANDARD.encode(packed(PASSWORDS[1].as_bytes())), "what it holds is not JSON"),
    ];
    for (name, text, _) in &broken {
        create(cluster, &namespace, &kept("Secret", name, text));
    }
    create(cluster, &namespace, &kept("Secret", "whole", &STANDARD.encode(&good)));
    let report = history(cluster.kubeconfig(), &namespace);
    assert_eq!(report.code, Some(2));
    let errors = report.errors();
    assert_eq!(errors.len(), broken.len(), "{errors:#?}");
    for ((name, _, reason), error) in broken.iter().zip(&errors) {
        assert!(error.starts_with(&format!("Secret {namespace}/{name}")) && error.contains(reason), "{name}: {error}");
        assert!(error.contains("helm "), "no way out: {error}");
    }
    // The others are judged all the same, also the documents beside a broken one.
    assert_eq!(report.passwords(&format!("Secret {namespace}/whole")).len(), 4);
    assert_eq!(report.passwords(&format!("Secret {namespace}/manifest")).len(), 3);
    for password in PASSWORDS {
        expect_no_password(cluster.kubeconfig(), &namespace, &forms(password));
    }
}
