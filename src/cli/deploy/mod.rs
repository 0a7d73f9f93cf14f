//! `tidegate deploy`: the reference MySQL in the current cluster.

mod remove;
mod status;
mod up;

use std::process::ExitCode;

use clap::Subcommand;

use crate::deploy::Kind;

pub(super) const EXAMPLES: &str = "Examples:\n  tidegate deploy single\n  tidegate deploy replicated --replicas 3 \
    --storage-class gp3\n  tidegate deploy status\n  tidegate deploy remove replicated";

/// What is done with a database.
#[derive(Debug, Subcommand)]
pub(crate) enum DeployCommand {
    /// Deploy one MySQL server on one volume.
    Single(up::SingleArguments),
    /// Deploy a MySQL primary, and replicas that follow it.
    Replicated(up::ReplicatedArguments),
    /// Tell how the databases stand: versions, transactions, and how far replicas are behind.
    Status(status::StatusArguments),
    /// Remove a database's servers; its data stay unless that is asked for twice.
    Remove(remove::RemoveArguments),
}

/// Does it.
pub(crate) fn run(command: DeployCommand) -> anyhow::Result<ExitCode> {
    match command {
        DeployCommand::Single(arguments) => up::single(arguments),
        DeployCommand::Replicated(arguments) => up::replicated(arguments),
        DeployCommand::Status(arguments) => status::run(arguments),
        DeployCommand::Remove(arguments) => remove::run(arguments),
    }
}

/// How a command names a context that is not the current one.
fn in_context(context: Option<&str>) -> String {
    context.map_or_else(String::new, |context| format!(" --context {context}"))
}

/// How a command names a namespace that is not the usual one.
fn named(kind: Kind, namespace: &str) -> String {
    if namespace == kind.namespace() { String::new() } else { format!(" --namespace {namespace}") }
}
