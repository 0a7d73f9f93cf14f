//! A policy for the occasion.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate::finding::{Edit, Finding, Severity};
use tidegate::policy::{
    Action, Concern, Description, FailurePolicy, InstalledPolicy, JudgedKind, MatchSpec, Matcher, Module, OnError,
    PolicySet, ReviewContext, ReviewError,
};
use tidegate::workload::KINDS;

use crate::support::PASSWORD;

/// Only the policy of this file.
pub(crate) fn policies() -> PolicySet {
    PolicySet::new(vec![InstalledPolicy {
        name: "occasion".to_owned(),
        action: Action::Fix,
        on_error: OnError::Deny,
        exceptions: Some(tidegate::finding::Severity::Medium),
        matcher: Matcher::new(MatchSpec::default()).unwrap(),
        settings: "{}".to_owned(),
        timeout: Duration::from_millis(100),
        failure_policy: FailurePolicy::Ignore,
        rollout: None,
        digest: String::new(),
        resolved: None,
        is_builtin: true,
        module: Arc::new(Occasion(Description {
            name: "occasion".to_owned(),
            title: "does what the object's name says".to_owned(),
            rules: Vec::new(),
            settings_schema: json!({}),
            reads: Vec::new(),
            kinds: KINDS.iter().map(|kind| JudgedKind::parse(kind)).collect(),
            concern: Concern::MySql,
        })),
    }])
}

/// A policy that does what the object's name says.
struct Occasion(Description);

impl Module for Occasion {
    fn description(&self) -> &Description {
        &self.0
    }

    fn check_settings(&self, _: &Value) -> Result<(), ReviewError> {
        Ok(())
    }

    fn review(&self, context: &ReviewContext<'_>, _: &str, _: Duration) -> Result<Vec<Finding>, ReviewError> {
        let finding = |severity, fix| Finding {
            rule: "TEST1".to_owned(),
            severity,
            at: "/spec/template".to_owned(),
            message: "it is not as it should be".to_owned(),
            help: Some("Make it so".to_owned()),
            fix,
        };
        let variable = "/spec/template/spec/containers/0/env/0";
        Ok(match context.request.name.as_deref().unwrap_or_default() {
            "repair" => vec![finding(Severity::High, vec![Edit::Set("/spec/paused".into(), json!(true))])],
            "refuse" => vec![finding(Severity::High, vec![])],
            "warn" => vec![finding(Severity::Low, vec![])],
            "move" => vec![finding(Severity::High, vec![Edit::MoveToSecret(variable.into())])],
            "panic" => panic!("{PASSWORD}"),
            "fail" => return Err(ReviewError::Deadline(100)),
            "slow" => {
                std::thread::sleep(Duration::from_millis(500));
                vec![]
            }
            _ => vec![],
        })
    }
}
