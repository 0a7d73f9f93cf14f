//! A deployment, step by step. Done again it goes on where it stopped.

use std::collections::BTreeSet;

use kube::Client;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::found::Stored;
use super::{DeployError, Done, MANAGER, Options, Plan, Progress, change, claims, passwords, rollout, smoke};
use crate::objects::{self, ObjectError, Objects, Right, title};

/// Puts a database into a cluster, waits until it is ready, and tries it. What is there already stays as it is, but for
/// what the options ask for.
///
/// # Errors
/// [`DeployError`]. Whatever was applied stays, and a further run goes on with it.
pub async fn deploy(
    client: Client,
    asked: Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Done, DeployError> {
    let objects = Objects::new(client, MANAGER);
    let mut options = asked.clone();
    let first = Plan::new(&options)?;
    objects::check(&objects, rights(&first, &options)).await?;
    let stored = Stored::read(&objects, &first, &options).await?;
    stored.nothing_in_the_way(&first, &options)?;
    stored.keep(&first, &mut options)?;
    if !stored.has_volumes(&first) {
        claims::choose_class(&objects, &mut options).await?;
    }
    let plan = Plan::new(&options)?;
    let class = plan.around().filter(|object| object["kind"] == "StorageClass");
    match objects::check(&objects, objects::to_apply(class)).await {
        Err(ObjectError::Rights(_)) => return Err(DeployError::NoRightToClass),
        checked => checked?,
    }
    if !stored.has_namespace {
        objects::check(&objects, objects::to_apply([plan.namespace()].into_iter())).await?;
    }
    if !has_gate(&objects).await? {
        tell(Progress::NoGate);
    }
    if !stored.has_namespace {
        apply(&objects, plan.namespace(), tell).await?;
    }
    tell(Progress::Passwords(passwords::provide(&objects, &options).await?));
    for object in plan.objects().filter(|object| object["kind"] != "Namespace") {
        match stored.get(object) {
            None => apply(&objects, object, tell).await?,
            Some(found) => bring(&objects, object, found, &asked, tell).await?,
        }
    }
    rollout::wait(&objects, &plan, &options, tell).await?;
    tell(Progress::Ready);
    smoke::run(&objects, &plan, &options, tell).await
}

async fn apply(objects: &Objects, object: &Value, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<(), DeployError> {
    objects.apply(object).await?;
    tell(Progress::Applied(title(object)));
    Ok(())
}

/// An object that is there: changed where that was asked for, and renewed as a whole only if that was.
async fn bring(
    objects: &Objects,
    object: &Value,
    found: &DynamicObject,
    asked: &Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), DeployError> {
    let kind = object["kind"].as_str().unwrap_or_default();
    // On its way out, from a lost node perhaps for ever: a further run makes it anew, and nothing waits for it.
    if kind == "Pod" && found.metadata.deletion_timestamp.is_some() {
        return Ok(());
    }
    if kind == "Pod" && matches!(found.data["status"]["phase"].as_str(), Some("Failed" | "Succeeded")) {
        objects.delete(object).await?;
        return apply(objects, object, tell).await;
    }
    // A claim's class never changes, and of a Pod only the image does.
    if asked.renew && !matches!(kind, "PersistentVolumeClaim" | "Pod") {
        return apply(objects, object, tell).await;
    }
    if change::change(objects, object, found, asked).await? {
        tell(Progress::Applied(title(object)));
    }
    Ok(())
}

/// What it takes in the namespace: to apply and change everything, to make the Secret, to look at pods and replace those
/// that cannot start, and to run the client in a server's.
fn rights(plan: &Plan, options: &Options) -> BTreeSet<Right> {
    let mut rights = objects::to_apply(plan.own());
    rights.extend(objects::to_replace(plan.own()));
    let also = [
        ("secrets", "get"),
        ("secrets", "create"),
        ("pods", "list"),
        ("pods", "delete"),
        ("pods/exec", "get"),
        ("pods/exec", "create"),
    ];
    rights.extend(also.into_iter().map(|(resource, verb)| Right {
        resource: resource.to_owned(),
        verb: verb.to_owned(),
        namespace: Some(options.namespace.clone()),
        ..Right::default()
    }));
    rights
}

/// Whether a gate is asked about what is applied.
async fn has_gate(objects: &Objects) -> Result<bool, ObjectError> {
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": { "name": "tidegate" },
    });
    match objects.get(&configuration).await {
        Ok(found) => Ok(found.is_some()),
        // Who may not look is not told that there is none.
        Err(ObjectError::Refused { .. }) => Ok(true),
        Err(other) => Err(other),
    }
}
