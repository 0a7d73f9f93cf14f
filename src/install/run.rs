//! An installation, step by step. Done again it goes on where it stopped, and brings an older one to this.

use super::plan::Stage;
use super::probe::{self, Trial};
use super::{InstallError, MANAGER, Options, Plan, certificate, checks, rollout};
use crate::objects::{self, Objects, title};
use kube::Client;

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
    let mut options = options.clone();
    let plan = Plan::new(&options)?;
    let objects = Objects::new(client, MANAGER);
    checks::version(&objects.client()).await?;
    let (wanted, granted) = (objects::to_apply(plan.objects()), objects::granted_by(plan.objects()));
    objects::check_with_grants(&objects, wanted, granted).await?;
    checks::ownership(&objects, &plan, &options.namespace).await?;
    checks::nothing_in_the_way(&objects, &plan, &options.namespace).await?;
    if let Some(found) = objects.get(plan.gate()).await? {
        options.keep(&found.data);
    }
    if options.image.is_none() {
        return Err(InstallError::NoImage);
    }
    if options.cert_manager {
        checks::cert_manager(&objects.client()).await?;
    }
    let plan = Plan::new(&options)?;
    // One that is there and was not made for the gate stays as it is: others are in it.
    if checks::may_label_namespace(&objects, &plan).await? {
        apply(&objects, &plan, Stage::Namespace, tell).await?;
    }
    apply(&objects, &plan, Stage::Kinds, tell).await?;
    rollout::kinds(&objects, &plan).await?;
    for stage in [Stage::Rights, Stage::Around, Stage::Gate] {
        apply(&objects, &plan, stage, tell).await?;
    }
    tell(Progress::Waiting("until the gate answers"));
    rollout::gate(&objects, &plan, options.timeout, tell).await?;
    register(&objects, &plan, &options, tell).await
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

/// Makes the API server ask the gate, and sees whether it can. Webhooks that were not there before are registered for the
/// trial's object alone until then, so that nobody is held up whenever this ends; if the API server cannot call the gate,
/// they are taken away again.
async fn register(
    objects: &Objects,
    plan: &Plan,
    options: &Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), InstallError> {
    let authorities = certificate::authorities(objects, options).await?;
    let mut new = Vec::new();
    for configuration in plan.of(Stage::Webhooks) {
        let is_in_force = objects.get(configuration).await?.is_some_and(|found| !probe::is_for_trial(&found.data));
        let mut wanted = configuration.clone();
        if let Some(authorities) = &authorities {
            certificate::believe(&mut wanted, authorities);
        }
        if is_in_force {
            objects.apply(&wanted).await?;
            tell(Progress::Applied(title(configuration)));
        } else {
            objects.apply(&probe::for_trial(&wanted)).await?;
            new.push(wanted);
        }
        if options.cert_manager {
            certificate::injected(objects, configuration).await?;
        }
    }
    tell(Progress::Waiting("until the API server calls it"));
    let told = match probe::run(objects).await {
        Trial::Repaired | Trial::Refused => Progress::Tried,
        Trial::Unclear(why) => Progress::Untried(why),
        Trial::NotCalled(problem) => {
            let are_removed = !new.is_empty();
            for configuration in new {
                objects.delete(&configuration).await?;
            }
            return Err(InstallError::NotCalled { problem, are_removed });
        }
    };
    tell(told);
    for configuration in new {
        objects.apply(&configuration).await?;
        tell(Progress::Applied(title(&configuration)));
    }
    Ok(())
}
