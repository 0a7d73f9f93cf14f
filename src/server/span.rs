//! How long each part of a review took, for whoever traces it: an adapter makes spans of OpenTelemetry of it.

use std::time::{Duration, SystemTime};

/// Somebody who collects spans. It must not wait.
pub trait Tracer: Send + Sync {
    /// A review was answered.
    fn record(&self, span: ReviewSpan);
}

/// A review. Names and times only, no value of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewSpan {
    /// The header `traceparent` (<https://www.w3.org/TR/trace-context/>), which an API server that traces sends.
    pub parent: Option<String>,
    /// `mutate` or `validate`.
    pub phase: &'static str,
    /// When it began.
    pub began: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// Whether the gate itself failed; a refusal is none.
    pub is_failure: bool,
    /// What is known of it: `tidegate.decision`, `k8s.namespace.name`.
    pub attributes: Vec<(&'static str, String)>,
    /// What it consisted of.
    pub parts: Vec<Part>,
}

/// A part of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `read`, `evaluate` or `secret`.
    pub name: &'static str,
    /// When it began.
    pub began: SystemTime,
    /// When it ended.
    pub ended: SystemTime,
}

/// The longest `traceparent` of version 00, with room for what later versions append.
const LONGEST_PARENT: usize = 128;

/// The header, if there is one that can be one.
pub(super) fn parent(headers: &http::HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    (text.len() <= LONGEST_PARENT).then(|| text.to_owned())
}
