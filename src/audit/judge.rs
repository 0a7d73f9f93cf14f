//! What is said of one object of a file.

use std::sync::Arc;

use super::alike::Alike;
use super::drift::{Drift, Drifted};
use super::fingerprint::set_fingerprints;
use super::objects::SourceObject;
use super::problem::{InputError, InputProblem};
use super::repaired::Repaired;
use super::report::{ObjectReport, Origin, Region, SourceLine};
use super::run::{Options, object_report};
use super::snippet::Hidden;
use crate::engine::{Evaluation, Misfit, evaluate};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::request::{Request, Selection};
use crate::workload::withheld;

/// What an object of a file is judged by.
pub(super) struct Judge<'a> {
    pub options: &'a Options,
    pub policies: &'a PolicySet,
    /// What copies share.
    pub alike: Alike,
    /// What runs, if it is to be compared with that.
    pub drift: Option<&'a Drift<'a>>,
}

impl Judge<'_> {
    /// What the gate would say of it, and what runs in its place.
    pub(super) fn judge(&self, object: &SourceObject, lookup: &Arc<dyn Lookup>) -> Result<ObjectReport, InputProblem> {
        let options = self.options;
        let request = Request { selection: options.selection.clone(), ..Request::audit(object.value.clone()) };
        let misfits = |misfit: Misfit| {
            let place = object.place(&misfit.at);
            InputProblem {
                file: object.file.name.clone(),
                line: Some(place.line),
                column: Some(place.column),
                in_cluster: false,
                error: InputError::Misfit { object: request.title(), misfit: Box::new(misfit) },
            }
        };
        let evaluation = self.alike.evaluate(&request, self.policies, lookup).map_err(misfits)?;
        let drifted = self.drifted(&request, &evaluation, lookup).map_err(misfits)?;
        let hidden = if drifted.is_empty() && !options.detail.manifests {
            Hidden::of(object, &evaluation.findings)
        } else {
            Hidden::all(object, &evaluation.findings)
        };
        let is_rendered = object.file.rendered_by.is_some();
        // A line of a rendered text is a line of no file.
        let line = if is_rendered { 1 } else { object.place("").line };
        let line = SourceLine { file: object.file.name.clone(), line };
        let seen = |at: &str| {
            let region = Region::of(&object.file.text, &object.place(at));
            (Some(hidden.snippet(object, at)), (!is_rendered).then_some(region))
        };
        let repaired = Repaired { source: object, evaluation: &evaluation, hidden: &hidden };
        let fixes = if options.detail.fixes && !is_rendered { repaired.fixes() } else { Vec::new() };
        let manifest = options.detail.manifests.then(|| repaired.manifest());
        let mut report = object_report(request, evaluation, Origin::File(line), seen);
        report.rendered_by = object.file.rendered_by;
        report.manifest = manifest;
        for (finding, fix) in report.findings.iter_mut().zip(fixes) {
            finding.fix = fix;
        }
        if !drifted.is_empty() {
            let shown = withheld(&object.value);
            report.findings.extend(drifted.into_iter().map(|drifted| {
                let seen = seen(&drifted.at);
                drifted.report(&shown, seen)
            }));
            set_fingerprints(&mut report);
        }
        Ok(report)
    }

    fn drifted(
        &self,
        request: &Request,
        evaluation: &Evaluation,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Vec<Drifted>, Misfit> {
        let Some(drift) = self.drift else { return Ok(Vec::new()) };
        let selection = &self.options.selection;
        let mut drifted = if *selection == Selection::default() {
            drift.of(&request.object, evaluation)
        } else {
            // The gate repairs all that it finds, whatever of it somebody wants to see.
            let whole = Request { selection: Selection::default(), ..request.clone() };
            drift.of(&request.object, &evaluate(&whole, self.policies, lookup)?)
        };
        drifted.retain(|drifted| drifted.is_wanted(selection));
        Ok(drifted)
    }
}
