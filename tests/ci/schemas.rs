//! The files that services read, against the schemas that check-jsonschema brings along.

use std::process::Command;

use super::{root, tool};

#[test]
fn the_services_can_read_the_files() {
    let Some(check) = tool("check-jsonschema") else { return };
    for (schema, file) in [
        ("vendor.github-actions", "docs/ci/github/action.yml"),
        ("vendor.github-workflows", "docs/ci/github/workflow.yml"),
        ("vendor.gitlab-ci", "docs/ci/gitlab-ci.yml"),
    ] {
        let output =
            Command::new(&check).args(["--builtin-schema", schema, file]).current_dir(root()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{file}: {said}");
    }
}
