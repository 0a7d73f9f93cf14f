//! Patterns and kustomizations.

use super::programs::Programs;
use super::{DEPLOYMENT, Place};

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
    let Some(programs) = Programs::find_or_build() else { return };
    let place = Place::with(&[
        ("base/kustomization.yaml", BASE),
        ("base/mysql.yaml", DEPLOYMENT),
        ("overlays/production/kustomization.yaml", OVERLAY),
        ("overlays/broken/kustomization.yaml", "resources: [nothing.yaml]\n"),
        ("plain.yaml", DEPLOYMENT),
    ]);
    let audit = |arguments: &[&str]| place.audit_with(&programs.kubectl, arguments);
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
