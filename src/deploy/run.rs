//! A deployment, step by step. Done again it goes on where it stopped.

use std::collections::BTreeSet;

use kube::Client;
use serde_json::json;

use super::{DeployError, Done, MANAGER, Options, Plan, Progress, claims, found, passwords, rollout, smoke};
use crate::objects::{self, ObjectError, Objects, Right, title};

/// Puts a database into a cluster, waits until it is ready, and tries it.
///
/// # Errors
/// [`DeployError`]. Whatever was applied stays, and a further run goes on with it.
pub async fn deploy(
    client: Client,
    mut options: Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Done, DeployError> {
    let objects = Objects::new(client, MANAGER);
    let plan = Plan::new(&options)?;
    objects::check(&objects, rights(&plan, &options)).await?;
    found::nothing_in_the_way(&objects, &plan, &options).await?;
    found::keep(&objects, &plan, &mut options).await?;
    claims::choose_class(&objects, &mut options).await?;
    let plan = Plan::new(&options)?;
    if !has_gate(&objects).await? {
        tell(Progress::NoGate);
    }
    apply(&objects, plan.namespace(), tell).await?;
    let are_new = passwords::provide(&objects, &options).await?;
    tell(Progress::Passwords { are_new });
    for object in plan.objects().filter(|object| object["kind"] != "Namespace") {
        apply(&objects, object, tell).await?;
    }
    rollout::wait(&objects, &plan, &options, tell).await?;
    tell(Progress::Ready);
    smoke::run(&objects, &plan, &options, tell).await
}

async fn apply(
    objects: &Objects,
    object: &serde_json::Value,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), DeployError> {
    objects.apply(object).await?;
    tell(Progress::Applied(title(object)));
    Ok(())
}

/// What it takes: to apply everything, to make the Secret, to look at pods, and to run the client in one.
fn rights(plan: &Plan, options: &Options) -> BTreeSet<Right> {
    let mut rights = objects::to_apply(plan.objects());
    let also =
        [("secrets", "get"), ("secrets", "create"), ("pods", "list"), ("pods/exec", "get"), ("pods/exec", "create")];
    rights.extend(also.into_iter().map(|(resource, verb)| Right {
        group: String::new(),
        resource: resource.to_owned(),
        verb,
        namespace: Some(options.namespace.clone()),
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
