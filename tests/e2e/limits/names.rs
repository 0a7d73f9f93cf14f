//! Workloads, containers and variables with the longest and oddest names that Kubernetes takes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stage::Stage;
use crate::stored::{pod_spec, secret_value};
use crate::workloads::{client, of_pod};

/// The longest name of most objects, and of a key in a Secret (apimachinery, `IsDNS1123Subdomain` and
/// `IsConfigMapKey`).
const LONGEST: usize = 253;

/// `length` letters, the last of which are `end`.
fn name(length: usize, end: &str) -> String {
    format!("{}{end}", "n".repeat(length - end.len()))
}

/// The names of Secret and key that each variable of a stored object refers to, container by container.
fn references(object: &Value) -> Vec<(String, String)> {
    let containers = pod_spec(object)["containers"].as_array().unwrap();
    let variables = containers.iter().flat_map(|container| container["env"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no reference: {object}")).to_owned();
    let pair = |reference: &Value| (text(&reference["name"]), text(&reference["key"]));
    variables.map(|variable| pair(&variable["valueFrom"]["secretKeyRef"])).collect()
}

#[test]
fn of_workloads() {
    let Some(stage) = Stage::open("long-names") else { return };
    let mut secrets = BTreeSet::new();
    let dots = format!("a.b-c.{}", name(200, ".d"));
    let cut_at_a_dot = format!("{}.{}", "c".repeat(229), "c".repeat(23));
    for (kind, name) in [
        ("Deployment", name(LONGEST, "-a")),
        // Differs from the one before where both are cut.
        ("Deployment", name(LONGEST, "-b")),
        ("Deployment", name(LONGEST - 1, "")),
        ("Deployment", dots),
        ("Deployment", cut_at_a_dot),
        // The longest whose Secret's name is not cut, and one more.
        ("Deployment", name(241, "u")),
        ("Deployment", name(242, "u")),
        ("StatefulSet", name(63, "s")),
        ("DaemonSet", name(LONGEST, "d")),
        ("ReplicaSet", name(LONGEST, "r")),
        ("ReplicationController", name(LONGEST, "c")),
        ("CronJob", name(52, "c")),
        ("Job", name(63, "j")),
        ("Pod", name(LONGEST, "p")),
        ("Pod", "0.1-2.3".to_owned()),
        ("PodTemplate", name(LONGEST, "t")),
    ] {
        let manifest = client(kind, &name, &[("MYSQL_PWD", "of-a-long-name")]).to_string();
        stage.send("create", &[], &manifest).expect_success();
        let stored = stage.get(&format!("{kind}/{name}"));
        let [(secret, key)] = &references(&stored)[..] else { panic!("{kind} {name}: one variable") };
        assert!(secret.len() <= LONGEST && secret.ends_with("-credentials"), "{kind} {name}: {secret}");
        assert!(secrets.insert(secret.clone()), "{kind} {name}: {secret} is another workload's");
        let secret = stage.get(&format!("secret/{secret}"));
        assert_eq!(secret_value(&secret, key), "of-a-long-name", "{kind} {name}");
        assert_eq!(secret["metadata"]["annotations"]["tidegate.dev/workload-name"], *name);
        // Once more, with the same name: an update finds its own.
        stage.send("apply", &["--server-side", "--force-conflicts"], &manifest).expect_success();
    }
}

#[test]
fn of_containers_and_variables() {
    let Some(stage) = Stage::open("long-keys") else { return };
    let long = |end: &str| format!("MYSQL_{}{end}_PASSWORD", "V".repeat(LONGEST - 16));
    let variables = [
        ("one", "MYSQL_PWD".to_owned()),
        ("longest", format!("MYSQL_{}_PASSWORD", "V".repeat(LONGEST - 15))),
        ("beyond", long(&"V".repeat(50))),
        // Two that differ only behind the cut.
        ("behind-a", long("VVVVVVVVVVVVA")),
        ("behind-b", long("VVVVVVVVVVVVB")),
        // Two that differ only in what a key may not hold.
        ("odd-a", "MYSQL odd:name_PASSWORD".to_owned()),
        ("odd-b", "MYSQL:odd name_PASSWORD".to_owned()),
        ("dots", "..MYSQL_PASSWORD".to_owned()),
    ];
    // Two containers of the longest name, which give each variable different values.
    let containers: Vec<Value> = ["a", "b"]
        .map(|end| {
            let name = name(63, end);
            let variables: Vec<Value> = variables
                .iter()
                .map(|(case, name)| json!({"name": name, "value": format!("{case}-in-{end}")}))
                .collect();
            json!({"name": name, "image": "mysql:8.4", "command": ["mysqldump", "--host=db"], "env": variables})
        })
        .to_vec();
    let manifest = of_pod("Deployment", "keys", &json!({"containers": containers})).to_string();
    for _ in 0..2 {
        stage.apply(&manifest).expect_success();
        let references = references(&stage.get("deployment/keys"));
        let secret = stage.get("secret/keys-credentials");
        let cases = ["a", "b"].iter().flat_map(|end| variables.iter().map(move |(case, _)| format!("{case}-in-{end}")));
        for (case, (name, key)) in cases.zip(&references) {
            assert_eq!((name.as_str(), secret_value(&secret, key)), ("keys-credentials", case));
        }
        assert_eq!(secret["data"].as_object().unwrap().len(), 2 * variables.len(), "every value has a key of its own");
    }
}
