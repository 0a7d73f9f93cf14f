//! A dry run answers what the real one does, and writes nothing.

use serde_json::Value;

use crate::manifests::{deployment, deployment_with};
use crate::stage::Stage;
use crate::stored::{from_secret, variable};

const DRY: &str = "--dry-run=server";
const WORKLOAD: &str = "deployment/mysql";

/// What `kubectl apply -o json` prints of the Deployment.
fn printed(text: &str) -> Value {
    let list: Value = serde_json::from_str(text).unwrap();
    let items = list["items"].as_array().unwrap();
    items.iter().find(|item| item["kind"] == "Deployment").unwrap().clone()
}

/// The warnings that are the gate's.
fn told(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.contains("tidegate")).collect()
}

#[test]
fn it_answers_the_same_and_writes_nothing() {
    for (name, flags) in [("dry", &[][..]), ("dry-server-side", &["--server-side"])] {
        let Some(stage) = Stage::open(name) else { return };
        let apply = |more: &[&str]| stage.send("apply", &[flags, more, &["-o", "json"]].concat(), &deployment());
        let dry = apply(&[DRY]);
        assert!(!stage.has("secret/mysql-credentials") && !stage.has(WORKLOAD), "it wrote");
        let real = apply(&[]);
        assert_eq!(told(&dry.stderr), told(&real.stderr));
        let (dry, real) = (printed(&dry.expect_success()), printed(&real.expect_success()));
        assert_eq!(dry["spec"], real["spec"]);
        assert_eq!(dry["metadata"]["annotations"], real["metadata"]["annotations"]);
        let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-credentials", "MYSQL_ROOT_PASSWORD");
        assert_eq!(*variable(&dry, "mysql", "MYSQL_ROOT_PASSWORD"), reference);

        // And once everything is there.
        let stored = stage.get(WORKLOAD);
        let again = printed(&apply(&[DRY]).expect_success());
        assert_eq!(again["spec"], stored["spec"]);
        assert_eq!(stage.get(WORKLOAD)["metadata"]["resourceVersion"], stored["metadata"]["resourceVersion"]);
    }
}

#[test]
fn it_is_refused_for_what_the_real_one_is_refused_for() {
    let Some(stage) = Stage::open("dry-refused") else { return };
    stage.kubectl(&["create", "secret", "generic", "mysql-credentials", "--from-literal=a=b"]).expect_success();
    let refusal = |flags: &[&str]| {
        let refused = stage.send("apply", flags, &deployment());
        assert_eq!(refused.code, Some(1));
        refused.stderr.lines().filter(|line| line.contains("was not made by tidegate")).collect::<String>()
    };
    let dry = refusal(&[DRY]);
    assert!(!dry.is_empty());
    assert_eq!(dry, refusal(&[]));
}

#[test]
fn a_difference_shows_the_repair() {
    let password = "never-seen-in-a-diff";
    let manifest = deployment_with(password);
    for (name, flags) in [("diff", &[][..]), ("diff-server-side", &["--server-side"])] {
        let Some(stage) = Stage::open(name) else { return };
        let shown = stage.diff(flags, &manifest);
        assert_eq!(shown.code, Some(1), "{}", shown.stderr);
        for line in ["+    type: Recreate", "+              name: mysql-credentials", "--character-set-server=utf8mb4"]
        {
            assert!(shown.stdout.contains(line), "no {line} in {}", shown.stdout);
        }
        for text in [&shown.stdout, &shown.stderr] {
            assert!(!text.contains(password), "{text}");
        }
        assert!(!stage.has("secret/mysql-credentials") && !stage.has(WORKLOAD), "it wrote");
    }
}

#[test]
fn a_difference_of_another_password_is_refused() {
    let Some(stage) = Stage::open("diff-refused") else { return };
    stage.apply(&deployment()).expect_success();
    let shown = stage.diff(&[], &deployment_with("another-password"));
    assert!(shown.code > Some(1), "more than 1 is a failure: {:?}", shown.code);
    assert!(shown.stderr.contains("already holds another value"), "{}", shown.stderr);
    assert!(!shown.stderr.contains("another-password") && !shown.stdout.contains("another-password"));
}
