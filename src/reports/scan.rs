//! One look at every object of a cluster, at a pace that nobody notices.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::content::{Content, report_name, subject};
use super::problem::Problem;
use super::store::Store;
use crate::audit::policy_report::ReportApi;
use crate::audit::{ClusterAudit, ObjectReport, Options, is_judged, judge_stored};
use crate::cluster::{Extent, Listing, Unlisted, Wanted, discover};
use crate::lookup::{Lookup, ResourceType};
use crate::policy::CurrentPolicies;

/// Goes through a cluster.
pub(super) struct Scanner {
    client: Client,
    store: Store,
    rate: NonZeroU16,
    policies: Arc<CurrentPolicies>,
    lookup: Arc<dyn Lookup>,
}

/// What a scan came to.
#[derive(Default)]
struct Progress {
    judged: usize,
    written: usize,
    removed: usize,
    /// The first thing that went wrong, or that the API server is in trouble.
    problem: Option<Problem>,
}

impl Scanner {
    pub(super) fn new(
        client: Client,
        api: ReportApi,
        rate: NonZeroU16,
        policies: Arc<CurrentPolicies>,
        lookup: Arc<dyn Lookup>,
    ) -> Self {
        Self { store: Store::new(client.clone(), api), client, rate, policies, lookup }
    }

    /// Looks at every object once, and returns what went wrong.
    pub(super) async fn scan(&self) -> Option<Problem> {
        let mut known = match self.store.known().await {
            Ok(known) => known,
            Err(problem) => return Some(problem),
        };
        let also = match self.general_types().await {
            Ok(also) => also,
            // Else what was said of their objects would be taken away.
            Err(problem) => return Some(problem),
        };
        let (mut progress, mut pace) = (Progress::default(), self.pace());
        let (mut objects, listing) = self.list(also);
        while let Some(object) = objects.recv().await {
            let Some(subject) = subject(&object) else { continue };
            let place = (subject.namespace.clone(), report_name(&subject));
            pace.tick().await;
            progress.judged += 1;
            let Some(report) = self.judge(object, &mut progress).await else {
                // What was said of it stays.
                known.remove(&place);
                continue;
            };
            let Some(content) = Content::of(subject, &report) else { continue };
            let written = self.store.write(&content, known.remove(&place).as_ref()).await;
            progress.written += usize::from(progress.note(written));
            if progress.is_in_vain() {
                return progress.problem;
            }
        }
        let Ok(unlisted) = listing.await else { return progress.problem.or_else(|| Some(Problem::no_answer())) };
        let unseen = Unseen::of(&unlisted);
        if let Some(unlisted) = unlisted.first() {
            progress.problem.get_or_insert(Problem::of_unlisted(unlisted));
        }
        // What is left belongs to objects that are gone, or that no policy judges any more.
        for (place, report) in known.iter().filter(|(_, report)| !unseen.may_hold(&report.kind)) {
            pace.tick().await;
            let removed = self.store.remove(place, report).await;
            progress.removed += usize::from(progress.note(removed));
            if progress.is_in_vain() {
                return progress.problem;
            }
        }
        let Progress { judged, written, removed, problem } = progress;
        tracing::info!(judged, written, removed, "scanned the cluster for reports");
        problem
    }

    /// So many objects a second. A burst after a pause would be one all the same.
    fn pace(&self) -> Interval {
        let mut pace = interval(Duration::from_secs(1) / u32::from(self.rate.get()));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pace
    }

    /// The types that policies judge whatever they have to do with.
    async fn general_types(&self) -> Result<BTreeSet<ResourceType>, Problem> {
        let policies = self.policies.get();
        if !policies.has_general() {
            return Ok(BTreeSet::new());
        }
        let resources = discover(self.client.clone()).await.map_err(Problem::of_discovery)?;
        Ok(policies.general_types(&resources))
    }

    /// Lists what is judged, no faster than it is taken: never is more than a page of it in memory.
    fn list(&self, also: BTreeSet<ResourceType>) -> (mpsc::Receiver<Value>, JoinHandle<Vec<Unlisted>>) {
        let (sender, receiver) = mpsc::channel(1);
        let policies = self.policies.get();
        let wanted = ClusterAudit::new(&policies, also, false, Options::default()).wanted();
        let wanted: Vec<Wanted> = wanted.into_iter().map(|(kind, fields)| Wanted { kind, fields }).collect();
        let listing = Listing::new(self.client.clone(), Handle::current(), Extent::default(), || false);
        let mut take = move |object: Value| {
            if !is_judged(&object, &policies) || sender.blocking_send(object).is_ok() {
                ControlFlow::Continue(())
            } else {
                // Nobody takes any more.
                ControlFlow::Break(())
            }
        };
        (receiver, spawn_blocking(move || listing.read(&wanted, &mut take)))
    }

    /// Judges on a thread that may block, one object at a time; none if that cannot be done.
    async fn judge(&self, object: Value, progress: &mut Progress) -> Option<ObjectReport> {
        let (policies, lookup) = (self.policies.get(), Arc::clone(&self.lookup));
        match spawn_blocking(move || judge_stored(&object, &policies, &lookup)).await {
            Ok(Ok(report)) => Some(report),
            Ok(Err(misfit)) => {
                progress.problem.get_or_insert(Problem::of_object(&misfit));
                None
            }
            // A panic was logged, by its place.
            Err(_) => None,
        }
    }
}

impl Progress {
    /// Whether the next object would only wait as long for the same answer.
    fn is_in_vain(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_passing)
    }

    /// Whether something was done.
    fn note(&mut self, done: Result<bool, Problem>) -> bool {
        match done {
            Ok(done) => done,
            Err(problem) => {
                if problem.is_passing || self.problem.is_none() {
                    self.problem = Some(problem);
                }
                false
            }
        }
    }
}

/// Kinds of which not every object was seen.
struct Unseen {
    any: bool,
    kinds: BTreeSet<String>,
}

impl Unseen {
    fn of(unlisted: &[Unlisted]) -> Self {
        Self {
            any: unlisted.iter().any(|unlisted| unlisted.kind.is_none()),
            kinds: unlisted.iter().filter_map(|unlisted| unlisted.kind.clone()).collect(),
        }
    }

    fn may_hold(&self, kind: &str) -> bool {
        self.any || self.kinds.contains(kind)
    }
}
