//! A database out of a cluster: its servers and what is around them; its data only if that was asked for twice.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::api::{Api, DeleteParams, ListParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use super::{DeployError, Kind, MANAGER, Options, PASSWORDS, Plan, found};
use crate::objects::{self, Objects, Right, refused, title};

/// What is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The form.
    pub kind: Kind,
    /// Where.
    pub namespace: String,
    /// Whether the servers' data go too, and with them the passwords. Backups stay in any case.
    pub with_data: bool,
}

/// What was left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// The image of the servers that were there: data may be read by it and by later ones only.
    pub image: Option<String>,
    /// The claims that stay, with what they hold.
    pub kept_claims: Vec<String>,
    /// The volumes whose claims were deleted, and which may stay as their class says.
    pub volumes: Vec<String>,
}

/// Takes it away.
///
/// # Errors
/// [`DeployError`]; what was taken away by then is gone, and a further run goes on.
pub async fn remove(
    client: Client,
    removal: &Removal,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<Removed, DeployError> {
    let Removal { kind, namespace, with_data } = removal;
    let options = Options { namespace: namespace.clone(), ..Options::new(*kind) };
    let plan = Plan::new(&options)?;
    let objects = Objects::new(client, MANAGER);
    let is_data = |object: &Value| object["kind"] == "PersistentVolumeClaim";
    let passwords = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "namespace": namespace, "name": PASSWORDS },
    });
    let mut rights = objects::to_delete(plan.own().filter(|object| !is_data(object)));
    if *with_data {
        rights.extend(objects::to_delete([&passwords].into_iter()));
        rights.extend(of_claims(namespace));
    }
    objects::check(&objects, rights).await?;
    match found::nothing_in_the_way(&objects, &plan, &options).await {
        // On its way out already.
        Ok(()) | Err(DeployError::Terminating(_)) => {}
        Err(other) => return Err(other),
    }
    let workload = objects.get(plan.workload()).await?;
    let image = workload.as_ref().and_then(|found| found.data.pointer("/spec/template/spec/containers/0/image"));
    let mut removed = Removed { image: image.and_then(Value::as_str).map(str::to_owned), ..Removed::default() };
    let mut is_any = false;
    for object in plan.own().rev().filter(|object| !is_data(object)) {
        if objects.delete(object).await? {
            is_any = true;
            tell(title(object));
        }
    }
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(objects.client(), namespace);
    let of_servers = ListParams::default().labels(&format!("app.kubernetes.io/instance={kind}"));
    let listed = claims.list(&of_servers).await;
    let listed = listed.map_err(|error| refused(format!("the list of claims of {namespace}"), &error))?.items;
    if !is_any && (listed.is_empty() || !with_data) {
        return Err(DeployError::None { kind: *kind, namespace: namespace.clone() });
    }
    for claim in listed {
        let name = claim.name_any();
        if !with_data || name == BACKUPS {
            removed.kept_claims.push(name);
            continue;
        }
        removed.volumes.extend(claim.spec.and_then(|spec| spec.volume_name));
        let deleted = claims.delete(&name, &DeleteParams::background()).await;
        deleted.map_err(|error| refused(format!("PersistentVolumeClaim {namespace}/{name}"), &error))?;
        tell(format!("PersistentVolumeClaim {namespace}/{name}"));
    }
    if *with_data && objects.delete(&passwords).await? {
        tell(title(&passwords));
    }
    Ok(removed)
}

/// The claim with the backups.
const BACKUPS: &str = "mysql-backups";

fn of_claims(namespace: &str) -> BTreeSet<Right> {
    let right = |verb| Right {
        group: String::new(),
        resource: "persistentvolumeclaims".to_owned(),
        verb,
        namespace: Some(namespace.to_owned()),
    };
    ["list", "delete"].map(right).into()
}
