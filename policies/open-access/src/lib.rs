//! Nobody gets in without a password.
//!
//! MY002: the image lets root have none. MY003: the server does not ask, or takes a password from a file that
//! many can read. MY004: the data are handed to any caller. MY026: the password is printed to the log. MY027:
//! replication or backup logs in without one.

mod commands;
mod empty;
mod environment;
mod grants;
mod image;
mod replication;
mod settings;
mod stream;

use tidegate_policy::{Concern, Container, Finding, Policy, Request, ResourceType, Rule, Severity};

use crate::commands::Commands;
use crate::environment::{CONFIG_MAP, Environment};
use crate::settings::Settings;

/// The policy.
struct OpenAccess;

impl Policy for OpenAccess {
    type Settings = Settings;
    const NAME: &str = "open-access";
    const TITLE: &str = "Nobody gets in without a password";
    const RULES: &[Rule] =
        &[empty::EMPTY, grants::UNGUARDED, stream::STREAM, empty::PRINTED, replication::PASSWORDLESS];
    const READS: &[ResourceType] = &[CONFIG_MAP];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let Some(workload) = request.workload() else { return vec![] };
        let looks_at = |container: &Container| !settings.ignore_containers.contains(&container.name);
        let mut findings = Vec::new();
        let mut root_is_open = false;
        for (container, server) in workload.servers().filter(|(container, _)| looks_at(container)) {
            let environment = Environment::of(container);
            root_is_open |= empty::root_is_open(server, &environment);
            let mut found: Vec<_> =
                empty::empty_password(request, container, server, &environment).into_iter().collect();
            found.extend(grants::unguarded(workload, container, server));
            found.extend(empty::printed_password(container, server, &environment));
            findings.extend(found.into_iter().map(|finding| finding.at_most_medium_if_unknown(server)));
        }
        for container in workload.containers.iter().filter(|container| looks_at(container)) {
            if let Some(commands) = Commands::of(container) {
                findings.extend(stream::stream(container, &commands));
                findings.extend(replication::passwordless(container, &commands, root_is_open));
            }
        }
        if workload.immutable {
            findings.iter_mut().for_each(|finding| stays(request.kind(), finding));
        }
        findings
    }
}

tidegate_policy::export!(OpenAccess);

/// What is stored and cannot change any more is not refused: that would not take it away.
fn stays(kind: &str, finding: &mut Finding) {
    finding.severity = finding.severity.min(Severity::Medium);
    let help = finding.help.take().unwrap_or_default();
    finding.help = Some(format!("A stored {kind} cannot change in this: delete it and create it again. {help}"));
}
