//! What is said of one object of a cluster.

use std::sync::Arc;

use serde_json::Value;

use super::drift::Met;
use super::fingerprint::set_fingerprints;
use super::history::{Holder, about_credentials, of_ended, written};
use super::problem::{InputError, InputProblem};
use super::repaired::stored_manifest;
use super::report::{ObjectReport, Origin, Stored};
use super::run::{Options, object_report};
use crate::engine::{Evaluation, Judged, LeftAlone, Misfit, evaluate, is_left_to_its_owner};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::request::Request;
use crate::workload::withheld;

/// Whether an object of a cluster is judged by these policies: it may concern them, and nothing that controls it is judged
/// in its place.
pub fn is_judged(object: &Value, policies: &PolicySet) -> bool {
    policies.may_judge(object) && !is_left_to_its_owner(object, policies)
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
    let (report, _) = Live { object, options, policies, lookup, files: None, with_history: false }.judge()?;
    Ok(report)
}

/// What is told of an object that another one controls.
pub(super) fn left_alone(object: &Value) -> ObjectReport {
    let request = Request::audit(object.clone());
    let evaluation = Evaluation::untouched(Value::Null, LeftAlone::Controlled);
    let source = Origin::Cluster(Stored { object: Holder::of(object).words(), within: None });
    object_report(request, evaluation, source, |_| (None, None))
}

pub(super) fn places(findings: &[Judged]) -> Vec<(String, String)> {
    findings.iter().map(|judged| (judged.finding.rule.clone(), judged.finding.at.clone())).collect()
}

pub(super) fn misfit_of(object: &Value, place: String, misfit: Misfit) -> InputProblem {
    let object = Request::audit(object.clone()).title();
    InputProblem::of_object(place, InputError::Misfit { object, misfit: Box::new(misfit) })
}

/// An object that the gate would judge.
pub(super) struct Live<'a> {
    pub(super) object: &'a Value,
    pub(super) options: &'a Options,
    pub(super) policies: &'a PolicySet,
    pub(super) lookup: &'a Arc<dyn Lookup>,
    pub(super) files: Option<&'a Met>,
    pub(super) with_history: bool,
}

impl Live<'_> {
    /// What the gate would say, and those of its findings that are about credentials if the history is asked for.
    pub(super) fn judge(&self) -> Result<(ObjectReport, Vec<Judged>), InputProblem> {
        let words = Holder::of(self.object).words();
        let wrong = |misfit| misfit_of(self.object, words.clone(), misfit);
        let request = Request { selection: self.options.selection.clone(), ..Request::audit(self.object.clone()) };
        let evaluation = evaluate(&request, self.policies, self.lookup).map_err(wrong)?;
        let found = !evaluation.findings.is_empty() && self.with_history;
        let credentials =
            if found { about_credentials(self.object, self.policies, self.lookup).map_err(wrong)? } else { Vec::new() };
        let source = Origin::Cluster(Stored { object: words, within: None });
        let drifted =
            self.files.filter(|_| evaluation.left_alone.is_none()).and_then(|met| met.in_no_file(self.object));
        let manifest = self.options.detail.manifests.then(|| stored_manifest(self.object, &evaluation.object));
        let mut report = object_report(request, evaluation, source, |_| (None, None));
        report.manifest = manifest;
        if let Some(drifted) = drifted.filter(|drifted| drifted.is_wanted(&self.options.selection)) {
            report.findings.push(drifted.report(&withheld(self.object), (None, None)));
            set_fingerprints(&mut report);
        }
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
