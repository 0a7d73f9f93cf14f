//! Passwords come from Secrets, not from the manifest.
//!
//! MY001: a variable holds one. MY008: one stands in a command, a probe, a hook, an annotation or a ConfigMap.

mod annotations;
mod commands;
mod config_map;
mod form;
mod hidden;
mod names;
mod places;
mod settings;
mod sources;
mod texts;
mod variables;

use tidegate_policy::{Concern, EnvVar, Finding, Policy, Request, ResourceType, Rule, Workload};

use crate::hidden::{HIDDEN, Hidden};
use crate::variables::{Names, PLAINTEXT, Place};

pub use settings::Settings;

/// The policy.
pub struct PlaintextPassword;

impl Policy for PlaintextPassword {
    type Settings = Settings;
    const NAME: &str = "plaintext-password";
    const TITLE: &str = "Passwords come from Secrets, not from the manifest";
    const RULES: &[Rule] = &[PLAINTEXT, HIDDEN];
    const READS: &[ResourceType] = &[sources::CONFIG_MAP];
    const KINDS: &[&str] = &[
        "ConfigMap",
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "PodTemplate",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    ];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        match request.workload() {
            Some(workload) => judge(request, workload, settings),
            None if request.kind() == "ConfigMap" => config_map::judge(request, settings),
            None => vec![],
        }
    }
}

tidegate_policy::export!(PlaintextPassword);

fn judge(request: &Request, workload: &Workload, settings: &Settings) -> Vec<Finding> {
    let place = Place { kind: request.kind(), immutable: workload.immutable };
    let hidden = Hidden { kind: request.kind(), immutable: workload.immutable };
    let mut findings = Vec::new();
    for container in workload.containers.iter().filter(|container| settings.looks_at(container)) {
        let passwords = settings.passwords(container);
        let is_plain = |variable: &&EnvVar| variable.is_literal() && passwords.has(variable);
        let mut literal = container.env.iter().filter(is_plain).peekable();
        if literal.peek().is_some() {
            let names = Names::of(container);
            findings.extend(literal.map(|variable| place.judge(container, &names, variable)));
        }
    }
    for container in workload.containers.iter().filter(|container| settings.looks_at(container)) {
        findings.extend(places::judge(container, &hidden));
        findings.extend(sources::judge(container, settings, request.is_update() || workload.immutable));
    }
    findings.extend(annotations::judge("/metadata", &hidden));
    if !workload.template.is_empty() {
        findings.extend(annotations::judge(&format!("{}/metadata", workload.template), &hidden));
    }
    findings
}
