//! The hooks, run by pre-commit in a repository of its own.

use std::fs;
use std::path::Path;

use super::{BAD, GOOD, apart, folder, path_with, programs, root, tool};

/// Runs one hook over a repository with files; its exit code, and what it said.
fn hook(name: &str, files: &[(&str, &str)]) -> Option<(i32, String, tempfile::TempDir)> {
    let pre_commit = tool("pre-commit")?;
    let programs = programs();
    let home = tempfile::TempDir::new().unwrap();
    // pre-commit reads the hooks of a repository, and so of one that has them committed.
    let definition = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks = folder(&[(".pre-commit-hooks.yaml", definition.as_str())]);
    let there = folder(files);
    for repository in [hooks.path(), there.path()] {
        commit(repository);
    }
    let output = apart(pre_commit, there.path())
        .args(["try-repo", hooks.path().to_str().unwrap(), name, "--all-files", "--verbose"])
        .env("PATH", path_with(programs.path()))
        .env("PRE_COMMIT_HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.code().unwrap(), said, there))
}

fn commit(repository: &Path) {
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "All"],
    ] {
        assert!(apart("git", repository).args(arguments).status().unwrap().success());
    }
}

#[test]
fn the_audit_fails_for_what_is_wrong() {
    let Some((code, said, _)) = hook("tidegate-audit", &[("mysql.yaml", BAD)]) else { return };
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("MY001"), "{said}");
}

#[test]
fn the_audit_passes_what_is_well_and_does_not_look_at_other_files() {
    let files = [("nginx.yaml", GOOD), ("README.md", BAD)];
    let Some((code, said, _)) = hook("tidegate-audit", &files) else { return };
    assert_eq!(code, 0, "{said}");
}
