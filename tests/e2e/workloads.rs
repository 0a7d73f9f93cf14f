//! Workloads made for a test: a client of MySQL in any kind that carries pods.

use serde_json::{Value, json};

/// A workload of a kind whose one container, `client`, dumps a database and has these variables.
pub(crate) fn client(kind: &str, name: &str, variables: &[(&str, &str)]) -> Value {
    let variables: Vec<Value> = variables.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let container = json!({"name": "client", "image": "mysql:8.4", "command": ["mysqldump", "--host=db"],
        "env": variables});
    let restart = if matches!(kind, "Job" | "CronJob") { "Never" } else { "Always" };
    of_pod(kind, name, &json!({"containers": [container], "restartPolicy": restart}))
}

/// A workload of a kind with this pod.
pub(crate) fn of_pod(kind: &str, name: &str, pod: &Value) -> Value {
    let labels = json!({"app": kind.to_lowercase()});
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let selected = json!({"selector": {"matchLabels": labels}, "template": template});
    let (field, content) = match kind {
        "Pod" => ("spec", pod.clone()),
        "PodTemplate" => ("template", template),
        "ReplicationController" => ("spec", json!({"selector": labels, "template": template})),
        "Job" => ("spec", json!({"template": template})),
        "CronJob" => ("spec", json!({"schedule": "0 4 * * *", "jobTemplate": {"spec": {"template": template}}})),
        _ => ("spec", selected),
    };
    let api_version = match kind {
        "Pod" | "PodTemplate" | "ReplicationController" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, field: content})
}

/// What an API server asks of a gate when this Deployment is made.
pub(crate) fn review(namespace: &str, deployment: &Value) -> Value {
    let mut object = deployment.clone();
    object["metadata"]["namespace"] = namespace.into();
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "made-by-a-test", "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
        "name": object["metadata"]["name"], "namespace": namespace, "operation": "CREATE", "dryRun": false,
        "object": object,
    }})
}
