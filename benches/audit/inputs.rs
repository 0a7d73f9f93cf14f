//! Large inputs, made of real manifests.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{ControlPlane, corpus};

/// Real manifests.
pub(crate) struct Inputs {
    /// Each file: its path below the corpus and its text.
    files: Vec<(PathBuf, String)>,
    /// The Deployments and StatefulSets in them.
    workloads: Vec<Value>,
}

impl Inputs {
    /// Those of the corpus, if there is one.
    pub(crate) fn find() -> Option<Self> {
        let folder = corpus::folder()?;
        let text = |path: PathBuf| {
            let text = fs::read_to_string(&path).ok()?;
            Some((path.strip_prefix(&folder).unwrap().to_owned(), text))
        };
        let files: Vec<_> = corpus::files(&folder).into_iter().filter_map(text).collect();
        let documents = files.iter().flat_map(|(_, text)| tidegate::yaml::parse(text));
        let values = documents.filter_map(Result::ok).map(|document| document.value);
        let workloads: Vec<Value> = values
            .filter(|value| matches!(value["kind"].as_str(), Some("Deployment" | "StatefulSet")))
            .filter(|value| value["apiVersion"] == "apps/v1" && value["metadata"]["name"].is_string())
            .filter(tidegate::workload::may_concern_mysql)
            .collect();
        (!workloads.is_empty()).then_some(Self { files, workloads })
    }

    /// So many copies of all files.
    pub(crate) fn copy(&self, to: &Path, copies: usize) {
        for copy in 0..copies {
            for (path, text) in &self.files {
                write(&to.join(copy.to_string()).join(path), text);
            }
        }
    }

    /// So many files of one workload each, no two alike.
    pub(crate) fn distinct(&self, to: &Path, files: usize) {
        for (number, workload) in self.numbered().take(files).enumerate() {
            write(
                &to.join((number / 1000).to_string()).join(format!("{number}.yaml")),
                &tidegate::yaml::render(&workload),
            );
        }
    }

    /// One file of so many workloads.
    pub(crate) fn one_file(&self, to: &Path, documents: usize) {
        let mut text = String::new();
        for workload in self.numbered().take(documents) {
            write!(text, "---\n{}", tidegate::yaml::render(&workload)).unwrap();
        }
        write(to, &text);
    }

    /// So many Services in a namespace, each with a server behind it, a file a pair.
    pub(crate) fn one_namespace(to: &Path, pairs: usize) {
        for number in 0..pairs {
            let name = format!("mysql-{number}");
            let labels = json!({ "app": name });
            let metadata = json!({ "name": name, "namespace": "shop" });
            let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata,
                "spec": { "selector": labels, "ports": [{ "port": 3306 }] } });
            let server = json!({ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata,
                "spec": { "serviceName": name, "selector": { "matchLabels": labels }, "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{ "name": "mysql", "image": "mysql:8.4" }] },
                } } });
            let text = format!("{}---\n{}", tidegate::yaml::render(&service), tidegate::yaml::render(&server));
            write(&to.join(format!("{number}.yaml")), &text);
        }
    }

    /// Stores so many Deployments in a cluster, in the namespaces of ten teams.
    pub(crate) fn store(&self, cluster: &ControlPlane, objects: usize) {
        for team in 0..10 {
            cluster.kubectl(&["create", "namespace", &format!("team-{team}")]).expect_success();
        }
        let mut list = Vec::new();
        for number in 0..objects {
            let name = format!("mysql-{number}");
            list.push(json!({
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": { "name": name, "namespace": format!("team-{}", number % 10) },
                // Without pods: nothing here would run them.
                "spec": { "replicas": 0, "selector": { "matchLabels": { "app": name } }, "template": {
                    "metadata": { "labels": { "app": name } },
                    "spec": { "containers": [{ "name": "mysql", "image": "mysql:8.0",
                        "env": [{ "name": "MYSQL_ROOT_PASSWORD", "value": format!("not-secret-{number}") }] }] },
                } },
            }));
        }
        for part in list.chunks(500) {
            let list = json!({ "apiVersion": "v1", "kind": "List", "items": part }).to_string();
            cluster.kubectl_with_input(&["create", "-f", "-"], &list).expect_success();
        }
    }

    fn numbered(&self) -> impl Iterator<Item = Value> {
        self.workloads.iter().cycle().enumerate().map(|(number, workload)| {
            let mut workload = workload.clone();
            workload["metadata"]["name"] = Value::from(format!("mysql-{number}"));
            workload
        })
    }
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}
