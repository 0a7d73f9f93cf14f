//! `tidegate policy`: what those need who write and install policies.

mod pull;
mod push;
mod webhooks;

use std::process::ExitCode;

use clap::Subcommand;

/// What is done with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Get a policy's component from a registry.
    Pull(pull::PullArguments),
    /// Put a policy's component into a registry.
    Push(push::PushArguments),
    /// Print the webhook configurations that policies need, for those who keep them by hand or in Git.
    Webhooks(webhooks::WebhooksArguments),
}

/// Does it.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Pull(arguments) => pull::run(&arguments),
        PolicyCommand::Push(arguments) => push::run(&arguments),
        PolicyCommand::Webhooks(arguments) => webhooks::run(arguments),
    }
}
