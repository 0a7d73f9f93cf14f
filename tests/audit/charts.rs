//! Charts, rendered by the real Helm.

use std::path::Path;
use std::process::Command;

use super::programs::Programs;
use super::{DEPLOYMENT, Place};

/// Its folder is called otherwise; its subchart takes a version from it.
const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{ name: cache, version: 1.x.x }]\n";
const VALUES: &str = "auth: { rootPassword: correct-horse }\ncache: { tag: '5.7' }\nentry: Pier39-at-dusk\n";
const HELPERS: &str = "{{- define \"shop.name\" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}\n";
const CACHE: &str = "apiVersion: v2\nname: cache\nversion: 1.2.0\n";

/// A Deployment that asks the cluster whether its Secret is there already, which `helm template` cannot know.
const MYSQL: &str = "\
{{- $known := lookup \"v1\" \"Secret\" .Release.Namespace \"mysql\" }}
apiVersion: v1
kind: Service
metadata: { name: mysql }
spec: { type: NodePort, selector: { app: mysql }, ports: [{ port: 3306 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include \"shop.name\" . }}
spec:
  selector: { matchLabels: { app: mysql } }
  template:
    metadata: { labels: { app: mysql } }
    spec:
      containers:
        - name: mysql
          image: mysql:{{ .Values.tag | default \"8.4\" }}
          env:
            - name: MYSQL_ROOT_PASSWORD
              {{- if $known }}
              valueFrom: { secretKeyRef: { name: mysql, key: password } }
              {{- else }}
              value: {{ (.Values.auth).rootPassword | default \"by-the-chart\" }}
              {{- end }}
";

fn chart() -> Place {
    Place::with(&[
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", VALUES),
        ("chart/templates/_helpers.tpl", HELPERS),
        ("chart/templates/mysql.yaml", MYSQL),
        ("chart/templates/NOTES.txt", "kind: Pod\nYour password is {{ .Values.auth.rootPassword }}\n"),
        ("chart/charts/cache/Chart.yaml", CACHE),
        ("chart/charts/cache/values.yaml", "tag: '8.4'\n"),
        ("chart/charts/cache/templates/mysql.yaml", MYSQL),
        ("plain.yaml", DEPLOYMENT),
    ])
}

#[test]
fn findings_name_the_template_and_come_of_the_values() {
    let Some(programs) = Programs::find_or_build() else { return };
    let place = chart();
    for folder in ["chart", "."] {
        let audit = |format| place.audit_with(&programs.helm, &["--format", format, folder]);
        let concise = audit("concise");
        assert_eq!(concise.code, 1, "{}{}", concise.out, concise.err);
        let found = |file: &str, rule: &str| {
            let is_it =
                |line: &str| line.trim_start_matches("./").starts_with(file) && line.contains(&format!("[{rule}]"));
            concise.out.lines().filter(|line| is_it(line)).count()
        };
        for (file, rule, times) in [
            ("chart/templates/mysql.yaml (", "MY001", 1),
            ("chart/templates/mysql.yaml (", "MY015", 0),
            ("chart/charts/cache/templates/mysql.yaml (", "MY001", 1),
            // The version that the chart gives its subchart.
            ("chart/charts/cache/templates/mysql.yaml (", "MY015", 1),
            ("chart/templates/NOTES.txt (", "MY001", 0),
        ] {
            assert_eq!(found(file, rule), times, "{file} {rule}: {}", concise.out);
        }
        let table = audit("table");
        assert!(table.out.contains("chart/templates/mysql.yaml, by helm template)"), "{}", table.out);
        assert!(table.out.contains("Deployment \"release-shop\""), "{}", table.out);
        for password in ["correct-horse", "by-the-chart"] {
            assert!(!format!("{}{}", concise.out, table.out).contains(password), "{}", table.out);
        }
    }
}

#[test]
fn a_chart_that_fails_is_told_in_helms_words_and_stops_nothing() {
    let Some(programs) = Programs::find_or_build() else { return };
    let schema = r#"{"properties": {"auth": {"properties": {"rootPassword": {"pattern": "^.{20}"}}}}}"#;
    for (file, text, words) in [
        ("templates/mysql.yaml", "{{ fail \"give it a name\" }}", "give it a name"),
        ("templates/mysql.yaml", "a: {{ required \"a tag, please\" .Values.tag }}", "a tag, please"),
        ("templates/mysql.yaml", "a: {{ if }}", "missing value for if"),
        ("templates/mysql.yaml", "a: [1", "YAML parse error on shop/templates/mysql.yaml"),
        (
            "templates/mysql.yaml",
            "{{ fail (printf \"password=%s\" .Values.auth.rootPassword) }}",
            "password=<withheld>",
        ),
        ("templates/mysql.yaml", "{{ fail (printf \"%s is short\" .Values.auth.rootPassword) }}", "is short"),
        // Whatever a value is called, it may be a password.
        ("templates/mysql.yaml", "{{ fail (printf \"%s is bad\" .Values.entry) }}", "<withheld> is bad"),
        ("values.schema.json", schema, "does not match pattern"),
        ("Chart.yaml", &format!("{CHART}kubeVersion: '>=99'\n"), "incompatible with Kubernetes"),
        ("Chart.yaml", &format!("{CHART}type: library\n"), "library charts are not installable"),
        ("Chart.yaml", "apiVersion: v2\nname: shop\n", "chart.metadata.version is required"),
        ("Chart.yaml", &CHART.replace("cache", "queue"), "missing in charts/ directory: queue"),
    ] {
        let place = chart();
        place.write(&format!("chart/{file}"), text);
        let outcome = place.audit_with(&programs.helm, &["chart", "plain.yaml"]);
        assert_eq!(outcome.code, 2, "{text}: {}{}", outcome.out, outcome.err);
        assert!(
            outcome.out.contains("chart/Chart.yaml") && outcome.out.contains("helm template failed"),
            "{}",
            outcome.out
        );
        assert!(outcome.out.contains(words), "{text}: {}", outcome.out);
        assert!(!outcome.out.contains("correct-horse"), "{}", outcome.out);
        assert!(outcome.out.contains("(plain.yaml:1)"), "{text}: {}", outcome.out);
    }
}

#[test]
fn missing_dependencies_are_there_after_what_helm_says() {
    let Some(programs) = Programs::find_or_build() else { return };
    let place = chart();
    std::fs::rename(place.path("chart/charts/cache"), place.path("cache")).unwrap();
    place.write("chart/Chart.yaml", &CHART.replace("1.x.x", "1.x.x, repository: 'file://../cache'"));
    let without = place.audit_with(&programs.helm, &["chart"]);
    assert!(without.code == 2 && without.out.contains("helm dependency build"), "{}", without.out);
    helm(&place, &programs.helm, &["dependency", "build", "chart"]);
    assert!(place.path("chart/charts/cache-1.2.0.tgz").is_file());
    let with = place.audit_with(&programs.helm, &["--format", "concise", "--rule", "MY015", "chart"]);
    assert!(with.code == 1 && with.out.starts_with("chart/charts/cache/templates/mysql.yaml ("), "{}", with.out);
}

#[test]
fn a_library_of_templates_is_passed_over_in_a_folder() {
    let Some(programs) = Programs::find_or_build() else { return };
    let place = chart();
    place.write("library/Chart.yaml", "apiVersion: v2\nname: library\nversion: 1.0.0\ntype: library\n");
    place.write("library/templates/_helpers.tpl", HELPERS);
    let outcome = place.audit_with(&programs.helm, &["."]);
    assert_eq!(outcome.code, 1, "{}{}", outcome.out, outcome.err);
}

#[test]
fn without_helm_a_clear_word_is_said() {
    let outcome = chart().audit_on_path("/nowhere", &["chart"]);
    assert_eq!(outcome.code, 2);
    for words in ["a Helm chart has to be rendered, and helm is not on the PATH", "give the output to tidegate audit -"]
    {
        assert!(outcome.out.contains(words), "{}", outcome.out);
    }
}

fn helm(place: &Place, program: &Path, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(place.folder.path())
        .env("HOME", place.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
