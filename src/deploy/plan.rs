//! What is applied, in which order: the objects of `manifests/`, with what the options say in them.

use kube::api::DynamicObject;
use serde_json::{Map, Value, json};

use super::{DeployError, Kind, NAME, Options, manifests};

/// How `manifests/` name MySQL's image.
const IMAGE: &str = "mysql:";

/// Everything that is applied but the Secret with the passwords, which is in no manifest.
#[derive(Debug, Clone)]
pub struct Plan {
    kind: Kind,
    objects: Vec<Value>,
}

impl Plan {
    /// The objects with these options.
    ///
    /// # Errors
    /// [`DeployError::Embedded`] if what this program was built with cannot be read, which a test rules out.
    pub fn new(options: &Options) -> Result<Self, DeployError> {
        let mut objects = manifests::objects(options.kind)?;
        if options.storage_class.is_some() {
            objects.retain(|object| object["kind"] != "StorageClass");
        }
        objects.iter_mut().for_each(|object| change(object, options));
        Ok(Self { kind: options.kind, objects })
    }

    /// The objects, in the order in which they are applied.
    pub fn objects(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.objects.iter()
    }

    /// The Deployment or StatefulSet.
    pub(super) fn workload(&self) -> &Value {
        let is_workload =
            |object: &&Value| object["kind"] == self.kind.workload() && object["metadata"]["name"] == NAME;
        self.objects.iter().find(is_workload).unwrap_or(&Value::Null)
    }

    /// How many servers there are to be.
    pub(super) fn replicas(&self) -> u32 {
        let number = self.workload()["spec"]["replicas"].as_u64();
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1)
    }

    /// What is of this database alone, and in its namespace.
    pub(super) fn own(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.objects.iter().filter(|object| object["metadata"]["namespace"].is_string())
    }

    /// What is of the whole cluster: the namespace, and the class of the volumes.
    pub(super) fn around(&self) -> impl Iterator<Item = &Value> {
        self.objects.iter().filter(|object| !object["metadata"]["namespace"].is_string())
    }

    /// The namespace itself.
    pub(super) fn namespace(&self) -> &Value {
        self.objects.iter().find(|object| object["kind"] == "Namespace").unwrap_or(&Value::Null)
    }
}

fn change(object: &mut Value, options: &Options) {
    if object["kind"] == "Namespace" {
        object["metadata"]["name"] = json!(options.namespace);
    }
    if object["metadata"]["namespace"].is_string() {
        object["metadata"]["namespace"] = json!(options.namespace);
    }
    match object["kind"].as_str() {
        Some("PersistentVolumeClaim") => change_claim(object, options),
        Some("StatefulSet") => {
            if let Some(replicas) = options.replicas {
                object["spec"]["replicas"] = json!(replicas);
            }
            let claims = object["spec"]["volumeClaimTemplates"].as_array_mut();
            claims.into_iter().flatten().for_each(|claim| change_claim(claim, options));
        }
        _ => {}
    }
    if let Some(image) = &options.image {
        set_image(object, image);
    }
}

/// A stored object with what was asked for, and with nothing else changed; none if it is so already. `planned` is what
/// `manifests/` have of it.
pub(super) fn with_asked(stored: &DynamicObject, planned: &Value, asked: &Options) -> Option<DynamicObject> {
    let mut changed = stored.clone();
    let data = &mut changed.data;
    match planned["kind"].as_str() {
        Some("StatefulSet") => {
            if let Some(replicas) = asked.replicas {
                data["spec"]["replicas"] = json!(replicas);
            }
        }
        Some("PersistentVolumeClaim") if planned["metadata"]["name"] == asked.kind.first_claim() => {
            if let Some(size) = &asked.size {
                data["spec"]["resources"]["requests"]["storage"] = json!(size.to_string());
            }
        }
        _ => {}
    }
    if let Some(image) = &asked.image {
        for containers in CONTAINERS {
            let own: Vec<&Value> =
                planned.pointer(containers).and_then(Value::as_array).into_iter().flatten().collect();
            let stored = data.pointer_mut(containers).and_then(Value::as_array_mut);
            // Whoever added one of their own keeps its image.
            for container in stored.into_iter().flatten() {
                if own.iter().any(|own| own["name"] == container["name"]) {
                    container["image"] = json!(image);
                }
            }
        }
    }
    (changed != *stored).then_some(changed)
}

/// Where objects have containers.
const CONTAINERS: [&str; 5] = [
    "/spec/containers",
    "/spec/template/spec/initContainers",
    "/spec/template/spec/containers",
    "/spec/jobTemplate/spec/template/spec/initContainers",
    "/spec/jobTemplate/spec/template/spec/containers",
];

fn change_claim(claim: &mut Value, options: &Options) {
    if let Some(class) = &options.storage_class {
        claim["spec"]["storageClassName"] = json!(class);
    }
    if let Some(size) = &options.size {
        claim["spec"]["resources"]["requests"]["storage"] = json!(size.to_string());
    }
}

/// Writes an image wherever MySQL's is named: all containers have the same, as CLONE wants it.
fn set_image(value: &mut Value, image: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| set_image(item, image)),
        Value::Object(fields) => {
            for (name, field) in Map::iter_mut(fields) {
                match field {
                    Value::String(text) if name == "image" && text.starts_with(IMAGE) => *text = image.to_owned(),
                    other => set_image(other, image),
                }
            }
        }
        _ => {}
    }
}
