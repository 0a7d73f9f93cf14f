//! An audit of a live cluster: its objects come one by one, and are judged when all are there.

use std::sync::Arc;

use serde_json::Value;

use super::history::{
    self, Event, Holder, Kept, KnownPasswords, Owners, about_credentials, controlled, helm, last_applied, of_ended,
    revisions, written,
};
use super::parallel;
use super::problem::{InputError, InputProblem};
use super::repaired::stored_manifest;
use super::report::{AuditReport, ObjectReport, Origin, Scope, Stored};
use super::run::{Options, object_report, rules};
use crate::engine::{Judged, evaluate};
use crate::lookup::{Lookup, ResourceType};
use crate::policy::PolicySet;
use crate::request::Request;
use crate::workload::{is_controlled, may_concern_mysql};

/// The types that the gate judges.
const JUDGED: &[(&str, &str)] = &[
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
#[derive(Default)]
pub struct ClusterAudit {
    with_history: bool,
    options: Options,
    seen: usize,
    objects: Vec<Value>,
    revisions: Vec<Value>,
    releases: helm::Releases,
    events: Vec<Event>,
    problems: Vec<InputProblem>,
}

impl ClusterAudit {
    /// An audit of what is judged at the gate; `with_history`: of what keeps passwords beside it, too.
    pub fn new(with_history: bool, options: Options) -> Self {
        Self { with_history, options, ..Self::default() }
    }

    /// What is to be read of the cluster: types, each with the fields to choose by, if not all of it is needed.
    pub fn wanted(&self) -> Vec<(ResourceType, Option<String>)> {
        let mut wanted: Vec<_> = JUDGED.iter().map(|(group, kind)| (ResourceType::new(*group, *kind), None)).collect();
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
            Some(_) if is_judged(&object) || (self.with_history && may_concern_mysql(&object)) => {
                self.objects.push(object);
            }
            _ => {}
        }
    }

    /// Takes note of objects that could not be listed.
    pub fn add_unlisted(&mut self, what: String, reason: String, way_out: Option<&'static str>) {
        self.problems.push(InputProblem::of_object(what, InputError::Unlisted { reason, way_out }));
    }

    /// Judges all that was taken.
    pub fn finish(self, policies: &PolicySet, lookup: &Arc<dyn Lookup>) -> AuditReport {
        let mut report = AuditReport {
            problems: self.problems,
            scope: Scope::Cluster(self.seen),
            rules: rules(policies),
            ..AuditReport::default()
        };
        let owners = Owners::new(&self.objects);
        let (controlled_objects, free): (Vec<_>, Vec<_>) =
            self.objects.iter().partition(|object| is_controlled(object));
        let mut known = KnownPasswords::default();
        let mut kept: Vec<Kept> =
            controlled_objects.into_iter().map(|object| controlled(object.clone(), &owners)).collect();
        kept.extend(revisions(&self.revisions, &owners));
        let options = &self.options;
        let live =
            |object: &&Value| Live { object, options, policies, lookup, with_history: self.with_history }.judge();
        for (object, judged) in free.iter().zip(parallel::map(&free, live)) {
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
        report.problems.extend(self.releases.problems);
        kept.extend(self.releases.manifests);
        let judged = parallel::map(&kept, |kept| about_credentials(&kept.manifest, policies, lookup));
        for (kept, judged) in kept.into_iter().zip(judged) {
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
        report
    }
}

/// Whether an object of a cluster is judged: it may have to do with MySQL, and nothing that controls it is judged
/// in its place.
pub fn is_judged(object: &Value) -> bool {
    may_concern_mysql(object) && !is_controlled(object)
}

/// What the gate would say of one object of a cluster: the same as an audit of the whole.
///
/// # Errors
/// If a field of it has a type that its kind does not have.
pub fn judge_stored(
    object: &Value,
    policies: &PolicySet,
    lookup: &Arc<dyn Lookup>,
) -> Result<ObjectReport, InputProblem> {
    let options = &Options::default();
    let (report, _) = Live { object, options, policies, lookup, with_history: false }.judge()?;
    Ok(report)
}

fn places(findings: &[Judged]) -> Vec<(String, String)> {
    findings.iter().map(|judged| (judged.finding.rule.clone(), judged.finding.at.clone())).collect()
}

fn misfit_of(object: &Value, place: String, misfit: crate::engine::Misfit) -> InputProblem {
    let object = Request::audit(object.clone()).title();
    InputProblem::of_object(place, InputError::Misfit { object, misfit: Box::new(misfit) })
}

/// An object that the gate would judge.
struct Live<'a> {
    object: &'a Value,
    options: &'a Options,
    policies: &'a PolicySet,
    lookup: &'a Arc<dyn Lookup>,
    with_history: bool,
}

impl Live<'_> {
    /// What the gate would say, and those of its findings that are about credentials if the history is asked for.
    fn judge(&self) -> Result<(ObjectReport, Vec<Judged>), InputProblem> {
        let words = Holder::of(self.object).words();
        let wrong = |misfit| misfit_of(self.object, words.clone(), misfit);
        let request = Request { selection: self.options.selection.clone(), ..Request::audit(self.object.clone()) };
        let evaluation = evaluate(&request, self.policies, self.lookup).map_err(wrong)?;
        let found = !evaluation.findings.is_empty() && self.with_history;
        let credentials =
            if found { about_credentials(self.object, self.policies, self.lookup).map_err(wrong)? } else { Vec::new() };
        let source = Origin::Cluster(Stored { object: words, within: None });
        let manifest = self.options.detail.manifests.then(|| stored_manifest(self.object, &evaluation.object));
        let mut report = object_report(request, evaluation, source, |_| (None, None));
        report.manifest = manifest;
        let ended = if self.with_history { of_ended(self.object) } else { None };
        let places = places(&credentials);
        for finding in &mut report.findings {
            if places.iter().any(|(rule, at)| (rule, at) == (&finding.rule, &finding.at)) {
                finding.since = written(self.object, &finding.at);
                finding.help = ended.clone().or_else(|| finding.help.take());
            }
        }
        Ok((report, credentials))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::workload::{KINDS, RELATED_KINDS};

    #[test]
    fn every_kind_that_the_gate_judges_is_listed() {
        let wanted = ClusterAudit::new(false, Options::default()).wanted();
        let listed: BTreeSet<&str> = wanted.iter().map(|(resource, _)| resource.kind.as_str()).collect();
        let judged: BTreeSet<&str> = KINDS.iter().copied().chain(RELATED_KINDS.iter().map(|(_, kind)| *kind)).collect();
        assert_eq!(listed, judged);
    }
}
