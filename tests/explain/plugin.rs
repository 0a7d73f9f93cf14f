//! `kubectl tidegate`, by the real kubectl.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{linked, program, run};

/// kubectl of the tests' control plane, or of this machine.
fn kubectl() -> Option<PathBuf> {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("cluster");
    let named = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    program("kubectl", &named.into_iter().chain([built]).collect::<Vec<_>>())
}

#[test]
fn kubectl_finds_and_runs_the_plugin() {
    let Some(kubectl) = kubectl() else { return };
    let (folder, path) = linked(&["kubectl-tidegate"]);
    let call = |arguments: &[&str]| run(Command::new(&kubectl).args(arguments).env("PATH", &path));
    let (code, out, err) = call(&["plugin", "list"]);
    assert!(code == 0 && out.contains(&folder.path().join("kubectl-tidegate").display().to_string()), "{out}{err}");

    let (code, out, _) = call(&["tidegate", "audit", "examples/nginx-deployment.yaml"]);
    assert!(code == 0 && out.contains("nothing found"), "{out}");
    let (code, out, _) = call(&["tidegate", "audit", "examples/mysql-client.yaml"]);
    assert!(code == 1 && out.contains("MY001"), "{out}");
    let (code, out, _) = call(&["tidegate", "explain", "MY007"]);
    assert!(code == 0 && out.starts_with("MY007: "), "{out}");

    for (arguments, expected) in [
        (&["tidegate", "--help"][..], "Usage: kubectl tidegate "),
        (&["tidegate", "audit", "--help"], "Usage: kubectl tidegate audit "),
        (&["tidegate", "audit", "--help"], "| kubectl tidegate audit -"),
        (&["tidegate", "explain", "--help"], "  kubectl tidegate explain MY011"),
    ] {
        let (code, out, _) = call(arguments);
        assert!(code == 0 && out.contains(expected), "{arguments:?}: {out}");
        assert!(!out.contains("\n  tidegate ") && !out.contains("kubectl kubectl"), "{out}");
    }
    let (code, _, err) = call(&["tidegate", "adit"]);
    assert!(code == 2 && err.contains("'audit'") && err.contains("Usage: kubectl tidegate"), "{err}");
}

#[test]
fn kubectl_completes_behind_the_plugin() {
    let Some(kubectl) = kubectl() else { return };
    let (_folder, path) = linked(&["kubectl-tidegate", "kubectl_complete-tidegate"]);
    for (words, expected) in [
        (&["exp"][..], "explain"),
        (&["explain", "utf"], "utf8mb4"),
        (&["audit", "--fail-"], "--fail-on"),
        (&["audit", "--rule", "MY039"], "MY039"),
    ] {
        let (code, out, err) =
            run(Command::new(&kubectl).args(["__complete", "tidegate"]).args(words).env("PATH", &path));
        assert_eq!(code, 0, "{err}");
        assert!(out.lines().any(|line| line.split('\t').next() == Some(expected)), "{words:?}: {out}{err}");
        // Of cobra: with no candidate, files.
        assert!(out.contains("\n:0\n"), "{out}");
    }
}
