//! `tidegate policy`: what authors of policies need.

mod new;

use std::process::ExitCode;

use clap::Subcommand;

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Make the folder of a new policy, which builds and passes its own tests at once.
    New(new::NewArguments),
}

/// Runs the command.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::New(arguments) => new::run(arguments),
    }
}
