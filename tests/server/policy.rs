//! Policies for the occasion.

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

/// What a policy judges by: the object, and its settings.
type Judgement = dyn Fn(&ReviewContext<'_>, &str) -> Result<Vec<Finding>, ReviewError> + Send + Sync;

struct Judges(Description, Box<Judgement>);

impl Module for Judges {
    fn description(&self) -> &Description {
        &self.0
    }

    fn check_settings(&self, _: &Value) -> Result<(), ReviewError> {
        Ok(())
    }

    fn review(&self, context: &ReviewContext<'_>, settings: &str, _: Duration) -> Result<Vec<Finding>, ReviewError> {
        (self.1)(context, settings)
    }
}

/// A policy on whatever runs MySQL, which repairs and is no part of the program.
pub(crate) fn policy(
    name: &str,
    judge: impl Fn(&ReviewContext<'_>, &str) -> Result<Vec<Finding>, ReviewError> + Send + Sync + 'static,
) -> InstalledPolicy {
    let description = Description {
        name: name.to_owned(),
        title: String::new(),
        rules: Vec::new(),
        settings_schema: json!({}),
        reads: Vec::new(),
        kinds: KINDS.iter().map(|kind| JudgedKind::parse(kind)).collect(),
        concern: Concern::MySql,
    };
    InstalledPolicy {
        name: name.to_owned(),
        action: Action::Fix,
        on_error: OnError::Deny,
        exceptions: None,
        matcher: Matcher::new(MatchSpec::default()).unwrap(),
        settings: "{}".to_owned(),
        timeout: Duration::from_secs(1),
        failure_policy: FailurePolicy::Ignore,
        rollout: None,
        digest: String::new(),
        resolved: None,
        is_builtin: false,
        module: Arc::new(Judges(description, Box::new(judge))),
    }
}

/// Only one that does what the object's name says.
pub(crate) fn policies() -> PolicySet {
    let occasion = policy("occasion", |context, _| occasion(context.request.name.as_deref().unwrap_or_default()));
    PolicySet::new(vec![InstalledPolicy {
        exceptions: Some(Severity::Medium),
        timeout: Duration::from_millis(100),
        is_builtin: true,
        ..occasion
    }])
}

fn occasion(name: &str) -> Result<Vec<Finding>, ReviewError> {
    let finding = |severity, fix| Finding {
        rule: "TEST1".to_owned(),
        severity,
        at: "/spec/template".to_owned(),
        message: "it is not as it should be".to_owned(),
        help: Some("Make it so".to_owned()),
        fix,
    };
    let variable = "/spec/template/spec/containers/0/env/0";
    Ok(match name {
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
