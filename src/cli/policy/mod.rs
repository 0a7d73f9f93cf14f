//! `tidegate policy`: what is done with policies and their documents.

mod webhooks;

use std::process::ExitCode;

use clap::Subcommand;

/// What is done with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print the webhook configurations that policies need, for those who keep them by hand or in Git.
    Webhooks(webhooks::WebhooksArguments),
}

/// Runs one of them.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Webhooks(arguments) => webhooks::run(arguments),
    }
}
