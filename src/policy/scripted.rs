//! Policies in plain Rust, for tests: no code is compiled, and what one says is written beside what is expected.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::matching::Matcher;
use super::module::{Concern, Description, JudgedKind, Module, ReviewContext, ReviewError};
use super::set::InstalledPolicy;
use super::spec::{Action, FailurePolicy, MatchSpec, OnError};
use crate::finding::{Finding, Rule, Severity};
use crate::workload::KINDS;

type Judge = Box<dyn Fn(&ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError> + Send + Sync>;

struct Scripted {
    description: Description,
    judge: Judge,
}

impl Module for Scripted {
    fn description(&self) -> &Description {
        &self.description
    }

    fn check_settings(&self, _: &Value) -> Result<(), ReviewError> {
        Ok(())
    }

    fn review(&self, context: &ReviewContext<'_>, _: &str, _: Duration) -> Result<Vec<Finding>, ReviewError> {
        (self.judge)(context)
    }
}

/// What code of that name and with that one rule, of severity high, says of itself: it judges what runs pods.
pub(crate) fn description(name: &str, rule: &str) -> Description {
    Description {
        name: name.to_owned(),
        title: String::new(),
        rules: vec![Rule { id: rule.to_owned(), title: String::new(), severity: Severity::High }],
        settings_schema: json!({}),
        reads: Vec::new(),
        kinds: KINDS.iter().map(|kind| JudgedKind::parse(kind)).collect(),
        concern: Concern::MySql,
    }
}

/// A policy whose code judges as a function does, installed by a document that says nothing, as if it were built in.
pub(crate) fn scripted(
    description: Description,
    judge: impl Fn(&ReviewContext<'_>) -> Result<Vec<Finding>, ReviewError> + Send + Sync + 'static,
) -> InstalledPolicy {
    InstalledPolicy {
        name: description.name.clone(),
        action: Action::Fix,
        on_error: OnError::Deny,
        exceptions: Some(Severity::Medium),
        matcher: Matcher::new(MatchSpec::default()).unwrap(),
        settings: "{}".to_owned(),
        timeout: Duration::from_millis(100),
        failure_policy: FailurePolicy::Ignore,
        rollout: None,
        digest: String::new(),
        resolved: None,
        is_builtin: true,
        module: Arc::new(Scripted { description, judge: Box::new(judge) }),
    }
}
