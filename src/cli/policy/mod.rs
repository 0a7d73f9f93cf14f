//! `tidegate policy`: what authors of policies need.

mod pull;
mod push;

use std::process::ExitCode;

use clap::Subcommand;

/// What is done about a policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Get a policy's component from a registry.
    Pull(pull::PullArguments),
    /// Put a policy's component into a registry.
    Push(push::PushArguments),
}

/// Does it.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Pull(arguments) => pull::run(&arguments),
        PolicyCommand::Push(arguments) => push::run(&arguments),
    }
}
