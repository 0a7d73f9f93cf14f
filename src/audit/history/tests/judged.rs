//! What counts in a copy: findings about a credential, whoever controls the object, and no others.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::about_credentials;
use crate::audit::tests::policies;
use crate::lookup::{Lookup, NoLookup};

/// Rule and place of what counts.
fn found(object: &Value) -> Vec<(String, String)> {
    let lookup: Arc<dyn Lookup> = Arc::new(NoLookup);
    let found = about_credentials(object, &policies(), &lookup).unwrap();
    found.into_iter().map(|judged| (judged.finding.rule, judged.finding.at)).collect()
}

fn pod(env: &Value, image: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "mysql-0", "namespace": "shop",
            "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "mysql", "uid": "1", "controller": true }],
        },
        "spec": { "containers": [{ "name": "mysql", "image": image, "env": env }] },
    })
}

#[test]
fn only_findings_about_credentials_count() {
    let variable = |name: &str| json!([{ "name": "TZ", "value": "UTC" }, { "name": name, "value": "swordfish" }]);
    let password = ("T001".to_owned(), "/spec/containers/0/env/1/value".to_owned());
    let from_secret =
        json!([{ "name": "MYSQL_PASSWORD", "valueFrom": { "secretKeyRef": { "name": "a", "key": "b" } } }]);
    for (object, expected) in [
        // The container has no probe as well, and holds the password somewhere: that is not about it.
        (pod(&variable("MYSQL_PASSWORD"), "mysql:8.4"), vec![password.clone()]),
        // Withheld from nobody, and yet to be moved.
        (pod(&variable("ODDLY_NAMED"), "mysql:8.4"), vec![password]),
        (pod(&from_secret, "mysql:latest"), vec![]),
        (pod(&json!([]), "mysql:latest"), vec![]),
        (
            pod(&variable("MYSQL_PASSWORD"), "nginx"),
            vec![("T001".to_owned(), "/spec/containers/0/env/1/value".to_owned())],
        ),
    ] {
        assert_eq!(found(&object), expected, "{object}");
    }
}
