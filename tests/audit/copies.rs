//! Copies of a manifest in many folders: each is judged by what stands beside it.

use crate::Place;

const SERVER: &str = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: mysql, namespace: shop }
spec:
  serviceName: mysql
  selector: { matchLabels: { app: mysql } }
  template:
    metadata: { labels: { app: mysql } }
    spec:
      containers:
        - name: mysql
          image: mysql:8.4
          volumeMounts: [{ name: options, mountPath: /etc/mysql/conf.d }]
      volumes: [{ name: options, configMap: { name: options } }]
";

fn options(character_set: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: options, namespace: shop }}\n\
         data: {{ my.cnf: \"[mysqld]\\ncharacter-set-server={character_set}\\n\" }}\n"
    )
}

#[test]
fn what_stands_beside_a_copy_decides() {
    let character_sets = ["utf8mb4", "latin1", "latin1", "latin1", "utf8mb4", "utf8mb4"];
    let files: Vec<(String, String)> = (0..)
        .zip(character_sets)
        .flat_map(|(number, set)| {
            let file = |name: &str, text: String| (format!("{number}/{name}.yaml"), text);
            [file("mysql", SERVER.to_owned()), file("options", options(set))]
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let outcome = Place::with(&files).audit(&["--format", "concise", "--rule", "MY016", "."]);
    let found: Vec<&str> = outcome
        .out
        .lines()
        .filter_map(|line| line.trim_start_matches("./").split_once("/mysql.yaml"))
        .map(|(folder, _)| folder)
        .collect();
    assert_eq!(found, ["1", "2", "3"], "{}{}", outcome.out, outcome.err);
}

#[test]
fn what_stands_nearest_counts_however_it_is_named() {
    let old = options("latin1");
    let place = Place::with(&[
        ("app/deploy.yaml", SERVER),
        ("app/options.yaml", &options("utf8mb4")),
        ("app/archive/options.yaml", &old),
        ("applications/options.yaml", &old),
    ]);
    let here = place.folder.path().display().to_string();
    for (paths, code) in [
        (&["."][..], 0),
        (&["app", "applications"], 0),
        (&["applications", "./app/archive/options.yaml", "app/deploy.yaml", "./app/options.yaml"], 0),
        (
            &[
                "applications",
                &format!("{here}/app/archive"),
                "app/../app/deploy.yaml",
                &format!("{here}/app/options.yaml"),
            ],
            0,
        ),
        (&["app/deploy.yaml", "app/archive", "applications"], 1),
    ] {
        let outcome = place.audit(&[&["--format", "concise", "--rule", "MY016"], paths].concat());
        assert_eq!(outcome.code, code, "{paths:?}: {}{}", outcome.out, outcome.err);
    }
}
