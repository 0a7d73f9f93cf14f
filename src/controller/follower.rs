//! Brings what the objects say into force: loads beside the set in force, swaps the set whole, and says what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::Client;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval, sleep, sleep_until, timeout, timeout_at};

use super::Announce;
use super::code_version::code_version;
use super::exceptions::Exceptions;
use super::in_force::InForceHere;
use super::objects::{Load, Objects};
use super::permits::Permits;
use super::rights::missing;
use super::standing::Failure;
use super::stored::StoredPolicy;
use super::told::ToldPolicies;
use super::watched::Known;
use crate::cluster::Types;
use crate::metrics::PolicyMetrics;
use crate::policy::{CLUSTER, CurrentPolicies, InstalledPolicy, PolicySet};
use crate::wasm::Loader;

/// How long the start waits for the API server to say which objects there are.
const FIRST_LIST: Duration = Duration::from_secs(10);
/// How long the start waits for code that is downloaded and compiled. Python's largest takes seconds.
const FIRST_LOADS: Duration = Duration::from_secs(30);
/// How long the others wait for the slowest of those that changed together.
const STRAGGLERS: Duration = Duration::from_secs(5);
/// What changes within this time is put in force together: `kubectl apply` sends one object after the other.
const TOGETHER: Duration = Duration::from_millis(300);
/// How often ConfigMaps with code are looked at.
const CODE_CHECK: Duration = Duration::from_secs(10);
/// Every how many such looks rights that are missing are asked for again: once a minute.
const RIGHTS_CHECK: u32 = 6;
/// How long one question to the API server may take.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// What the follower is given.
pub(super) struct Given {
    pub(super) client: Client,
    pub(super) loader: Loader,
    /// The set of files and of the program, which is in force now.
    pub(super) beneath: Arc<PolicySet>,
    pub(super) current: Arc<CurrentPolicies>,
    pub(super) metrics: PolicyMetrics,
    /// Is told of each set that is put in force.
    pub(super) announce: Announce,
    /// Where what became of each object is announced.
    pub(super) here: watch::Sender<Arc<InForceHere>>,
    /// Becomes true when the gate has in force what it can have for now.
    pub(super) first: watch::Sender<bool>,
}

/// Follows the objects.
pub(super) struct Follower {
    given: Given,
    types: Types,
    objects: Objects,
    exceptions: Exceptions,
    revision: String,
    /// Whether the set in force has every policy that the cluster wants, as it was announced last.
    is_whole: Option<bool>,
    told: ToldPolicies,
    work: JoinSet<Done>,
    permits: Permits,
}

/// What was done beside.
enum Done {
    Loaded {
        load: Box<Load>,
        code_version: Option<String>,
        loaded: Box<Result<InstalledPolicy, Failure>>,
        missing: Option<String>,
    },
    CodeChanged(Vec<String>),
    Rights(Vec<(String, Option<String>)>),
}

impl Follower {
    pub(super) fn new(given: Given) -> Self {
        let (revision, types) = (given.beneath.revision(), Types::new(given.client.clone()));
        Self {
            given,
            types,
            objects: Objects::default(),
            exceptions: Exceptions::default(),
            revision,
            is_whole: None,
            told: ToldPolicies::default(),
            work: JoinSet::new(),
            permits: Permits::default(),
        }
    }

    /// Goes on for as long as somebody says what there is.
    pub(super) async fn run(mut self, mut policies: watch::Receiver<Known>, mut excepted: watch::Receiver<Known>) {
        let listed = async {
            let _ = policies.wait_for(Known::is_settled).await;
            let _ = excepted.wait_for(Known::is_settled).await;
        };
        if timeout(FIRST_LIST, listed).await.is_err() {
            tracing::warn!(
                "the API server did not say within {} s which policies it has: until it does, those of files and of the \
                 program are in force",
                FIRST_LIST.as_secs()
            );
        }
        let mut limit = FIRST_LOADS;
        let mut checks = interval(CODE_CHECK);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut count = 0_u32;
        loop {
            let known = policies.borrow_and_update().clone();
            self.objects.observe(known.objects().map(|(_, object)| StoredPolicy::from(object)).collect());
            let begun = self.begin_loads();
            self.gather(begun, limit).await;
            let is_whole = known.is_settled() && self.objects.are_all_in_force();
            let known = excepted.borrow_and_update().clone();
            let next_end = self.put_in_force(&known, is_whole);
            self.given.first.send_replace(true);
            limit = STRAGGLERS;
            let occasion = self.next_occasion(next_end);
            tokio::select! {
                changed = policies.changed() => if changed.is_err() { return } else { sleep(TOGETHER).await },
                changed = excepted.changed() => if changed.is_err() { return } else { sleep(TOGETHER).await },
                Some(done) = self.work.join_next() => self.take(done),
                () = sleep_until(occasion.into()) => {}
                _ = checks.tick() => {
                    self.begin_code_check();
                    if count.is_multiple_of(RIGHTS_CHECK) {
                        self.begin_rights_check();
                    }
                    count = count.wrapping_add(1);
                }
            }
        }
    }

    /// When something is to be done although nothing changed.
    fn next_occasion(&self, next_end: Option<Timestamp>) -> Instant {
        let now = Instant::now();
        let end =
            next_end.map(|end| now + Duration::try_from(end.duration_since(Timestamp::now())).unwrap_or_default());
        let far = now + Duration::from_hours(1);
        [self.objects.next_try(), end].into_iter().flatten().min().unwrap_or(far).min(far)
    }

    /// Begins to load what is due, and says what that is.
    fn begin_loads(&mut self) -> BTreeSet<String> {
        let mut begun = BTreeSet::new();
        for load in self.objects.due(Instant::now()) {
            let (client, loader, types) = (self.given.client.clone(), self.given.loader.clone(), self.types.clone());
            let permits = self.permits.clone();
            begun.insert(load.version.clone());
            self.work.spawn(async move {
                let permit = permits.acquire(&load.document.spec.module).await;
                let code_version = timeout(CALL_LIMIT, code_version(&client, &load.document)).await.ok().flatten();
                let document = load.document.clone();
                let loaded = spawn_blocking(move || loader.install_aside(CLUSTER, &document)).await;
                let loaded = match loaded {
                    Ok(loaded) => loaded.map_err(|error| Failure::from(&error)),
                    Err(_) => Err(Failure::of_ours()),
                };
                drop(permit);
                let reads = &load.document.spec.reads;
                let missing = match timeout(CALL_LIMIT, missing(&client, &types, reads)).await {
                    Ok(Ok(missing)) if loaded.is_ok() => missing,
                    // Nobody can say; it is asked again.
                    _ => None,
                };
                Done::Loaded { load: Box::new(load), code_version, loaded: Box::new(loaded), missing }
            });
        }
        begun
    }

    /// Waits for what was begun to be loaded, but not longer than the limit. What takes longer holds up no later change.
    async fn gather(&mut self, mut begun: BTreeSet<String>, limit: Duration) {
        let deadline = Instant::now() + limit;
        while !begun.is_empty() {
            match timeout_at(deadline.into(), self.work.join_next()).await {
                Ok(Some(done)) => {
                    if let Ok(Done::Loaded { load, .. }) = &done {
                        begun.remove(&load.version);
                    }
                    self.take(done);
                }
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn take(&mut self, done: Result<Done, JoinError>) {
        match done {
            Ok(Done::Loaded { load, code_version, loaded, missing }) => {
                if let Err(failure) = loaded.as_ref() {
                    self.given.metrics.load_failed(&load.name, failure.reason.word());
                }
                self.objects.loaded(&load, code_version, *loaded, Instant::now());
                self.objects.set_missing_rights(&load.name, missing);
            }
            Ok(Done::CodeChanged(names)) => {
                names.iter().for_each(|name| self.objects.code_changed(name, Instant::now()));
            }
            Ok(Done::Rights(missing)) => {
                missing.into_iter().for_each(|(name, missing)| self.objects.set_missing_rights(&name, missing));
            }
            Err(_) => tracing::error!("a fault of tidegate: work on a policy's object ended early"),
        }
    }

    fn begin_code_check(&mut self) {
        let read = self.objects.code_versions();
        let client = self.given.client.clone();
        if !read.is_empty() {
            self.work.spawn(async move {
                let mut changed = Vec::new();
                for (name, document, before) in read {
                    let now = timeout(CALL_LIMIT, code_version(&client, &document)).await.ok().flatten();
                    if now.is_some() && now != before {
                        changed.push(name);
                    }
                }
                Done::CodeChanged(changed)
            });
        }
    }

    fn begin_rights_check(&mut self) {
        let granted: Vec<_> = self.objects.in_force().filter(|(_, document)| !document.spec.reads.is_empty()).collect();
        let granted: Vec<_> =
            granted.into_iter().map(|(name, document)| (name.clone(), document.spec.reads.clone())).collect();
        let (client, types) = (self.given.client.clone(), self.types.clone());
        if !granted.is_empty() {
            self.work.spawn(async move {
                let mut found = Vec::new();
                for (name, reads) in granted {
                    if let Ok(Ok(missing)) = timeout(CALL_LIMIT, missing(&client, &types, &reads)).await {
                        found.push((name, missing));
                    }
                }
                Done::Rights(found)
            });
        }
    }

    /// Swaps the set if it is another one, and says what became of each object. When the next exception ends.
    fn put_in_force(&mut self, excepted: &Known, is_whole: bool) -> Option<Timestamp> {
        let Given { beneath, current, metrics, announce, here, .. } = &self.given;
        let now = Timestamp::now();
        self.exceptions.observe(excepted);
        let of_files = beneath.exceptions().iter().map(|installed| Arc::clone(&installed.exception));
        let all = of_files.chain(self.exceptions.usable());
        let set = Arc::new(self.objects.above(beneath).with_exceptions(all, now));
        let exceptions = self.exceptions.standings(&set, now);
        let (revision, next_end) = (set.revision(), set.next_end());
        let policies: BTreeMap<_, _> = self.objects.standings();
        self.told.tell(&policies, &set, metrics);
        let is_new = revision != self.revision;
        if is_new {
            current.replace(Arc::clone(&set));
            metrics.swapped(&revision);
            tracing::info!(revision, policies = set.len(), "another set of policies is in force");
            self.revision.clone_from(&revision);
        }
        if is_new || self.is_whole != Some(is_whole) {
            announce(set, is_whole);
            self.is_whole = Some(is_whole);
        }
        here.send_if_modified(|here| {
            let new = InForceHere { revision, policies, exceptions };
            let is_new = **here != new;
            if is_new {
                *here = Arc::new(new);
            }
            is_new
        });
        next_end
    }
}
