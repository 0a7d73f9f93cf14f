//! The SDKs' documentation, run: the policy of each README, the examples beside the functions, and the types that are
//! made from the contract.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::author::Author;

/// A case for the policy that every README has.
const CASE: &str = "\
about: The README's policy repairs this.
settings: { leastSeconds: 30 }
object:
  apiVersion: apps/v1
  kind: StatefulSet
  metadata: { name: mysql, namespace: shop }
  spec:
    serviceName: mysql
    selector: { matchLabels: { app: mysql } }
    template:
      metadata: { labels: { app: mysql } }
      spec:
        containers: [{ name: mysql, image: \"mysql:8.4\" }]
expect:
  decision: allow
  findings:
    - { rule: SHOP001, severity: medium, at: /spec, fixed: true, message: 0 seconds after one is ready }
  patch:
    - { op: add, path: /spec/minReadySeconds, value: 30 }
";

#[test]
fn the_policy_of_the_readme_in_rust() {
    judges("rust", "sdk/README.md", "rust", "src/lib.rs");
}

#[test]
fn the_policy_of_the_readme_in_javascript() {
    judges("javascript", "sdk-javascript/README.md", "js", "policy.js");
}

#[test]
fn the_policy_of_the_readme_in_python() {
    judges("python", "sdk-python/README.md", "python", "policy.py");
}

fn judges(language: &str, readme: &str, fence: &str, file: &str) {
    let Some(mut author) = Author::new("readme", language) else { return };
    let text = fs::read_to_string(policies().join(readme)).unwrap();
    let (_, rest) = text.split_once(&format!("```{fence}\n")).unwrap();
    let (policy, _) = rest.split_once("\n```\n").unwrap();
    author.succeed(&format!("tidegate policy new min-ready-seconds --language {language} --folder ."));
    author.succeed("rm cases/*.yaml");
    author.write(file, &format!("{policy}\n"));
    author.write("cases/readme.yaml", CASE);
    author.succeed("tidegate policy build");
    author.succeed("tidegate policy test");
}

/// What each answer of the host is where there is nothing: one that does not know, and one that is sure.
const NOTHING: &str = r#"
import { cluster, definePolicy, finding, raw } from "./sdk/tidegate.js";

const MAPS = { apiVersion: "v1", kind: "ConfigMap" };

export const { describe, checkSettings, review } = definePolicy({
  name: "nothing",
  title: "What is not there",
  kinds: ["StatefulSet"],
  reads: [MAPS],
  rules: { SHOP002: { title: "always", severity: "low" } },
  review() {
    if (raw.at("/metadata/name") === "quiet") return [];
    const answers = [raw.at("/spec/none"), raw.oldObject(), raw.at("/spec/serviceName"), cluster.get(MAPS, "none")];
    return [finding("SHOP002", "/spec", answers.map((answer) => JSON.stringify(answer) ?? "undefined").join(" "))];
  },
});
"#;

#[test]
fn nothing_is_undefined_in_javascript() {
    let Some(mut author) = Author::new("nothing", "javascript") else { return };
    author.succeed("tidegate policy new nothing --language javascript --folder .");
    author.succeed("rm cases/*.yaml");
    author.write("policy.js", NOTHING);
    let (_, object) = CASE.split_once("object:").unwrap();
    let (object, _) = object.split_once("expect:").unwrap();
    for (cluster, answer) in [("", "undefined"), ("cluster: []\n", "null")] {
        let case = format!(
            "about: It tells.\n{cluster}object:{object}expect:\n  decision: allow\n  findings:\n    \
             - {{ rule: SHOP002, severity: low, at: /spec, fixed: false, message: 'undefined undefined \"mysql\" {answer}' }}\n"
        );
        author.write(&format!("cases/{answer}.yaml"), &case);
    }
    let quiet = object.replace("name: mysql, namespace", "name: quiet, namespace");
    author.write(
        "cases/quiet.yaml",
        &format!("about: It tells nothing.\nobject:{quiet}expect:\n  decision: allow\n  findings: []\n"),
    );
    author.write(
        "policy.yaml",
        "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: { name: nothing }\nspec:\n  \
         module: file://build/nothing.wasm\n  reads: [{ apiVersion: v1, kind: ConfigMap }]\n",
    );
    author.succeed("tidegate policy build");
    author.succeed("tidegate policy test");
}

/// `@example` in JavaScript: a call, and behind `//` what it gives.
#[test]
fn the_examples_in_javascript() {
    let Some(mut author) = Author::new("examples", "javascript") else { return };
    let example = Regex::new(r"^ +\* (\S.*) // (.+)$").unwrap();
    let mut checks = String::from("import assert from \"node:assert\";\n");
    let mut count = 0;
    for file in files(&policies().join("sdk-javascript"), "js") {
        let text = fs::read_to_string(&file).unwrap();
        let module = file.file_stem().unwrap().to_string_lossy().into_owned();
        for part in text.split("@example\n").skip(1) {
            let lines = part.lines().take_while(|line| line.trim() != "*");
            for line in lines {
                let Some(found) = example.captures(line) else { panic!("{module}: no example: {line}") };
                checks.push_str(&format!(
                    "{{ const {{ {} }} = await import(\"./sdk/{module}.js\"); assert.deepStrictEqual({}, {}); }}\n",
                    exported(&text).join(", "),
                    &found[1],
                    &found[2]
                ));
                count += 1;
            }
        }
    }
    assert!(count >= 10, "{count} examples");
    author.succeed("tidegate policy new examples --language javascript --folder .");
    author.write("examples.js", &checks);
    author.succeed("node examples.js");
}

/// What a module exports, by its text.
fn exported(text: &str) -> Vec<&str> {
    let export = Regex::new(r"(?m)^export (?:function|const) (\w+)").unwrap();
    export.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect()
}

/// Doctests in Python.
#[test]
fn the_examples_in_python() {
    let Some(mut author) = Author::new("examples", "python") else { return };
    author.succeed("tidegate policy new examples --language python --folder .");
    let modules: Vec<_> = files(&policies().join("sdk-python/tidegate"), "py")
        .iter()
        .filter(|file| fs::read_to_string(file).unwrap().contains(">>> "))
        .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(modules.len() >= 5, "{modules:?}");
    for module in modules {
        author.write(
            "examples.py",
            &format!(
                "import doctest, importlib, sys\n\
                 outcome = doctest.testmod(importlib.import_module(\"tidegate.{module}\"), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)\n\
                 sys.exit(outcome.failed or not outcome.attempted)\n"
            ),
        );
        author.succeed("PYTHONPATH=stubs python3 examples.py");
    }
}

#[test]
fn the_sdk_in_python_is_typed() {
    let Some(mut author) = Author::new("typed", "python") else { return };
    author.succeed("tidegate policy new typed --language python --folder .");
    author.succeed("python3 -m venv .venv && .venv/bin/pip install --quiet -r requirements.txt");
    author.succeed(".venv/bin/mypy policy.py tidegate");
    // What the checker is for: an answer of another shape.
    author.succeed("sed -i 's/            return \\[\\]/            return None/' policy.py");
    let (code, out) = author.run(".venv/bin/mypy");
    assert!(code == 1 && out.contains("Incompatible return value type"), "{out}");

    // What is kept of the contract's types is what componentize-py makes of it.
    author.succeed(".venv/bin/componentize-py -d wit -w policy bindings made");
    author.succeed("diff -r -x __pycache__ made/wit_world stubs/wit_world");
    author.succeed("diff made/componentize_py_types.py stubs/componentize_py_types.py");
}

#[test]
fn the_sdk_in_javascript_is_typed() {
    let Some(mut author) = Author::new("typed", "javascript") else { return };
    author.succeed("tidegate policy new typed --language javascript --folder .");
    author.succeed("npm ci --no-audit --no-fund");
    author.succeed("npm run types");
    author.succeed("sed -i 's/settings.leastSeconds;/settings.leastSeconds.length;/' policy.js");
    let (code, out) = author.run("npm run types");
    assert!(code != 0 && out.contains("'length' does not exist on type 'number'"), "{out}");
}

/// jco, which makes them, is too large to run in each test: every comment of the contract has to stand in them.
#[test]
fn the_types_of_javascript_are_those_of_the_contract() {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let types: String = files(&policies().join("sdk-javascript/types"), "ts")
        .iter()
        .map(|file| plain(&fs::read_to_string(file).unwrap()))
        .collect();
    let contract = fs::read_to_string(policies().join("wit/policy.wit")).unwrap();
    let (_, contract) = contract.split_once("interface types {").unwrap();
    let (mut comment, mut missing) = (Vec::new(), Vec::new());
    for line in contract.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            comment.push(text);
        } else if line.starts_with("interface ") || line.starts_with("world ") {
            // Of these the generated types hold no comment.
            comment.clear();
        } else {
            missing.extend(comment.drain(..).filter(|text| !types.contains(&plain(text))));
        }
    }
    assert!(
        missing.is_empty(),
        "make the types anew, as policies/sdk-javascript/types/README.md says:\n{}",
        missing.join("\n")
    );
}

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

/// The files below a folder with an ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
