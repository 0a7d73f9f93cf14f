//! The hooks, run by pre-commit in a repository of its own.

use std::fs;
use std::path::Path;

use super::{BAD, GOOD, apart, commit, folder, path_with, programs, root, tool};

/// Runs one hook over a repository with files; its exit code, and what it said.
fn hook(name: &str, files: &[(&str, &str)]) -> Option<(i32, String, tempfile::TempDir)> {
    let there = folder(files);
    commit(there.path());
    let (code, said) = hook_in(name, there.path())?;
    Some((code, said, there))
}

/// Runs one hook over all that a repository has.
fn hook_in(name: &str, there: &Path) -> Option<(i32, String)> {
    let pre_commit = tool("pre-commit")?;
    let programs = programs();
    let home = tempfile::TempDir::new().unwrap();
    // pre-commit reads the hooks of a repository, and so of one that has them committed.
    let definition = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks = folder(&[(".pre-commit-hooks.yaml", definition.as_str())]);
    commit(hooks.path());
    let output = apart(pre_commit, there)
        .args(["try-repo", hooks.path().to_str().unwrap(), name, "--all-files", "--verbose"])
        .env("PATH", path_with(programs.path()))
        .env("PRE_COMMIT_HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.code().unwrap(), said))
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

/// A manifest with one fault, which can be repaired, and comments.
fn repairable() -> String {
    let whole = fs::read_to_string(root().join("manifests/single/40-deployment.yaml")).unwrap();
    let before = "terminationGracePeriodSeconds: 120";
    assert!(whole.contains(before) && whole.contains("# "), "{whole}");
    whole.replace(before, "terminationGracePeriodSeconds: 30")
}

#[test]
fn the_check_fails_for_what_can_be_repaired_and_changes_nothing() {
    let repairable = repairable();
    for (manifest, expected, word) in
        [(repairable.as_str(), 1, "would be repaired"), (BAD, 1, "would be repaired"), (GOOD, 0, "nothing to repair")]
    {
        let Some((code, said, there)) = hook("tidegate-fix-check", &[("mysql.yaml", manifest)]) else { return };
        assert!(code == expected && said.contains(word), "{code}: {said}");
        assert_eq!(fs::read_to_string(there.path().join("mysql.yaml")).unwrap(), manifest);
    }
}

#[test]
fn the_repair_fails_once_and_passes_when_its_changes_are_added() {
    let before = repairable();
    let files = [("mysql.yaml", before.as_str()), ("mysql.txt", BAD)];
    let Some((code, said, there)) = hook("tidegate-fix", &files) else { return };
    assert!(code == 1 && said.contains("files were modified by this hook"), "{said}");
    let after = fs::read_to_string(there.path().join("mysql.yaml")).unwrap();
    assert_eq!(after, before.replace("terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 120"));
    assert_eq!(fs::read_to_string(there.path().join("mysql.txt")).unwrap(), BAD, "no manifest by its name");
    commit(there.path());
    let (code, said) = hook_in("tidegate-fix", there.path()).unwrap();
    assert!(code == 0 && !said.contains("files were modified"), "{said}");
}

#[test]
fn the_repair_takes_no_password_out_and_fails_for_what_is_left() {
    let Some((code, said, there)) = hook("tidegate-fix", &[("mysql.yaml", BAD)]) else { return };
    let after = fs::read_to_string(there.path().join("mysql.yaml")).unwrap();
    assert!(code == 1 && after != BAD && !after.contains("secretKeyRef"), "{after}");
    commit(there.path());
    let (code, said_again) = hook_in("tidegate-fix", there.path()).unwrap();
    assert!(code == 1 && said_again.contains("left critical[MY001]"), "{said}{said_again}");
    assert_eq!(fs::read_to_string(there.path().join("mysql.yaml")).unwrap(), after);
}
