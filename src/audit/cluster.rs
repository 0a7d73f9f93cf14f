//! An audit of a live cluster: its objects come one by one, and are judged when all are there.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::drift::{Drift, Met, Namespaces};
use super::history::{
    self, Event, Holder, Kept, KnownPasswords, Owners, about_credentials, controlled, helm, last_applied, revisions,
};
use super::live::{Live, is_judged, left_alone, misfit_of, places};
use super::parallel;
use super::problem::{InputError, InputProblem};
use super::progress::Progress;
use super::report::{AuditReport, ObjectReport, RuleReport, Scope};
use super::run::{Options, rules};
use crate::engine::is_left_to_its_owner;
use crate::lookup::{Lookup, ResourceType};
use crate::own_rules::{IN_EVENT, IN_VALUES};
use crate::policy::PolicySet;
use crate::workload::{is_controlled, may_concern_mysql};

/// The types that the gate judges.
pub(super) const JUDGED: &[(&str, &str)] = &[
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "CronJob"),
    ("batch/v1", "Job"),
    ("v1", "Pod"),
    ("v1", "PodTemplate"),
    ("v1", "ReplicationController"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("storage.k8s.io/v1", "StorageClass"),
];

/// What an audit has seen of a cluster.
///
/// It is not `Debug`: objects may hold passwords.
pub struct ClusterAudit<'a> {
    policies: &'a PolicySet,
    /// Types that policies in force judge beside those of MySQL.
    also: BTreeSet<ResourceType>,
    with_history: bool,
    options: Options,
    seen: usize,
    objects: Vec<Value>,
    /// What others control: of no use but to be told.
    left_alone: Vec<ObjectReport>,
    revisions: Vec<Value>,
    releases: helm::Releases,
    events: Vec<Event>,
    problems: Vec<InputProblem>,
    files: Option<Met>,
}

impl<'a> ClusterAudit<'a> {
    /// An audit of what is judged at the gate by these policies; `with_history`: of what keeps passwords beside it,
    /// too. `also` are the types that policies judge beside those that may have to do with MySQL
    /// ([`PolicySet::general_types`]).
    pub fn new(policies: &'a PolicySet, also: BTreeSet<ResourceType>, with_history: bool, options: Options) -> Self {
        Self {
            policies,
            also,
            with_history,
            options,
            seen: 0,
            objects: Vec::new(),
            left_alone: Vec::new(),
            revisions: Vec::new(),
            releases: helm::Releases::default(),
            events: Vec::new(),
            problems: Vec::new(),
            files: None,
        }
    }

    /// What is to be read of the cluster: types, each with the fields to choose by, if not all of it is needed.
    pub fn wanted(&self) -> Vec<(ResourceType, Option<String>)> {
        let mut wanted: Vec<_> = JUDGED.iter().map(|(group, kind)| (ResourceType::new(*group, *kind), None)).collect();
        for also in &self.also {
            if !wanted.iter().any(|(kind, _)| kind == also) {
                wanted.push((also.clone(), None));
            }
        }
        if self.with_history {
            // No other Secret ever leaves the API server.
            let releases = format!("type={}", helm::SECRET_TYPE);
            wanted.push((ResourceType::new("apps/v1", "ControllerRevision"), None));
            wanted.push((ResourceType::new("v1", "Secret"), Some(releases)));
            wanted.push((ResourceType::new("v1", "Event"), None));
        }
        wanted
    }

    /// Takes an object of the cluster; what has nothing to do with MySQL is only counted.
    pub fn add(&mut self, object: Value) {
        self.seen += 1;
        if self.with_history {
            self.releases.add(&object);
        }
        match object.get("kind").and_then(Value::as_str) {
            Some("Event") => self.events.extend(Event::of(&object)),
            Some("ControllerRevision")
                if history::manifest_of(&object).is_some_and(|manifest| may_concern_mysql(&manifest)) =>
            {
                self.revisions.push(object);
            }
            Some(_) if is_judged(&object, self.policies) || (self.with_history && may_concern_mysql(&object)) => {
                self.objects.push(object);
            }
            // What is listed for the history alone has nothing to be told of here.
            Some(_) if may_concern_mysql(&object) => self.left_alone.push(left_alone(&object)),
            _ => {}
        }
    }

    /// Takes note of objects that could not be listed.
    pub fn add_unlisted(&mut self, what: String, reason: String, way_out: Option<&'static str>) {
        self.problems.push(InputProblem::of_object(what, InputError::Unlisted { reason, way_out }));
    }

    /// What was taken, for files to be compared with; what is not among it, `lookup` is asked for.
    pub fn drift(&self, lookup: &Arc<dyn Lookup>, namespaces: Namespaces) -> Drift<'_> {
        Drift::new(self.objects.iter().filter(|object| !is_controlled(object)), Arc::clone(lookup), namespaces)
    }

    /// Whatever is in none of these files is told.
    pub fn set_files(&mut self, met: Met) {
        self.files = Some(met);
    }

    /// Judges all that was taken, or as much of it as there is time for.
    ///
    /// Objects are judged namespace by namespace, so that a lookup may keep what it was asked for there.
    pub fn finish(self, lookup: &Arc<dyn Lookup>, progress: &Progress) -> AuditReport {
        let policies = self.policies;
        let mut report = AuditReport {
            problems: self.problems,
            scope: Scope::Cluster(self.seen),
            rules: rules(policies),
            ..AuditReport::default()
        };
        if self.with_history {
            report.rules.extend([IN_VALUES, IN_EVENT].map(RuleReport::of_own));
        }
        let owners = Owners::new(&self.objects);
        let (controlled_objects, free): (Vec<_>, Vec<_>) =
            self.objects.iter().partition(|object| is_left_to_its_owner(object, policies));
        let mut known = KnownPasswords::default();
        let mut kept: Vec<Kept> =
            controlled_objects.into_iter().map(|object| controlled(object.clone(), &owners)).collect();
        kept.extend(revisions(&self.revisions, &owners));
        progress.expect(free.len() + kept.len());
        let live = |object: &Value| {
            let (options, files, with_history) = (&self.options, self.files.as_ref(), self.with_history);
            Live { object, options, policies, lookup, files, with_history }.judge()
        };
        let (mut done, mut all) = (0, free.len());
        for (object, judged) in free.iter().zip(by_namespace(&free, |object| watched(progress, || live(object)))) {
            let Some(judged) = judged else { continue };
            done += 1;
            match judged {
                Ok((told, credentials)) => {
                    report.objects.push(told);
                    if self.with_history {
                        known.learn(object, &credentials, &Holder::of(object).words());
                        kept.extend(last_applied(object, places(&credentials)));
                    }
                }
                Err(problem) => report.problems.push(problem),
            }
        }
        report.objects.extend(self.left_alone);
        report.problems.extend(self.releases.problems);
        kept.extend(self.releases.manifests);
        all += kept.len();
        let judged =
            parallel::map(&kept, |kept| watched(progress, || about_credentials(&kept.manifest, policies, lookup)));
        for (kept, judged) in kept.into_iter().zip(judged) {
            let Some(judged) = judged else { continue };
            done += 1;
            match judged {
                Ok(findings) => {
                    known.learn(&kept.manifest, &findings, &kept.holder.words());
                    report.objects.extend(kept.report(findings));
                }
                Err(misfit) => report.problems.push(misfit_of(&kept.manifest, kept.holder.words(), misfit)),
            }
        }
        report.objects.extend(self.releases.values.into_iter().filter_map(|values| values.report(&mut known)));
        // Last: by then it is known what to look for.
        report.objects.extend(self.events.iter().filter_map(|event| event.report(&known)));
        report.problems.extend(self.files.iter().flat_map(Met::problems));
        if done < all {
            let error = InputError::Stopped { done, of: all, what: "objects that concern MySQL" };
            report.problems.push(InputProblem::of_object("the cluster", error));
        }
        report
    }
}

/// Does something, unless nobody wants it any more: what was asked of the cluster then has no answer, so what
/// was found by then is not told either.
fn watched<T>(progress: &Progress, work: impl FnOnce() -> T) -> Option<T> {
    let done = (!progress.is_stopped()).then(work)?;
    progress.step();
    (!progress.is_stopped()).then_some(done)
}

/// Does the same for all objects, those of a namespace one after the other, with the results in their order.
fn by_namespace<R: Send>(objects: &[&Value], work: impl Fn(&Value) -> R + Sync) -> Vec<R> {
    let mut order: Vec<usize> = (0..objects.len()).collect();
    order.sort_by_key(|&index| objects[index].pointer("/metadata/namespace").and_then(Value::as_str));
    let results = parallel::map(&order, |&index| work(objects[index]));
    let mut sorted: Vec<(usize, R)> = order.into_iter().zip(results).collect();
    sorted.sort_unstable_by_key(|(index, _)| *index);
    sorted.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::workload::{KINDS, RELATED_KINDS};

    #[test]
    fn every_kind_that_the_gate_judges_is_listed() {
        let wanted = ClusterAudit::new(&PolicySet::default(), BTreeSet::new(), false, Options::default()).wanted();
        let listed: BTreeSet<&str> = wanted.iter().map(|(resource, _)| resource.kind.as_str()).collect();
        let judged: BTreeSet<&str> = KINDS.iter().copied().chain(RELATED_KINDS.iter().map(|(_, kind)| *kind)).collect();
        assert_eq!(listed, judged);
    }
}
