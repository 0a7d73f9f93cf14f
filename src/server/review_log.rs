//! The one line that the log holds for a review, and what is counted of it. Names only, never an object or a value.

use std::mem::take;
use std::time::{Duration, Instant, SystemTime};

use super::incoming::Incoming;
use super::response::Answer;
use super::span::{Part, ReviewSpan};
use super::text::one_line;
use crate::engine::{Evaluation, Judged, LeftAlone};
use crate::metrics::{Admission, AdmissionMetrics, Found};
use crate::request::Phase;

/// What is decided of a review whose client went before it was answered: an API server waits as long as the webhook's
/// `timeoutSeconds`.
const ABANDONED: &str = "abandoned";

/// What is known of a review so far. One that is dropped before its answer is written was abandoned, and says so.
pub(super) struct Record<'a> {
    metrics: &'a AdmissionMetrics,
    started: Instant,
    is_written: bool,
    uid: String,
    kind: String,
    namespace: String,
    name: String,
    operation: String,
    phase: Phase,
    dry_run: bool,
    is_judged: bool,
    left_alone: Option<LeftAlone>,
    found: String,
    fixed: String,
    failed: String,
    shadow: String,
    parts: Vec<Part>,
}

impl<'a> Record<'a> {
    pub(super) fn new(incoming: &Incoming, phase: Phase, started: Instant, metrics: &'a AdmissionMetrics) -> Self {
        let request = incoming.request.as_ref();
        let text = |text: Option<&String>| text.map(|text| one_line(text)).unwrap_or_default();
        Self {
            metrics,
            started,
            is_written: false,
            uid: one_line(&incoming.uid),
            kind: one_line(&incoming.kind),
            namespace: text(request.and_then(|request| request.namespace.as_ref())),
            name: text(request.and_then(|request| request.name.as_ref())),
            operation: one_line(&incoming.operation),
            phase,
            dry_run: request.is_some_and(|request| request.dry_run),
            is_judged: false,
            left_alone: None,
            found: String::new(),
            fixed: String::new(),
            failed: String::new(),
            shadow: String::new(),
            parts: Vec::new(),
        }
    }

    /// A part of it has just ended.
    pub(super) fn part(&mut self, name: &'static str, began: SystemTime) {
        self.parts.push(Part { name, began, ended: SystemTime::now() });
    }

    pub(super) fn evaluated(&mut self, evaluation: &Evaluation) {
        let findings = || evaluation.findings.iter();
        self.is_judged = evaluation.left_alone.is_none();
        self.left_alone = evaluation.left_alone;
        self.found = list(findings().map(|judged| judged.finding.rule.as_str()));
        self.fixed = list(findings().filter(|judged| judged.fixed).map(|judged| judged.finding.rule.as_str()));
        self.failed = list(evaluation.failures.iter().map(|failure| failure.policy.as_str()));
        self.shadow = list(evaluation.shadow.findings.iter().map(|judged| judged.finding.rule.as_str()));
        for failure in evaluation.failures.iter().chain(&evaluation.shadow.failures) {
            tracing::error!(policy = failure.policy, uid = self.uid, "{}", one_line(&failure.error.to_string()));
        }
    }

    /// Counts what the judgement says, each finding in one phase only. Repairs are made in the mutating one, and
    /// whatever it keeps out never reaches the other; the rest is true of the object as it would be stored. What only
    /// asks "what if" is not counted, nor what a Secret that cannot be made keeps out.
    pub(super) fn count(&self, evaluation: &Evaluation) {
        if self.dry_run {
            return;
        }
        let metrics = self.metrics;
        for judged in &evaluation.findings {
            let outcome = outcome(judged);
            let counts_here = match self.phase {
                Phase::Mutate => (outcome == Found::Fixed) == evaluation.is_allowed(),
                Phase::Validate | Phase::Audit => outcome != Found::Fixed,
            };
            if counts_here {
                metrics.found(&judged.policy, &judged.finding.rule, outcome);
            }
        }
        if self.phase == Phase::Validate {
            for judged in evaluation.shadow.findings.iter().filter(|judged| !judged.is_excepted()) {
                metrics.found_in_shadow(&judged.policy, &judged.finding.rule);
            }
        }
        for failure in evaluation.failures.iter().chain(&evaluation.shadow.failures) {
            metrics.failed(&failure.policy);
        }
    }

    fn decision(&self, answer: &Answer) -> &'static str {
        match &answer.refusal {
            Some(refusal) if refusal.code == 403 => "deny",
            Some(_) => "fail",
            None if self.is_judged => "allow",
            None => "pass",
        }
    }

    /// Writes the line, and counts the answer. What a trace has of it is the same.
    pub(super) fn answered(mut self, answer: &Answer, began: SystemTime, parent: Option<String>) -> ReviewSpan {
        let (decision, took) = (self.decision(answer), self.started.elapsed());
        self.write(decision, answer.refusal.as_ref().map(|refusal| refusal.code), took);
        self.span(decision, began, took, parent)
    }

    fn span(
        &mut self,
        decision: &'static str,
        began: SystemTime,
        took: Duration,
        parent: Option<String>,
    ) -> ReviewSpan {
        let attributes = [
            ("tidegate.decision", decision.to_owned()),
            ("tidegate.uid", take(&mut self.uid)),
            ("tidegate.operation", take(&mut self.operation)),
            ("tidegate.object.kind", take(&mut self.kind)),
            ("tidegate.object.name", take(&mut self.name)),
            ("k8s.namespace.name", take(&mut self.namespace)),
            ("tidegate.dry_run", self.dry_run.to_string()),
            ("tidegate.found", take(&mut self.found)),
            ("tidegate.fixed", take(&mut self.fixed)),
            ("tidegate.failed", take(&mut self.failed)),
        ];
        let attributes = attributes.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let (phase, is_failure) = (self.phase.as_str(), decision == "fail");
        ReviewSpan { parent, phase, began, took, is_failure, attributes, parts: take(&mut self.parts) }
    }

    fn write(&mut self, decision: &'static str, code: Option<u16>, took: Duration) {
        self.is_written = true;
        let (phase, operation, dry_run) = (self.phase.as_str(), &self.operation, self.dry_run);
        let kind = if self.is_judged { &self.kind } else { "" };
        self.metrics.answered(&Admission { phase, kind, operation, decision, dry_run, took });
        tracing::info!(
            uid = self.uid,
            kind = self.kind,
            namespace = self.namespace,
            name = self.name,
            operation = self.operation,
            phase = self.phase.as_str(),
            dry_run = self.dry_run,
            decision,
            code,
            left_alone = self.left_alone.map(LeftAlone::reason),
            found = self.found,
            fixed = self.fixed,
            failed = self.failed,
            shadow = self.shadow,
            microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "review"
        );
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        if !self.is_written {
            self.write(ABANDONED, None, self.started.elapsed());
        }
    }
}

/// What became of a finding.
fn outcome(judged: &Judged) -> Found {
    if judged.fixed {
        Found::Fixed
    } else if judged.is_excepted() {
        Found::Excepted
    } else if judged.denies() {
        Found::Denied
    } else if judged.warns() {
        Found::Warned
    } else {
        Found::Audited
    }
}

/// Each name once, in order, with commas.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut once: Vec<&str> = names.collect();
    once.sort_unstable();
    once.dedup();
    one_line(&once.join(","))
}
