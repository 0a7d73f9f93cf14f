//! Volumes: of which class they can be, and why they are not there yet.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Event, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::{CSIDriver, StorageClass};
use kube::api::{Api, ListParams, ObjectMeta};

use super::{DeployError, Options};
use crate::objects::Objects;

/// The class of `manifests/`, and its driver.
const CLASS: &str = "mysql-gp2";
const DRIVER: &str = "ebs.csi.aws.com";
/// Which class is taken by claims that name none.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// Whether volumes can come into being. The class of `manifests/` is made only where there is none of its name: one that
/// is there cannot be changed, and is somebody's choice.
///
/// # Errors
/// [`DeployError::NoClass`], [`DeployError::NoDriver`].
pub(super) async fn choose_class(objects: &Objects, options: &mut Options) -> Result<(), DeployError> {
    let classes: Api<StorageClass> = Api::all(objects.client());
    // Who may not look is not held up: the volumes will say what is wrong.
    let Ok(classes) = classes.list(&ListParams::default()).await else { return Ok(()) };
    let has = |name: &str| classes.iter().any(|class| class.metadata.name.as_deref() == Some(name));
    let there = || classes.iter().map(|class| described(&class.metadata)).collect();
    match &options.storage_class {
        Some(name) if has(name) => Ok(()),
        Some(name) => Err(DeployError::NoClass { name: name.clone(), there: there() }),
        None if has(CLASS) => {
            options.storage_class = Some(CLASS.to_owned());
            Ok(())
        }
        None => {
            let drivers: Api<CSIDriver> = Api::all(objects.client());
            match drivers.get_opt(DRIVER).await {
                Ok(None) => Err(DeployError::NoDriver { there: there() }),
                _ => Ok(()),
            }
        }
    }
}

fn described(class: &ObjectMeta) -> String {
    let name = class.name.clone().unwrap_or_default();
    let is_default =
        class.annotations.as_ref().is_some_and(|all| all.get(DEFAULT).is_some_and(|value| value == "true"));
    if is_default { format!("{name} (the default)") } else { name }
}

/// The claims that have no volume, each with what its Events say last.
pub(super) async fn pending(objects: &Objects, namespace: &str) -> BTreeMap<String, String> {
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(objects.client(), namespace);
    // Who may not look at them waits without being told.
    let Ok(claims) = claims.list(&ListParams::default()).await else { return BTreeMap::new() };
    let is_pending = |claim: &&PersistentVolumeClaim| {
        claim.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Pending")
    };
    let waiting: Vec<String> =
        claims.iter().filter(is_pending).filter_map(|claim| claim.metadata.name.clone()).collect();
    if waiting.is_empty() {
        return BTreeMap::new();
    }
    let mut said = last_events(objects, namespace, "involvedObject.kind=PersistentVolumeClaim").await;
    let unknown = || "it has no volume, and its Events say nothing".to_owned();
    waiting.into_iter().map(|name| (name.clone(), said.remove(&name).unwrap_or_else(unknown))).collect()
}

/// What was said last of each object, by the Events with these fields.
pub(super) async fn last_events(objects: &Objects, namespace: &str, fields: &str) -> BTreeMap<String, String> {
    let events: Api<Event> = Api::namespaced(objects.client(), namespace);
    let wanted = ListParams::default().fields(fields);
    let Ok(events) = events.list(&wanted).await else { return BTreeMap::new() };
    let mut events = events.items;
    let at = |event: &Event| {
        let series = event.series.as_ref().and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
        let last = series.or(event.last_timestamp.as_ref().map(|time| time.0));
        let made = event.metadata.creation_timestamp.as_ref().map(|time| time.0);
        last.or(event.event_time.as_ref().map(|time| time.0)).or(made)
    };
    // What went wrong is worth more than that something is waited for, which is said again and again.
    events.sort_by_key(|event| (event.type_.as_deref() == Some("Warning"), at(event)));
    let said = |event: Event| Some((event.involved_object.name?, event.message?.trim().to_owned()));
    events.into_iter().filter_map(said).collect()
}
