//! What is there already, which nothing replaces unasked.

use std::collections::BTreeMap;

use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::{DeployError, NAME, Options, Plan, Size};
use crate::objects::{ObjectError, Objects, title};

/// By which it is known what belongs to a database.
const LABELS: [&str; 2] = ["app.kubernetes.io/name", INSTANCE];
/// Which of the two forms it is.
pub(super) const INSTANCE: &str = "app.kubernetes.io/instance";

/// The objects of a plan that are stored.
pub(super) struct Stored {
    /// Whether the namespace is there; who may not look takes it to be.
    pub(super) has_namespace: bool,
    is_ending: bool,
    is_gates: bool,
    own: BTreeMap<String, DynamicObject>,
    /// The claim of the first server's volume.
    claim: Option<DynamicObject>,
}

impl Stored {
    /// Reads them.
    ///
    /// # Errors
    /// [`ObjectError`] with what the API server says.
    pub(super) async fn read(objects: &Objects, plan: &Plan, options: &Options) -> Result<Self, ObjectError> {
        let (has_namespace, namespace) = match objects.get(plan.namespace()).await {
            Ok(found) => (found.is_some(), found),
            Err(ObjectError::Refused { .. }) => (true, None),
            Err(other) => return Err(other),
        };
        let is_ending = namespace.as_ref().is_some_and(|namespace| namespace.metadata.deletion_timestamp.is_some());
        let is_gates =
            namespace.is_some_and(|found| found.labels().get(LABELS[0]).is_some_and(|name| name == "tidegate"));
        let mut own = BTreeMap::new();
        for object in plan.own() {
            if let Some(found) = objects.get(object).await? {
                own.insert(title(object), found);
            }
        }
        let claim = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": { "namespace": options.namespace, "name": options.kind.first_claim() },
        });
        Ok(Self { has_namespace, is_ending, is_gates, own, claim: objects.get(&claim).await? })
    }

    /// What is stored of one of the plan's objects.
    pub(super) fn get(&self, object: &Value) -> Option<&DynamicObject> {
        self.own.get(&title(object))
    }

    /// Whether volumes were chosen before.
    pub(super) fn has_volumes(&self, plan: &Plan) -> bool {
        self.claim.is_some() || self.get(plan.workload()).is_some()
    }

    /// Whether everything that has a name of the plan's is this database's own, and stays.
    ///
    /// # Errors
    /// [`DeployError::GatesNamespace`], [`DeployError::Terminating`], [`DeployError::Ending`], [`DeployError::Foreign`].
    pub(super) fn nothing_in_the_way(&self, plan: &Plan, options: &Options) -> Result<(), DeployError> {
        if self.is_gates {
            return Err(DeployError::GatesNamespace(options.namespace.clone()));
        }
        if self.is_ending {
            return Err(DeployError::Terminating(options.namespace.clone()));
        }
        for object in plan.own() {
            let Some(found) = self.get(object) else { continue };
            if !is_own(found, object) {
                return Err(DeployError::Foreign { object: title(object), kind: options.kind });
            }
        }
        let is_ending = |found: &DynamicObject| found.metadata.deletion_timestamp.is_some();
        // The client is for people; from a lost node its Pod may not go for a long time.
        let mut waited_for = plan.own().filter(|object| object["kind"] != "Pod");
        let ending = waited_for.find(|object| self.get(object).is_some_and(is_ending));
        if let Some(object) = ending {
            return Err(DeployError::Ending(title(object)));
        }
        if self.claim.as_ref().is_some_and(is_ending) {
            let claim = format!("PersistentVolumeClaim {}/{}", options.namespace, options.kind.first_claim());
            return Err(DeployError::Ending(claim));
        }
        Ok(())
    }

    /// The options, with what is there wherever nothing else was asked for.
    ///
    /// # Errors
    /// [`DeployError::Fixed`] if what is asked for cannot be had with the volumes that are there;
    /// [`DeployError::ScaledToNothing`].
    pub(super) fn keep(&self, plan: &Plan, options: &mut Options) -> Result<(), DeployError> {
        let workload = self.get(plan.workload());
        if let Some(found) = workload {
            let image = server_image(found);
            let replicas = found.data["spec"]["replicas"].as_u64().and_then(|number| u32::try_from(number).ok());
            options.image = options.image.take().or_else(|| image.map(str::to_owned));
            options.replicas = options.replicas.or(replicas);
            if options.replicas == Some(0) {
                return Err(DeployError::ScaledToNothing(title(plan.workload())));
            }
        }
        let template = workload.and_then(|found| found.data.pointer("/spec/volumeClaimTemplates/0"));
        match (template, &self.claim) {
            (Some(template), _) => keep_volume(template, true, options),
            // Data may be there without their server.
            (None, Some(claim)) => keep_volume(&claim.data, false, options),
            (None, None) => Ok(()),
        }
    }
}

/// The image of a workload's server, whatever stands beside it.
pub(super) fn server_image(workload: &DynamicObject) -> Option<&str> {
    let containers = workload.data.pointer("/spec/template/spec/containers").and_then(Value::as_array);
    let server = containers.into_iter().flatten().find(|container| container["name"] == NAME);
    server.and_then(|server| server["image"].as_str())
}

fn is_own(found: &DynamicObject, wanted: &Value) -> bool {
    let labels = found.metadata.labels.as_ref();
    // A chart's object may have any name and instance.
    let is_managed = labels.is_some_and(|labels| labels.contains_key("app.kubernetes.io/managed-by"));
    !is_managed
        && LABELS.iter().all(|label| {
            let value = labels.and_then(|labels| labels.get(*label));
            value.is_some_and(|value| wanted["metadata"]["labels"][label] == value.as_str())
        })
}

/// Whether a volume cannot become so large: none shrinks, and a template says for ever what it says.
fn is_out_of_reach(is: &Size, wanted: &Size, is_template: bool) -> bool {
    match (is.bytes(), wanted.bytes()) {
        (Some(is), Some(wanted)) if is_template => is != wanted,
        (Some(is), Some(wanted)) => wanted < is,
        _ => is_template,
    }
}

/// A claim can grow, where its class allows it; the template of a StatefulSet's claims never changes.
pub(super) fn keep_volume(claim: &Value, is_template: bool, options: &mut Options) -> Result<(), DeployError> {
    let fixed = |what, found: &str, wanted: String, option| {
        Err(DeployError::Fixed { what, found: found.to_owned(), wanted, option })
    };
    if let Some(class) = claim["spec"]["storageClassName"].as_str() {
        match &options.storage_class {
            Some(wanted) if wanted != class => {
                return fixed("the storage class", class, wanted.clone(), "storage-class");
            }
            _ => options.storage_class = Some(class.to_owned()),
        }
    }
    if let Some(size) = claim.pointer("/spec/resources/requests/storage").and_then(Value::as_str) {
        let is = Size::stored(size);
        match &options.size {
            Some(wanted) if *wanted != is && is_out_of_reach(&is, wanted, is_template) => {
                return fixed("the size of each volume", size, wanted.to_string(), "size");
            }
            Some(wanted) if wanted.bytes().is_none_or(|bytes| is.bytes() != Some(bytes)) => {}
            // As it is written there: a template is compared by its text.
            _ => options.size = Some(is),
        }
    }
    Ok(())
}
