//! Patterns, kustomizations and charts.

use std::os::unix::fs::PermissionsExt as _;

use super::{DEPLOYMENT, Outcome, Place};

#[path = "../support/programs.rs"]
#[allow(dead_code, unused_imports, reason = "it serves other tests too")]
mod programs;

#[test]
fn patterns_that_the_shell_left() {
    let place = Place::with(&[("a/x.yaml", DEPLOYMENT), ("a/b/y.yaml", DEPLOYMENT), ("a/z.json", "{}")]);
    for (pattern, files) in
        [("a/*.yaml", 1), ("a/**/*.yaml", 2), ("**/y.*", 1), ("a/[xy].yaml", 1), ("a/{x,b/y}.yaml", 2)]
    {
        let outcome = place.audit(&[pattern]);
        let words = format!("in {files} file{}: ", if files == 1 { "" } else { "s" });
        assert!(outcome.code == 1 && outcome.out.contains(&words), "{pattern}: {}{}", outcome.out, outcome.err);
    }
    let none = place.audit(&["b/*.yaml"]);
    assert!(none.code == 2 && none.out.contains("no file fits the pattern"), "{}", none.out);
    let wrong = place.audit(&["a/[x.yaml"]);
    assert!(wrong.code == 2 && wrong.out.contains("it is not a pattern"), "{}", wrong.out);
}

const BASE: &str = "resources: [mysql.yaml]\n";
const OVERLAY: &str = "resources: [../../base]\nnamespace: production\nimages: [{ name: mysql, newTag: '5.7' }]\n";

#[test]
fn a_kustomization_is_rendered_by_the_real_kubectl() {
    let Some(programs) = programs::Programs::find_or_build() else { return };
    let place = Place::with(&[
        ("base/kustomization.yaml", BASE),
        ("base/mysql.yaml", DEPLOYMENT),
        ("overlays/production/kustomization.yaml", OVERLAY),
        ("overlays/broken/kustomization.yaml", "resources: [nothing.yaml]\n"),
        ("plain.yaml", DEPLOYMENT),
    ]);
    let path = format!("{}:/usr/bin:/bin", programs.kubectl.parent().unwrap().display());
    let audit = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["audit"].iter().chain(arguments).copied().collect();
        Outcome::of(place.command(env!("CARGO_BIN_EXE_tidegate"), &arguments).env("PATH", &path).output().unwrap())
    };
    let overlay = audit(&["overlays/production"]);
    assert!(
        overlay
            .out
            .contains("in namespace \"production\" (overlays/production/kustomization.yaml, by kubectl kustomize)"),
        "{}",
        overlay.out
    );
    assert!(overlay.rules().contains(&"MY015".to_owned()) && !overlay.out.contains("correct-horse"), "{}", overlay.out);

    // In a folder of many: the base only as a part of what takes it in, and what is broken stops nothing.
    let all = audit(&["."]);
    assert_eq!(all.code, 2);
    assert!(all.out.contains("kubectl kustomize failed") && all.out.contains("nothing.yaml"), "{}", all.out);
    assert!(all.out.contains("2 objects in 3 files"), "{}", all.out);
    let as_they_are = audit(&["--no-render", "base", "plain.yaml"]);
    assert!(as_they_are.out.contains("(base/mysql.yaml:1)"), "{}", as_they_are.out);
}

/// Helm prints where each document comes from; this is what its output looks like.
const HELM: &str = "#!/bin/sh\n[ \"$1\" = template ] || exit 1\nprintf -- '---\\n# Source: shop/templates/mysql.yaml\\n'\ncat \"$3/rendered\"\n";

#[test]
fn a_chart_is_rendered_by_helm_or_a_clear_word_is_said() {
    let place = Place::with(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/templates/mysql.yaml", "kind: {{ .Values.kind }}\n"),
        ("chart/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"),
        ("chart/values.yaml", "kind: Deployment\n"),
        ("chart/rendered", DEPLOYMENT),
        ("bin/helm", HELM),
    ]);
    std::fs::set_permissions(place.path("bin/helm"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let audit = |path: &str, folder: &str| {
        let mut command = place.command(env!("CARGO_BIN_EXE_tidegate"), &["audit", folder]);
        Outcome::of(command.env("PATH", path).output().unwrap())
    };
    let without = audit("/nowhere", "chart");
    assert!(
        without.code == 2 && without.out.contains("a Helm chart has to be rendered, and helm is not on the PATH"),
        "{}",
        without.out
    );
    assert!(without.out.contains("give the output to tidegate audit -"), "{}", without.out);
    let path = format!("{}:/usr/bin:/bin", place.path("bin").display());
    for folder in ["chart", "."] {
        let with = audit(&path, folder);
        assert_eq!(with.code, 1, "{}", with.out);
        assert!(with.out.contains("chart/templates/mysql.yaml, by helm template)"), "{}", with.out);
        assert!(with.out.contains("1 object in 1 file"), "{}", with.out);
    }
}
