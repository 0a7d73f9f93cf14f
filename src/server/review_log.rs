//! The one line that the log holds for a review, and what is counted of it. Names only, never an object or a value.

use std::time::{Duration, SystemTime};

use super::incoming::Incoming;
use super::response::Answer;
use super::span::{Part, ReviewSpan};
use super::text::one_line;
use crate::engine::{Evaluation, Judged, LeftAlone};
use crate::metrics::{Admission, AdmissionMetrics, Found};
use crate::request::Phase;

/// What is known of a review so far.
pub(super) struct Record {
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

impl Record {
    pub(super) fn new(incoming: &Incoming, phase: Phase) -> Self {
        let request = incoming.request.as_ref();
        let text = |text: Option<&String>| text.map(|text| one_line(text)).unwrap_or_default();
        Self {
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
    pub(super) fn count(&self, evaluation: &Evaluation, metrics: &AdmissionMetrics) {
        if self.dry_run {
            return;
        }
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
            for judged in &evaluation.shadow.findings {
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

    /// What a trace has of it: the same as the line.
    pub(super) fn span(self, answer: &Answer, began: SystemTime, took: Duration, parent: Option<String>) -> ReviewSpan {
        let decision = self.decision(answer);
        let attributes = [
            ("tidegate.decision", decision.to_owned()),
            ("tidegate.uid", self.uid),
            ("tidegate.operation", self.operation),
            ("tidegate.object.kind", self.kind),
            ("tidegate.object.name", self.name),
            ("k8s.namespace.name", self.namespace),
            ("tidegate.dry_run", self.dry_run.to_string()),
            ("tidegate.found", self.found),
            ("tidegate.fixed", self.fixed),
            ("tidegate.failed", self.failed),
        ];
        let attributes = attributes.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let (phase, is_failure) = (self.phase.as_str(), decision == "fail");
        ReviewSpan { parent, phase, began, took, is_failure, attributes, parts: self.parts }
    }

    /// Writes the line, and counts the answer.
    pub(super) fn write(&self, answer: &Answer, took: Duration, metrics: &AdmissionMetrics) {
        let decision = self.decision(answer);
        let (phase, operation, dry_run) = (self.phase.as_str(), &self.operation, self.dry_run);
        let kind = if self.is_judged { &self.kind } else { "" };
        metrics.answered(&Admission { phase, kind, operation, decision, dry_run, took });
        tracing::info!(
            uid = self.uid,
            kind = self.kind,
            namespace = self.namespace,
            name = self.name,
            operation = self.operation,
            phase = self.phase.as_str(),
            dry_run = self.dry_run,
            decision,
            code = answer.refusal.as_ref().map(|refusal| refusal.code),
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
