//! What is counted of admissions: answers, how long they took, what was found.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The histogram's bounds in seconds: from what one policy takes to the longest that an API server waits
/// (`timeoutSeconds`, at most 30).
const BOUNDS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 10.0, 30.0];

/// How many kinds are told apart. Whoever reaches the port can send any kind, and each would be a series for ever.
const KINDS: usize = 64;

/// A review that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Admission<'a> {
    /// `mutate` or `validate`.
    pub phase: &'static str,
    /// The object's kind; empty for one that no policy judges.
    pub kind: &'a str,
    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    pub operation: &'a str,
    /// As in the log: `allow`, `deny`, `pass` or `fail`; `abandoned` if the client went before the answer.
    pub decision: &'static str,
    /// Whether nothing was to be stored.
    pub dry_run: bool,
    /// From the body's end to the answer's beginning.
    pub took: Duration,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// It was repaired.
    Fixed,
    /// It kept the object out.
    Denied,
    /// The author was told.
    Warned,
    /// It is only in the log and in reports.
    Audited,
    /// The author's exception, or a PolicyException, lets it be.
    Excepted,
}

impl EncodeLabelValue for Found {
    fn encode(&self, encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>) -> std::fmt::Result {
        let word = match self {
            Self::Fixed => "fixed",
            Self::Denied => "denied",
            Self::Warned => "warned",
            Self::Audited => "audited",
            Self::Excepted => "excepted",
        };
        word.encode(encoder)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    phase: &'static str,
    kind: String,
    operation: &'static str,
    decision: &'static str,
    dry_run: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Phase {
    phase: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Policy {
    policy: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Rule {
    policy: String,
    rule: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Finding {
    policy: String,
    rule: String,
    outcome: Found,
}

/// What is counted of admissions. Clones count together.
#[derive(Clone)]
pub struct AdmissionMetrics {
    answered: Family<Answered, Counter>,
    took: Family<Phase, Histogram, fn() -> Histogram>,
    findings: Family<Finding, Counter>,
    shadow_findings: Family<Rule, Counter>,
    failures: Family<Policy, Counter>,
    kinds: Arc<Mutex<BTreeSet<String>>>,
}

impl AdmissionMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            answered: Family::default(),
            took: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            findings: Family::default(),
            shadow_findings: Family::default(),
            failures: Family::default(),
            kinds: Arc::default(),
        };
        registry.register(
            "admissions",
            "Reviews that were answered, or abandoned by their client; a change is judged twice, in each phase once",
            metrics.answered.clone(),
        );
        registry.register_with_unit(
            "admission_duration",
            "How long a review took",
            Unit::Seconds,
            metrics.took.clone(),
        );
        registry.register(
            "policy_findings",
            "What policies found in objects that were to be stored, by what became of it",
            metrics.findings.clone(),
        );
        registry.register(
            "policy_shadow_findings",
            "What policies found where they only judge in shadow",
            metrics.shadow_findings.clone(),
        );
        registry.register("policy_review_failures", "How often a policy could not judge", metrics.failures.clone());
        metrics
    }

    /// A review has ended.
    pub fn answered(&self, admission: &Admission<'_>) {
        let Admission { phase, kind, operation, decision, dry_run, took } = *admission;
        let (kind, operation) = (self.told_apart(kind), known(operation));
        self.answered.get_or_create(&Answered { phase, kind, operation, decision, dry_run }).inc();
        self.took.get_or_create(&Phase { phase }).observe(took.as_secs_f64());
    }

    /// A policy found something in an object that was to be stored.
    pub fn found(&self, policy: &str, rule: &str, outcome: Found) {
        let finding = Finding { policy: policy.to_owned(), rule: rule.to_owned(), outcome };
        self.findings.get_or_create(&finding).inc();
    }

    /// A policy found something where it only judges in shadow.
    pub fn found_in_shadow(&self, policy: &str, rule: &str) {
        self.shadow_findings.get_or_create(&Rule { policy: policy.to_owned(), rule: rule.to_owned() }).inc();
    }

    /// A policy could not judge.
    pub fn failed(&self, policy: &str) {
        self.failures.get_or_create(&Policy { policy: policy.to_owned() }).inc();
    }

    fn told_apart(&self, kind: &str) -> String {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if kind.is_empty() || (!kinds.contains(kind) && kinds.len() == KINDS) {
            return "other".to_owned();
        }
        if !kinds.contains(kind) {
            kinds.insert(kind.to_owned());
        }
        kind.to_owned()
    }
}

/// The operations that there are; whoever reaches the port can send any word.
fn known(operation: &str) -> &'static str {
    match operation {
        "CREATE" => "CREATE",
        "UPDATE" => "UPDATE",
        "DELETE" => "DELETE",
        "CONNECT" => "CONNECT",
        _ => "other",
    }
}
