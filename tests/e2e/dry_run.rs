//! A dry run is refused for what the real one is refused for. That it answers the same and writes nothing,
//! `arrivals` shows.

use crate::manifests::deployment;
use crate::stage::Stage;

const DRY: &str = "--dry-run=server";

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
