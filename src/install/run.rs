//! An installation, step by step. Done again it goes on where it stopped, and brings an older one to this.

use std::time::Duration;

use super::plan::Stage;
use super::probe::{self, Trial};
use super::{InstallError, MANAGER, Options, Plan, certificate, checks, live, rights, rollout};
use crate::objects::{Objects, title};
use kube::Client;

/// How often somebody else may be faster to change an object that was read.
const TRIES: u32 = 10;
const AGAIN: Duration = Duration::from_millis(500);

/// What is told meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// An object is as it should be: `Deployment tidegate-system/tidegate`.
    Applied(String),
    /// Something is waited for.
    Waiting(&'static str),
    /// What keeps the gate from answering.
    Obstacle(String),
    /// What stays in webhooks as it was written there, though it is otherwise in `webhook-deploy/`.
    Kept(String),
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
    let is_asked_for = options.cert_manager;
    let plan = Plan::new(&options)?;
    let objects = Objects::new(client, MANAGER);
    checks::version(&objects.client()).await?;
    rights::check(&objects, &plan, &options).await?;
    checks::ownership(&objects, &plan, &options.namespace).await?;
    checks::nothing_in_the_way(&objects, &plan, &options.namespace).await?;
    if let Some(found) = objects.get(plan.gate()).await? {
        options.keep(&found.data);
    }
    if options.image.is_none() {
        return Err(InstallError::NoImage);
    }
    let (plan, is_kept) = (Plan::new(&options)?, options.cert_manager && !is_asked_for);
    if is_kept {
        rights::check(&objects, &plan, &options).await?;
    }
    certificate::stays_whose_it_is(&objects, &plan, &options).await?;
    if options.cert_manager {
        checks::cert_manager(&objects.client(), is_kept).await?;
    } else {
        certificate::known(&objects, &plan, &options).await?;
    }
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
    let authorities = certificate::authorities(objects, plan, options).await?;
    let mut new = Vec::new();
    for configuration in plan.of(Stage::Webhooks) {
        let in_force = objects.get(configuration).await?.filter(|found| !probe::is_for_trial(&found.data));
        let mut wanted = configuration.clone();
        if let Some(authorities) = &authorities {
            certificate::believe(&mut wanted, authorities);
        }
        if let Some(found) = in_force {
            let kept = live::keep(&mut wanted, &found.data);
            objects.apply(&wanted).await?;
            tell(Progress::Applied(title(configuration)));
            if !kept.is_empty() {
                tell(Progress::Kept(kept.join(", ")));
            }
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
    end_trial(objects, plan).await
}

/// What the gate added to its webhooks during a trial, this one's or an earlier one's, has the selector of the trial, and
/// applying does not reach it.
async fn end_trial(objects: &Objects, plan: &Plan) -> Result<(), InstallError> {
    for configuration in plan.of(Stage::Webhooks) {
        let mut tries = 0;
        while let Some(mut found) = objects.get(configuration).await? {
            if !probe::lift(&mut found.data) {
                break;
            }
            tries += 1;
            match objects.replace(&found, configuration).await {
                Ok(()) => break,
                // The gate writes there too, and was faster.
                Err(_) if tries < TRIES => tokio::time::sleep(AGAIN).await,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}
