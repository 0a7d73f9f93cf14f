//! `tidegate fix` and charts: templates stay as they are, and what the real Helm makes of them can be repaired.

use std::fs;
use std::process::Command;

use super::programs::Programs;
use super::{MANIFEST, PASSWORD, fix, says_no_password};

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";

#[test]
fn templates_are_told_and_stay_and_a_manifest_among_them_is_repaired() {
    let Some(programs) = Programs::find_or_build() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join("chart").join(name);
    fs::create_dir_all(path("templates")).unwrap();
    let template =
        MANIFEST.replace(PASSWORD, "{{ .Values.rootPassword }}").replace("mysql:8.4", "mysql:{{ .Values.tag }}");
    let plain = MANIFEST.replace("name: mysql,", "name: plain,");
    let kept = [
        ("Chart.yaml", CHART),
        ("values.yaml", "rootPassword: s3cr3t-Tide-77\ntag: '8.4'\n"),
        ("templates/_helpers.tpl", "{{ define \"a\" }}b{{ end }}\n"),
        ("templates/NOTES.txt", "Have fun.\n"),
        ("templates/mysql.yaml", &template),
    ];
    for (name, text) in kept.iter().chain(&[("templates/plain.yaml", plain.as_str())]) {
        fs::write(path(name), text).unwrap();
    }
    let outcome = fix(folder.path(), &["chart"], "");
    says_no_password(&outcome);
    assert_eq!(outcome.0, 2, "{outcome:?}");
    for words in ["chart/templates/mysql.yaml", "this looks like a Helm template", "render it first with helm template"]
    {
        assert!(outcome.1.contains(words), "{words}: {}", outcome.1);
    }
    for (name, text) in kept {
        assert_eq!(fs::read_to_string(path(name)).unwrap(), text, "{name}");
    }
    assert!(fs::read_to_string(path("templates/plain.yaml")).unwrap().contains("terminationGracePeriodSeconds"));

    // The chart is still one, and what Helm makes of it is repaired from standard input.
    let rendered = Command::new(&programs.helm)
        .args(["template", "release", "chart"])
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(rendered.stdout).unwrap();
    assert!(rendered.status.success() && text.matches("terminationGracePeriodSeconds").count() == 1, "{text}");
    let outcome = fix(folder.path(), &["--secrets", "secrets.yaml", "-"], &text);
    says_no_password(&outcome);
    assert_eq!(outcome.1.matches("terminationGracePeriodSeconds").count(), 2, "{outcome:?}");
    assert!(outcome.1.contains("# Source: shop/templates/mysql.yaml"), "{}", outcome.1);
    let again = fix(folder.path(), &["--secrets", "secrets.yaml", "-"], &outcome.1);
    assert_eq!(again.1, outcome.1);
}
