//! Keeps the webhook configurations of a cluster as the policies in force need them.
//!
//! One replica does it. A set of policies is in force here before its webhooks ask for more, and still in force
//! elsewhere for as long as the replicas take to agree: until then another replica passes unjudged what it knows no
//! policy for. While a policy of the cluster is missing here, nothing is taken out: the others may have it, and their
//! objects must not pass unasked because this replica could not load it. What is written by hand, or by `kubectl apply`
//! of the shipped files, is brought back at the next look.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, PostParams};
use kube::{Client, Error};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::derive::{Derived, derive};
use super::gap::Gap;
use super::merge::merge;
use super::problem::{Nature, Problem};
use super::sent::Sent;
use super::template::{Phase, Templates};
use super::widen::widened;
use crate::cluster::discover;
use crate::leadership::{Leadership, RENEWAL};
use crate::policy::PolicySet;
use crate::resources::Resources;

/// The Lease by which the replicas agree on who writes.
const LEASE: &str = "tidegate-webhooks";
/// From one look at the configurations to the next, so that what was changed by hand is brought back within a minute.
const LOOK: Duration = Duration::from_secs(20);
/// When something is tried again that does not mend itself: a right, a configuration that is not there.
const RETRY: Duration = Duration::from_mins(1);
/// For how long one look may take: it must end before the Lease does (15 s).
const LONGEST_LOOK: Duration = Duration::from_secs(8);
/// How much of that telling the policies' objects may take.
const LONGEST_TELLING: Duration = Duration::from_secs(3);
/// How often a write is tried when somebody else is faster.
const TRIES: usize = 3;
/// Configurations without this label are none of the gate's.
const LABEL: (&str, &str) = ("app.kubernetes.io/name", "tidegate");

/// Which configurations are kept current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The name of both.
    pub name: String,
    /// The namespace of the Lease: the gate's own.
    pub namespace: String,
    /// Who this replica is, among the others.
    pub identity: String,
}

/// What is in force in this replica.
#[derive(Clone)]
pub struct InForce {
    /// The set.
    pub policies: Arc<PolicySet>,
    /// Whether it has every policy that the cluster wants in force. If not, other replicas may have more.
    pub is_whole: bool,
}

/// Keeps them current.
pub struct Keeper {
    client: Client,
    choice: Choice,
    templates: Templates,
    /// Each set once it is in force.
    policies: watch::Receiver<InForce>,
    /// Whether the last one was whole.
    is_whole: bool,
    /// What the cluster was seen to have. A group that cannot be asked for a while is still there.
    resources: Resources,
    /// What policies are not asked about, as it was told last.
    gaps: Vec<Gap>,
    /// The same, as it stands in the policies' status.
    sent: Sent,
    /// Why it does not, as the log was told last.
    untold: Option<Problem>,
    /// The problem that the log was told of last, until it is over.
    told: Option<Problem>,
}

impl Keeper {
    /// Gets each set of policies once it is in force: what no policy of a whole set judges is not asked about any more.
    ///
    /// # Errors
    /// [`Problem`] if this program's templates cannot be read.
    pub fn new(client: Client, choice: Choice, policies: watch::Receiver<InForce>) -> Result<Self, Problem> {
        Ok(Self {
            templates: Templates::embedded()?,
            sent: Sent::new(client.clone()),
            client,
            choice,
            policies,
            is_whole: true,
            resources: Resources::default(),
            gaps: Vec::new(),
            untold: None,
            told: None,
        })
    }

    /// Goes on until `stopping` is true. What cannot be done now is tried again.
    pub async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        tokio::select! {
            () = self.again_and_again() => {}
            // An error means that nobody is left who could say it.
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }

    async fn again_and_again(&mut self) {
        loop {
            let Err(problem) = self.keep().await;
            match problem.nature {
                _ if self.told.as_ref() == Some(&problem) => {}
                Nature::NothingToKeep => tracing::info!("no webhook configuration is kept current: {problem}"),
                _ => tracing::warn!("the webhook configurations are not kept current: {problem}"),
            }
            let pause = if problem.nature == Nature::Passing { RENEWAL } else { RETRY };
            self.told = Some(problem);
            sleep(pause).await;
        }
    }

    /// Looks again and again while this replica leads. Nobody leads where there is nothing to keep.
    async fn keep(&mut self) -> Result<Infallible, Problem> {
        for phase in [Phase::Mutating, Phase::Validating] {
            self.read(phase).await?;
        }
        let Choice { namespace, identity, .. } = &self.choice;
        let mut leadership = Leadership::new(self.client.clone(), namespace, LEASE, identity.clone());
        let mut due = Instant::now();
        loop {
            let held = timeout(RENEWAL, leadership.is_held()).await.map_err(|_| Problem::no_answer())?;
            let leads = held.map_err(|error| Problem::of_lease(&error))?;
            let is_new = self.policies.has_changed().unwrap_or(false);
            if leads && (is_new || due <= Instant::now()) {
                timeout(LONGEST_LOOK, self.look()).await.map_err(|_| Problem::no_answer())??;
                due = Instant::now() + LOOK;
                self.told = None;
            }
            tokio::select! {
                () = sleep(RENEWAL) => {}
                // Without a sender the set stays as it is.
                Ok(()) = self.policies.changed(), if leads => due = Instant::now(),
            }
        }
    }

    async fn look(&mut self) -> Result<(), Problem> {
        let InForce { policies, is_whole } = self.policies.borrow_and_update().clone();
        if self.is_whole && !is_whole {
            tracing::info!(
                "not every policy of the cluster is in force here: until it is, nothing is taken out of the webhook \
                 configurations"
            );
        }
        self.is_whole = is_whole;
        if policies.iter().any(|policy| policy.is_general()) {
            self.resources.extend(discover(self.client.clone()).await.map_err(|error| Problem::of_discovery(&error))?);
        }
        let derived = derive(&self.templates, &policies, &self.resources);
        self.tell(&derived);
        for phase in [Phase::Mutating, Phase::Validating] {
            self.bring(phase, derived.of(phase)).await?;
        }
        self.tell_objects(&policies, &derived.gaps).await;
        Ok(())
    }

    /// Tells once what policies are not asked about.
    fn tell(&mut self, derived: &Derived) {
        for gap in derived.gaps.iter().filter(|gap| !self.gaps.contains(gap)) {
            tracing::warn!(policy = gap.policy(), "{gap}");
        }
        self.gaps.clone_from(&derived.gaps);
    }

    /// Tells the policies' objects the same. The configurations are kept whether that can be written or not.
    async fn tell_objects(&mut self, policies: &PolicySet, gaps: &[Gap]) {
        let untold = match timeout(LONGEST_TELLING, self.sent.tell(policies, gaps)).await {
            Ok(told) => told.err().map(|error| Problem::of_status(&error)),
            Err(_) => Some(Problem::no_answer()),
        };
        if let Some(problem) = untold.as_ref().filter(|problem| self.untold.as_ref() != Some(problem)) {
            tracing::warn!("the status of policies does not say whether they are asked: {problem}");
        }
        self.untold = untold;
    }

    /// Brings a configuration to what is wanted, if it is not so already.
    async fn bring(&self, phase: Phase, wanted: &Value) -> Result<(), Problem> {
        let written = PostParams { field_manager: Some("tidegate".to_owned()), ..PostParams::default() };
        for _ in 0..TRIES {
            let live = self.read(phase).await?;
            let wanted = if self.is_whole {
                Cow::Borrowed(wanted)
            } else {
                Cow::Owned(widened(&live.data, wanted, &self.templates, phase))
            };
            let Some(merged) = merge(&live.data, &wanted, &self.templates, phase)? else { return Ok(()) };
            let wanted = DynamicObject { data: merged, ..live };
            match self.api(phase).replace(&self.choice.name, &written, &wanted).await {
                Ok(_) => {
                    tracing::info!(kind = phase.kind(), "the webhook configuration asks for what policies judge");
                    return Ok(());
                }
                // Somebody else was faster.
                Err(Error::Api(status)) if status.is_conflict() => {}
                Err(error) => return Err(Problem::of_configuration(&error, phase.kind())),
            }
        }
        Err(Problem::contended(phase.kind()))
    }

    async fn read(&self, phase: Phase) -> Result<DynamicObject, Problem> {
        let (kind, name) = (phase.kind(), &self.choice.name);
        let read = timeout(LONGEST_LOOK, self.api(phase).get_opt(name)).await.map_err(|_| Problem::no_answer())?;
        let found = read.map_err(|error| Problem::of_configuration(&error, kind))?;
        let found = found.ok_or_else(|| Problem::absent(kind, name))?;
        let (key, value) = LABEL;
        let labels = found.metadata.labels.as_ref();
        if labels.and_then(|labels| labels.get(key)).is_none_or(|label| label != value) {
            return Err(Problem::not_ours(kind, name, &format!("{key}={value}")));
        }
        Ok(found)
    }

    fn api(&self, phase: Phase) -> Api<DynamicObject> {
        let kind = GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", phase.kind());
        Api::all_with(self.client.clone(), &ApiResource::from_gvk(&kind))
    }
}
