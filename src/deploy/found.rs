//! What is there already, which nothing replaces unasked.

use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::{DeployError, NAME, Options, Plan, Size};
use crate::objects::{Objects, title};

/// By which it is known what belongs to a database.
const LABEL: &str = "app.kubernetes.io/instance";

/// Whether everything that has a name of the plan's is this database's own, and its namespace stays.
///
/// # Errors
/// [`DeployError::Terminating`], [`DeployError::Foreign`].
pub(super) async fn nothing_in_the_way(objects: &Objects, plan: &Plan, options: &Options) -> Result<(), DeployError> {
    if let Some(namespace) = objects.get(plan.namespace()).await?
        && namespace.metadata.deletion_timestamp.is_some()
    {
        return Err(DeployError::Terminating(options.namespace.clone()));
    }
    for object in plan.own() {
        if let Some(found) = objects.get(object).await?
            && !is_own(&found, options)
        {
            return Err(DeployError::Foreign { object: title(object), kind: options.kind });
        }
    }
    Ok(())
}

fn is_own(found: &DynamicObject, options: &Options) -> bool {
    let label = found.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL));
    label.is_some_and(|label| label == options.kind.instance())
}

/// The options, with what is there wherever nothing else was asked for.
///
/// # Errors
/// [`DeployError::Fixed`] if what is asked for cannot be had with the volumes that are there.
pub(super) async fn keep(objects: &Objects, plan: &Plan, options: &mut Options) -> Result<(), DeployError> {
    let workload = objects.get(plan.workload()).await?;
    if let Some(found) = &workload {
        let containers = found.data.pointer("/spec/template/spec/containers").and_then(Value::as_array);
        let server = containers.into_iter().flatten().find(|container| container["name"] == NAME);
        let image = server.and_then(|server| server["image"].as_str());
        let replicas = found.data["spec"]["replicas"].as_u64().and_then(|number| u32::try_from(number).ok());
        options.image = options.image.take().or_else(|| image.map(str::to_owned));
        options.replicas = options.replicas.or(replicas);
    }
    let template = workload.and_then(|found| found.data.pointer("/spec/volumeClaimTemplates/0").cloned());
    if let Some(template) = template {
        return keep_volume(&template, true, options);
    }
    // Data may be there without their server.
    let claim = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": { "namespace": options.namespace, "name": options.kind.first_claim() },
    });
    match objects.get(&claim).await? {
        Some(found) => keep_volume(&found.data, false, options),
        None => Ok(()),
    }
}

/// A claim can grow, where its class allows it; the template of a StatefulSet's claims never changes.
fn keep_volume(claim: &Value, is_template: bool, options: &mut Options) -> Result<(), DeployError> {
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
        match &options.size {
            Some(wanted) if is_template && wanted.to_string() != size => {
                return fixed("the size of each volume", size, wanted.to_string(), "size");
            }
            Some(_) => {}
            None => options.size = size.parse::<Size>().ok(),
        }
    }
    Ok(())
}
