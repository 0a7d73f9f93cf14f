//! One workload of each kind, with a password in plain text: servers and clients, as the kinds are used.

use serde_json::{Value, json};

/// A kind of workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    Pod,
    Job,
    CronJob,
}

pub(super) const ALL: &[Kind] =
    &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Pod, Kind::Job, Kind::CronJob];

/// Those whose pods are replaced when their template changes.
pub(super) const ROLLING: &[Kind] = &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];

/// Those whose template can change.
pub(super) const CHANGING: &[Kind] = &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::CronJob];

/// Those whose pods stay as they were made.
pub(super) const FIXED: &[Kind] = &[Kind::Pod, Kind::Job];

/// The only container of each.
pub(super) const CONTAINER: &str = "db";

impl Kind {
    /// As in `kind:`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Pod => "Pod",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
        }
    }

    /// As in `kubectl get`, and with an `s` as in the API's paths.
    pub(super) fn resource(self) -> String {
        self.name().to_lowercase()
    }

    pub(super) fn api_version(self) -> &'static str {
        match self {
            Self::Deployment | Self::StatefulSet | Self::DaemonSet => "apps/v1",
            Self::Pod => "v1",
            Self::Job | Self::CronJob => "batch/v1",
        }
    }

    /// The pod spec's place.
    pub(super) fn pod_spec(self) -> &'static str {
        match self {
            Self::Pod => "/spec",
            Self::CronJob => "/spec/jobTemplate/spec/template/spec",
            _ => "/spec/template/spec",
        }
    }

    /// The variable that holds the password.
    pub(super) fn variable(self) -> &'static str {
        match self {
            Self::Deployment | Self::StatefulSet => "MYSQL_ROOT_PASSWORD",
            Self::DaemonSet => "MYSQLD_EXPORTER_PASSWORD",
            Self::Pod | Self::Job | Self::CronJob => "MYSQL_PWD",
        }
    }

    /// Servers that keep their data, an exporter on each node, a shell for people, and dumps.
    pub(super) fn manifest(self, name: &str, password: &str) -> Value {
        let labels = json!({"app": name});
        let mut spec = self.spec(self.pod(name, password));
        if self != Self::Pod {
            let template = if self == Self::CronJob { "/jobTemplate/spec/template" } else { "/template" };
            spec.pointer_mut(template).unwrap()["metadata"] = json!({"labels": labels});
        }
        match self {
            Self::Pod | Self::Job => {}
            Self::CronJob => spec["schedule"] = json!("0 4 * * *"),
            Self::Deployment | Self::DaemonSet => spec["selector"] = json!({"matchLabels": labels}),
            Self::StatefulSet => {
                spec["selector"] = json!({"matchLabels": labels});
                spec["serviceName"] = json!(name);
                spec["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}, "spec": {
                    "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]);
            }
        }
        json!({"apiVersion": self.api_version(), "kind": self.name(), "metadata": {"name": name, "labels": labels},
            "spec": spec})
    }

    /// The same with a volume that goes with the pod.
    pub(super) fn with_passing_data(self, mut manifest: Value) -> Value {
        if matches!(self, Self::Deployment | Self::StatefulSet) {
            manifest["spec"].as_object_mut().unwrap().remove("volumeClaimTemplates");
            manifest["spec"]["template"]["spec"]["volumes"] = json!([{"name": "data", "emptyDir": {}}]);
        }
        manifest
    }

    /// `spec` with nothing but a pod in it.
    pub(super) fn spec(self, pod: Value) -> Value {
        match self {
            Self::Pod => pod,
            Self::CronJob => json!({"jobTemplate": {"spec": {"template": {"spec": pod}}}}),
            _ => json!({"template": {"spec": pod}}),
        }
    }

    fn pod(self, name: &str, password: &str) -> Value {
        let (image, command) = match self {
            Self::Deployment | Self::StatefulSet => ("mysql:8.4", json!(null)),
            Self::DaemonSet => ("prom/mysqld-exporter:v0.17.2", json!(null)),
            Self::Pod => ("mysql:8.4", json!(["sleep", "infinity"])),
            Self::Job | Self::CronJob => ("mysql:8.4", json!(["mysqldump", "--host=db", "--all-databases"])),
        };
        let mut container = json!({"name": CONTAINER, "image": image,
            "env": [{"name": "TZ", "value": "Asia/Seoul"}, {"name": self.variable(), "value": password}]});
        if !command.is_null() {
            container["command"] = command;
        }
        let mut pod = json!({"containers": [container]});
        if matches!(self, Self::Deployment | Self::StatefulSet) {
            pod["containers"][0]["volumeMounts"] = json!([{"name": "data", "mountPath": "/var/lib/mysql"}]);
        }
        if self == Self::Deployment {
            pod["volumes"] = json!([{"name": "data", "persistentVolumeClaim": {"claimName": name}}]);
        }
        if matches!(self, Self::Job | Self::CronJob) {
            pod["restartPolicy"] = json!("Never");
        }
        pod
    }
}
