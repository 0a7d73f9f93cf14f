//! An installation, step by step. Done again it goes on where it stopped, and brings an older one to this.

use kube::Client;
use serde_json::Value;

use super::plan::Stage;
use super::probe::{self, Trial};
use super::{InstallError, MANAGER, Options, Plan, certificate, checks, rollout};
use crate::objects::{self, Objects, title};

/// What is told meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// An object is as it should be: `Deployment tidegate-system/tidegate`.
    Applied(String),
    /// Something is waited for.
    Waiting(&'static str),
    /// What keeps the gate from answering.
    Obstacle(String),
    /// The password of a trial object was moved, by a dry run.
    Tried,
    /// What could not be tried, and why.
    Untried(String),
}

/// Puts the gate into a cluster.
///
/// # Errors
/// [`InstallError`]. Whatever was applied stays, and a further run goes on with it; no webhook is registered before the
/// gate answers.
pub async fn install(
    client: Client,
    options: &Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), InstallError> {
    let mut plan = Plan::new(options)?;
    let objects = Objects::new(client, MANAGER);
    checks::version(&objects.client()).await?;
    objects::check(&objects, objects::to_apply(plan.objects())).await?;
    checks::nothing_in_the_way(&objects, &plan, &options.namespace).await?;
    if options.image.is_none() {
        let found = objects.get(plan.gate()).await?.ok_or(InstallError::NoImage)?;
        let image = found.data.pointer("/spec/template/spec/containers/0/image").and_then(Value::as_str);
        plan.set_image(image.ok_or(InstallError::NoImage)?);
    }
    for stage in [Stage::Namespace, Stage::Kinds] {
        apply(&objects, &plan, stage, tell).await?;
    }
    rollout::kinds(&objects, &plan).await?;
    for stage in [Stage::Rights, Stage::Around, Stage::Gate] {
        apply(&objects, &plan, stage, tell).await?;
    }
    tell(Progress::Waiting("until the gate answers"));
    rollout::gate(&objects, &plan, options.timeout, tell).await?;
    register(&objects, &plan, options, tell).await
}

async fn apply(
    objects: &Objects,
    plan: &Plan,
    stage: Stage,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), InstallError> {
    for object in plan.of(stage) {
        objects.apply(object).await?;
        tell(Progress::Applied(title(object)));
    }
    Ok(())
}

/// Makes the API server ask the gate, and sees whether it can. Webhooks that were not there before are taken away again
/// if it cannot.
async fn register(
    objects: &Objects,
    plan: &Plan,
    options: &Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), InstallError> {
    let authorities = certificate::authorities(objects, options).await?;
    let mut new = Vec::new();
    for configuration in plan.of(Stage::Webhooks) {
        if objects.get(configuration).await?.is_none() {
            new.push(configuration);
        }
        let mut wanted = configuration.clone();
        if let Some(authorities) = &authorities {
            certificate::believe(&mut wanted, authorities);
        }
        objects.apply(&wanted).await?;
        tell(Progress::Applied(title(configuration)));
        if options.cert_manager {
            certificate::injected(objects, configuration).await?;
        }
    }
    tell(Progress::Waiting("until the API server calls it"));
    match probe::run(objects).await {
        Trial::Repaired | Trial::Refused => tell(Progress::Tried),
        Trial::Unclear(why) => tell(Progress::Untried(why)),
        Trial::NotCalled(problem) => {
            let are_removed = !new.is_empty();
            for configuration in new {
                objects.delete(configuration).await?;
            }
            return Err(InstallError::NotCalled { problem, are_removed });
        }
    }
    Ok(())
}
