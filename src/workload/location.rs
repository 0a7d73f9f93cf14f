//! Where an object keeps its pods: which kinds run pods, and at which pointers.

use serde_json::Value;

/// The kinds that run pods.
pub const KINDS: &[&str] = &[
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Pod",
    "PodTemplate",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// Where the pods of a kind are described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// The pod template (metadata and spec); the object itself for a Pod.
    pub template: &'static str,
    /// The pod's spec.
    pub pod_spec: &'static str,
    /// What decides whether an update concerns the pods at all.
    pub judged: &'static str,
    /// True if the template can no longer change once the object is stored.
    pub immutable: bool,
}

impl Location {
    /// The location for the object's kind; none if the kind runs no pods.
    pub fn of(object: &Value) -> Option<Self> {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        Self::of_kind(text("apiVersion"), text("kind"))
    }

    /// The location for a kind. Only Kubernetes' own groups count: OpenShift's DeploymentConfig
    /// and custom resources have templates of their own making.
    pub fn of_kind(api_version: &str, kind: &str) -> Option<Self> {
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let template = |immutable| Self {
            template: "/spec/template",
            pod_spec: "/spec/template/spec",
            judged: "/spec/template",
            immutable,
        };
        match (group, kind) {
            ("", "Pod") => Some(Self { template: "", pod_spec: "/spec", judged: "/spec", immutable: true }),
            ("", "PodTemplate") => {
                Some(Self { template: "/template", pod_spec: "/template/spec", judged: "/template", immutable: false })
            }
            ("", "ReplicationController") => Some(template(false)),
            ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => Some(template(false)),
            ("batch", "Job") => Some(template(true)),
            ("batch", "CronJob") => Some(Self {
                template: "/spec/jobTemplate/spec/template",
                pod_spec: "/spec/jobTemplate/spec/template/spec",
                judged: "/spec/jobTemplate",
                immutable: false,
            }),
            _ => None,
        }
    }
}
