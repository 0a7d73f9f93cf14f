//! A database out of a cluster: its servers and what is around them; its data only if that was asked for twice.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use super::found::{INSTANCE, Stored, server_image};
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
}

/// A server gets two minutes to end (`terminationGracePeriodSeconds`).
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK: Duration = Duration::from_secs(1);
/// What people write themselves: as much theirs as the data.
const CONFIG: &str = "mysql-config";

/// Takes it away. Its servers may still be ending: [`await_end`].
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
        removed.image = server_image(found).map(str::to_owned);
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
    let mut is_data_left = false;
    for claim in claims {
        let object = object("PersistentVolumeClaim", namespace, &claim.name_any());
        let is_of_a_server = is_of_a_server(&claim, *kind);
        if !with_data || !is_of_a_server || !is_labelled(&claim, *kind) {
            is_data_left |= is_of_a_server;
            removed.kept.push(title(&object));
        } else if objects.delete(&object).await? {
            removed.volumes.extend(claim.spec.and_then(|spec| spec.volume_name));
            tell(title(&object));
        }
    }
    passwords(&objects, removal, is_data_left, &mut removed, tell).await?;
    Ok(removed)
}

/// What is not removed with the servers.
fn stays(object: &Value, with_data: bool) -> bool {
    object["kind"] == "PersistentVolumeClaim" || (!with_data && object["metadata"]["name"] == CONFIG)
}

fn object(kind: &str, namespace: &str, name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": kind, "metadata": { "namespace": namespace, "name": name } })
}

/// Waits until the servers have ended. Whether they have.
///
/// # Errors
/// [`DeployError`] if pods may not be listed.
pub async fn await_end(client: Client, kind: Kind, namespace: &str) -> Result<bool, DeployError> {
    let objects = Objects::new(client, MANAGER);
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match servers::list(&objects, kind, namespace).await {
            Ok(pods) if pods.is_empty() => return Ok(true),
            // An API server that restarts comes back.
            Ok(_) | Err(ObjectError::Unreachable(_)) => tokio::time::sleep(LOOK).await,
            Err(other) => return Err(other.into()),
        }
    }
    Ok(false)
}

/// The database's claims: by its labels, and a server's by its name too.
async fn claims_of(objects: &Objects, removal: &Removal) -> Result<Vec<PersistentVolumeClaim>, ObjectError> {
    let Removal { kind, namespace, .. } = removal;
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(objects.client(), namespace);
    let listed = claims.list(&ListParams::default()).await;
    let listed = listed.map_err(|error| refused(format!("the list of claims of {namespace}"), &error))?;
    let is_own = |claim: &PersistentVolumeClaim| is_labelled(claim, *kind) || is_of_a_server(claim, *kind);
    Ok(listed.into_iter().filter(is_own).collect())
}

fn is_labelled(claim: &PersistentVolumeClaim, kind: Kind) -> bool {
    let name = claim.labels().get("app.kubernetes.io/name");
    claim.labels().get(INSTANCE).is_some_and(|instance| instance == kind.instance())
        && name.is_some_and(|name| matches!(name.as_str(), "mysql" | "mysql-backup"))
}

/// Whether a claim holds a server's data; others of the same labels are somebody's backups or copies.
fn is_of_a_server(claim: &PersistentVolumeClaim, kind: Kind) -> bool {
    let name = claim.name_any();
    match kind {
        Kind::Single => name == kind.first_claim(),
        Kind::Replicated => name.strip_prefix("data-mysql-").is_some_and(|ordinal| ordinal.parse::<u32>().is_ok()),
    }
}

/// The Secret goes with the data that it opens, if this program made it.
async fn passwords(
    objects: &Objects,
    removal: &Removal,
    is_data_left: bool,
    removed: &mut Removed,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<(), DeployError> {
    let secret = object("Secret", &removal.namespace, PASSWORDS);
    let Some(found) = objects.get(&secret).await? else { return Ok(()) };
    let is_own = found.labels().get(INSTANCE).is_some_and(|instance| instance == removal.kind.instance());
    if !removal.with_data || !is_own || is_data_left {
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
        resource: (*resource).to_owned(),
        verb: (*verb).to_owned(),
        namespace: Some(removal.namespace.clone()),
        ..Right::default()
    }));
    rights
}
