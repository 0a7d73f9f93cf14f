//! A database out of a cluster: its servers and what is around them; its data only if that was asked for twice.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use super::found::{INSTANCE, Stored};
use super::{DeployError, Kind, MANAGER, Options, PASSWORDS, Plan, servers};
use crate::objects::{self, ObjectError, Objects, Right, refused, title};

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

/// What was there, and what is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// The image of the servers that were there: data may be read by it and by later ones only.
    pub image: Option<String>,
    /// How many servers there were.
    pub replicas: Option<u64>,
    /// What stays, such as `PersistentVolumeClaim mysql/data-mysql-0`.
    pub kept: Vec<String>,
    /// The volumes whose claims were deleted, and which may stay as their class says.
    pub volumes: Vec<String>,
    /// Whether the servers' pods are gone by now.
    pub have_ended: bool,
}

/// A server gets two minutes to end (`terminationGracePeriodSeconds`).
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK: Duration = Duration::from_secs(1);
/// What people write themselves: as much theirs as the data.
const CONFIG: &str = "mysql-config";

/// Takes it away, and waits until the servers have ended.
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
    objects::check(&objects, rights(&plan, removal)).await?;
    let stored = Stored::read(&objects, &plan, &options).await?;
    match stored.nothing_in_the_way(&plan, &options) {
        // On its way out already.
        Ok(()) | Err(DeployError::Terminating(_) | DeployError::Ending(_)) => {}
        Err(other) => return Err(other),
    }
    let claims = claims_of(&objects, removal).await?;
    let is_removed = |object: &&Value| stored.get(object).is_some() && !stays(object, *with_data);
    if plan.own().find(is_removed).is_none() && (claims.is_empty() || !with_data) {
        return Err(DeployError::None { kind: *kind, namespace: namespace.clone() });
    }
    let mut removed = Removed::default();
    if let Some(found) = stored.get(plan.workload()) {
        let image = found.data.pointer("/spec/template/spec/containers/0/image").and_then(Value::as_str);
        removed.image = image.map(str::to_owned);
        removed.replicas = found.data["spec"]["replicas"].as_u64();
    }
    for object in plan.own().filter(|object| stored.get(object).is_some()).rev() {
        if stays(object, *with_data) {
            if object["kind"] != "PersistentVolumeClaim" {
                removed.kept.push(title(object));
            }
        } else if objects.delete(object).await? {
            tell(title(object));
        }
    }
    let begun = Instant::now();
    while !removed.have_ended && begun.elapsed() < PATIENCE {
        removed.have_ended = servers::list(&objects, *kind, namespace).await?.is_empty();
        if !removed.have_ended {
            tokio::time::sleep(LOOK).await;
        }
    }
    for claim in claims {
        let object = object("PersistentVolumeClaim", namespace, &claim.name_any());
        if !with_data || !is_of_a_server(&claim, *kind) {
            removed.kept.push(title(&object));
        } else if objects.delete(&object).await? {
            removed.volumes.extend(claim.spec.and_then(|spec| spec.volume_name));
            tell(title(&object));
        }
    }
    passwords(&objects, removal, &mut removed, tell).await?;
    Ok(removed)
}

/// What is not removed with the servers.
fn stays(object: &Value, with_data: bool) -> bool {
    object["kind"] == "PersistentVolumeClaim" || (!with_data && object["metadata"]["name"] == CONFIG)
}

fn object(kind: &str, namespace: &str, name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": kind, "metadata": { "namespace": namespace, "name": name } })
}

/// The database's claims, by its labels.
async fn claims_of(objects: &Objects, removal: &Removal) -> Result<Vec<PersistentVolumeClaim>, ObjectError> {
    let Removal { kind, namespace, .. } = removal;
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(objects.client(), namespace);
    let labels = format!("app.kubernetes.io/name in (mysql, mysql-backup),app.kubernetes.io/instance={kind}");
    let listed = claims.list(&ListParams::default().labels(&labels)).await;
    Ok(listed.map_err(|error| refused(format!("the list of claims of {namespace}"), &error))?.items)
}

/// Whether a claim holds a server's data; others of the same labels are somebody's backups or copies.
fn is_of_a_server(claim: &PersistentVolumeClaim, kind: Kind) -> bool {
    let name = claim.name_any();
    match kind {
        Kind::Single => name == kind.first_claim(),
        Kind::Replicated => name.strip_prefix("data-mysql-").is_some_and(|ordinal| ordinal.parse::<u32>().is_ok()),
    }
}

/// The Secret goes with the data, if this program made it.
async fn passwords(
    objects: &Objects,
    removal: &Removal,
    removed: &mut Removed,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<(), DeployError> {
    let secret = object("Secret", &removal.namespace, PASSWORDS);
    let Some(found) = objects.get(&secret).await? else { return Ok(()) };
    let is_own = found.labels().get(INSTANCE).is_some_and(|instance| instance == removal.kind.instance());
    if !removal.with_data || !is_own {
        removed.kept.push(title(&secret));
    } else if objects.delete(&secret).await? {
        tell(title(&secret));
    }
    Ok(())
}

fn rights(plan: &Plan, removal: &Removal) -> BTreeSet<Right> {
    let mut rights = objects::to_delete(plan.own().filter(|object| !stays(object, removal.with_data)));
    let also: &[(&str, &str)] =
        if removal.with_data { &[("persistentvolumeclaims", "delete"), ("secrets", "delete")] } else { &[] };
    let always = [("persistentvolumeclaims", "list"), ("pods", "list"), ("secrets", "get")];
    rights.extend(always.iter().chain(also).map(|(resource, verb)| Right {
        group: String::new(),
        resource: (*resource).to_owned(),
        verb,
        namespace: Some(removal.namespace.clone()),
    }));
    rights
}
