//! What is applied, in which order: the objects of `webhook-deploy/`, with what the options say in them.

use serde_json::{Map, Value, json};

use super::certificate::INJECTED;
use super::options::NAMESPACE;
use super::{InstallError, Options, manifests};

/// The steps of an installation, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// The gate's namespace.
    Namespace,
    /// The kinds of policies and exceptions.
    Kinds,
    /// Who the gate is, and what it may do.
    Rights,
    /// What is around it: the Service, the budget, who may call it.
    Around,
    /// The gate itself, which has to answer before the next step.
    Gate,
    /// What makes the API server ask it.
    Webhooks,
}

/// Everything that is applied.
#[derive(Debug, Clone)]
pub struct Plan {
    objects: Vec<(Stage, Value)>,
}

/// The argument by which the gate makes its own certificate.
const OWN_CERTIFICATE: &str = "--tls-secret=tidegate-tls";
/// Where a certificate of somebody else's is mounted.
const MOUNT: &str = "/etc/tidegate/tls";

impl Plan {
    /// The objects with these options.
    ///
    /// # Errors
    /// [`InstallError::Embedded`] if what this program was built with cannot be read, which a test rules out.
    pub fn new(options: &Options) -> Result<Self, InstallError> {
        let mut objects = manifests::objects()?;
        for (stage, object) in &mut objects {
            match stage {
                Stage::Gate => change_gate(object, options),
                Stage::Webhooks if options.cert_manager => {
                    object["metadata"]["annotations"] = json!({ INJECTED: format!("{NAMESPACE}/tidegate") });
                }
                _ => {}
            }
        }
        if options.cert_manager {
            objects.extend(manifests::of_cert_manager()?.into_iter().map(|object| (Stage::Around, object)));
        }
        objects.iter_mut().for_each(|(_, object)| rename(object, &options.namespace));
        // Stable: within a step the order is that of the files.
        objects.sort_by_key(|(stage, _)| *stage);
        Ok(Self { objects })
    }

    /// The objects, in the order in which they are applied.
    pub fn objects(&self) -> impl Iterator<Item = &Value> {
        self.objects.iter().map(|(_, object)| object)
    }

    /// Those of a step.
    pub(super) fn of(&self, stage: Stage) -> impl Iterator<Item = &Value> {
        self.objects.iter().filter(move |(own, _)| *own == stage).map(|(_, object)| object)
    }

    /// Those of all steps that come after one.
    pub(super) fn after(&self, stage: Stage) -> impl Iterator<Item = &Value> {
        self.objects.iter().filter(move |(own, _)| *own > stage).map(|(_, object)| object)
    }

    /// The gate's Deployment.
    pub(super) fn gate(&self) -> &Value {
        self.of(Stage::Gate).next().unwrap_or(&Value::Null)
    }
}

/// Which of the two kinds of webhook configurations an object is.
pub(super) fn configuration_kind(configuration: &Value) -> &'static str {
    match configuration["kind"].as_str() {
        Some("MutatingWebhookConfiguration") => "MutatingWebhookConfiguration",
        _ => "ValidatingWebhookConfiguration",
    }
}

fn change_gate(deployment: &mut Value, options: &Options) {
    if let Some(replicas) = options.replicas {
        deployment["spec"]["replicas"] = json!(replicas);
    }
    let pod = &mut deployment["spec"]["template"]["spec"];
    if let Some(secret) = &options.pull_secret {
        pod["imagePullSecrets"] = json!([{ "name": secret }]);
    }
    let container = &mut pod["containers"][0];
    if let Some(image) = &options.image {
        container["image"] = json!(image);
    }
    let mut arguments = Vec::new();
    for argument in container["args"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        match argument {
            OWN_CERTIFICATE if options.cert_manager => {
                arguments.push(format!("--tls-cert={MOUNT}/tls.crt"));
                arguments.push(format!("--tls-key={MOUNT}/tls.key"));
            }
            "--reports=off" => arguments.push(format!("--reports={}", options.reports.unwrap_or_default())),
            other => arguments.push(other.to_owned()),
        }
    }
    for written in &options.written.arguments {
        match arguments.iter_mut().find(|argument| name_of(argument) == name_of(written)) {
            Some(argument) => argument.clone_from(written),
            None => arguments.push(written.clone()),
        }
    }
    container["args"] = json!(arguments);
    if let Some(resources) = &options.written.resources {
        container["resources"] = resources.clone();
    }
    if options.cert_manager {
        push(&mut container["volumeMounts"], json!({ "name": "tls", "mountPath": MOUNT, "readOnly": true }));
        // 0440: for the group, which is the gate's by fsGroup.
        let secret = json!({ "secretName": "tidegate-tls", "defaultMode": 0o440 });
        push(&mut pod["volumes"], json!({ "name": "tls", "secret": secret }));
    }
}

fn name_of(argument: &str) -> &str {
    argument.split_once('=').map_or(argument, |(name, _)| name)
}

fn push(list: &mut Value, item: Value) {
    if let Some(list) = list.as_array_mut() {
        list.push(item);
    }
}

/// Writes another namespace wherever the gate's own is named.
fn rename(value: &mut Value, namespace: &str) {
    match value {
        Value::String(text) if text.contains(NAMESPACE) => *text = text.replace(NAMESPACE, namespace),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, namespace)),
        Value::Object(fields) => Map::values_mut(fields).for_each(|field| rename(field, namespace)),
        _ => {}
    }
}
