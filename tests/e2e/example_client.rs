//! The example's client Pod: its password moves too. A stored Pod cannot change its variables, so the
//! re-apply of the unchanged file must come to what is stored.

use crate::manifests::example;
use crate::stage::Stage;
use crate::stored::{from_secret, last_applied, secret_value, variable};

const NAME: &str = "pod/mysql-clieny";

fn expect_moved(stage: &Stage) {
    let stored = stage.get(NAME);
    let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-clieny-credentials", "MYSQL_ROOT_PASSWORD");
    assert_eq!(*variable(&stored, "mysql-client", "MYSQL_ROOT_PASSWORD"), reference);
    assert!(!last_applied(&stored).contains(r#""value":"#), "{}", last_applied(&stored));
    let secret = stage.get("secret/mysql-clieny-credentials");
    assert_eq!(secret_value(&secret, "MYSQL_ROOT_PASSWORD"), "password");
    assert_eq!(secret["metadata"]["annotations"]["tidegate.dev/workload-kind"], "Pod");
}

#[test]
fn its_password_moves() {
    for (name, flags) in [("client", &[][..]), ("client-server-side", &["--server-side"])] {
        let Some(stage) = Stage::open(name) else { return };
        stage.send("apply", flags, &example("mysql-client.yaml")).expect_success();
        expect_moved(&stage);
    }
}

#[test]
fn applying_it_again_changes_nothing() {
    for (name, flags) in [("client-again", &[][..]), ("client-again-server-side", &["--server-side"])] {
        let Some(stage) = Stage::open(name) else { return };
        let manifest = example("mysql-client.yaml");
        stage.send("apply", flags, &manifest).expect_success();
        let first = stage.get(NAME);
        for _ in 0..2 {
            stage.send("apply", flags, &manifest).expect_success();
            assert_eq!(stage.get(NAME)["spec"], first["spec"]);
        }
        expect_moved(&stage);
        let difference = stage.diff(flags, &manifest);
        assert_eq!((difference.code, &*difference.stdout), (Some(0), ""), "{name}: {}", difference.stderr);
    }
}
