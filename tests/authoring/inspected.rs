//! `tidegate policy inspect`: what a component is and needs, in each form, and the documents that it makes.

use std::path::Path;

use serde_json::Value;
use tidegate::policy::parse_documents;
use tidegate::wasm::builtin_names;

use crate::place::Place;

fn inspected(arguments: &[&str]) -> String {
    let arguments: Vec<&str> = ["policy", "inspect"].into_iter().chain(arguments.iter().copied()).collect();
    let (code, out, err) = Place::with(&[]).run(&arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
    out
}

#[test]
fn a_person_reads_what_it_judges_sets_and_reads() {
    let text = inspected(&["builtin://storage-class"]);
    for part in [
        "storage-class: ",
        "  component  Rust, ",
        "  digest     sha256:",
        "  contract   1.0.0\n",
        "; those that have to do with MySQL\n",
        "RULES\n  MY010            high     ",
        "SETTINGS\n",
        "  allowed: list of string, default []\n",
        "READS OF THE CLUSTER\n  Its document has to grant it:\n  spec:\n    reads:\n      - { apiVersion: ",
        "      - { apiVersion: storage.k8s.io/v1, kind: StorageClass }\n",
        "IMPORTS\n  tidegate:policy/types@1.0.0\n",
        "EXPORTS\n  describe\n  check-settings\n  review\n",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let nothing = inspected(&["builtin://recreate-strategy"]);
    assert!(
        nothing.contains("SETTINGS\n  none\n") && nothing.contains("READS OF THE CLUSTER\n  nothing\n"),
        "{nothing}"
    );
}

#[test]
fn programs_read_the_same_in_either_form() {
    let json: Value = serde_json::from_str(&inspected(&["--format", "json", "builtin://probes"])).unwrap();
    let yaml: Value = serde_saphyr::from_str(&inspected(&["--format", "yaml", "builtin://probes"])).unwrap();
    assert_eq!(json, yaml);
    assert_eq!(json["name"], "probes");
    assert_eq!(json["language"], "Rust");
    assert_eq!(json["contract"], "1.0.0");
    assert_eq!(json["concern"], "mysql");
    assert_eq!(json["rules"][0]["id"], "MY011");
    assert!(json["bytes"].as_u64().unwrap() > 10_000 && json["digest"].as_str().unwrap().len() == 71);
    let settings = json["settings"].as_array().unwrap();
    assert!(!settings.is_empty() && settings.iter().all(|setting| setting["description"].is_string()), "{settings:?}");
}

#[test]
fn a_folder_stands_for_what_was_built_in_it() {
    let place = Place::with(&[]);
    std::fs::create_dir(place.path("empty")).unwrap();
    let (code, _, err) = place.run(&["policy", "inspect", "empty"]);
    assert_eq!(code, 2);
    assert!(err.contains("empty/build has no component; make it with `tidegate policy build empty`"), "{err}");
    let build = place.path("empty/build");
    std::fs::create_dir(&build).unwrap();
    let component = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/components/probes.wasm");
    std::fs::copy(component, build.join("probes.wasm")).unwrap();
    for command in ["inspect", "check"] {
        let (code, out, err) = place.run(&["policy", command, "empty"]);
        assert_eq!(code, 0, "{command}: {err}");
        assert!(out.contains("probes"), "{command}: {out}");
    }
}

#[test]
fn every_document_installs_its_policy_with_the_defaults_too() {
    let place = Place::with(&[("empty.yaml", "{ apiVersion: v1, kind: Pod, metadata: { name: a } }\n")]);
    let mut all = String::new();
    for name in builtin_names() {
        let document = inspected(&["--document", &format!("builtin://{name}")]);
        let parsed = parse_documents("test", &document).unwrap();
        assert_eq!((parsed.policies.len(), parsed.policies[0].metadata.name.as_str()), (1, name));
        // The comments are settings that can be taken over as they stand.
        let document = document.replace("  settings: {}\n", "  settings:\n").replace("\n  #   ", "\n    ");
        all.push_str(&format!("---\n{document}"));
    }
    place.write("all.yaml", &all);
    let (code, out, err) = place.run(&["audit", "--policy", "all.yaml", "empty.yaml"]);
    assert_eq!(code, 0, "{out}{err}\n{all}");
}

#[test]
fn the_rights_are_those_that_the_gate_asks_for() {
    let text = inspected(&["--rights", "builtin://storage-class"]);
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let [role, binding] = documents.as_slice() else { panic!("{text}") };
    assert_eq!(role["metadata"]["name"], "tidegate-policy-storage-class");
    assert_eq!(role["kind"], "ClusterRole");
    let resources = |group: &str| -> Vec<String> {
        let rules = role["rules"].as_array().unwrap();
        let rule = rules.iter().find(|rule| rule["apiGroups"][0] == group).unwrap();
        assert_eq!(rule["verbs"], serde_json::json!(["get", "list"]));
        rule["resources"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(resources("storage.k8s.io"), ["storageclasses"]);
    assert_eq!(resources(""), ["persistentvolumeclaims", "persistentvolumes"]);
    assert_eq!(resources("apps"), ["deployments", "statefulsets"]);
    assert_eq!(binding["roleRef"]["name"], role["metadata"]["name"]);
    assert_eq!(binding["subjects"][0]["namespace"], "tidegate-system");
    let elsewhere = inspected(&["--rights", "--gate-namespace", "gates", "builtin://storage-class"]);
    assert_eq!(elsewhere, text.replace("namespace: tidegate-system\n", "namespace: gates\n"));
    assert_ne!(elsewhere, text);
    let (code, _, err) = Place::with(&[]).run(&["policy", "inspect", "--gate-namespace", "gates", "builtin://probes"]);
    assert!(code == 2 && err.contains("--rights"), "{err}");
    // Nobody may list Secrets for a policy that asks whether one is there.
    let references = inspected(&["--rights", "builtin://references"]);
    assert!(
        references.starts_with("# Of Secrets it can ask only whether one is there") && !references.contains("secrets"),
        "{references}"
    );
    let nothing = inspected(&["--rights", "builtin://recreate-strategy"]);
    assert_eq!(nothing, "# recreate-strategy reads nothing of the cluster: the gate needs no right for it.\n");
}

#[test]
fn what_is_not_there() {
    for (module, told) in [
        ("nowhere.wasm", "tidegate: nowhere.wasm: No such file"),
        ("builtin://nothing", "tidegate: there is no built-in policy \"nothing\"; there are availability, "),
    ] {
        let (code, out, err) = Place::with(&[]).run(&["policy", "inspect", module]);
        assert!(code == 2 && out.is_empty() && err.starts_with(told), "{err}");
    }
}
