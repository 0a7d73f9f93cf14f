//! `tidegate policy`: what authors of policies need.

mod bench;
mod test;
mod watch;

use std::process::ExitCode;

use clap::Subcommand;

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Measure what a policy costs, beside the built-in ones.
    Bench(bench::BenchArguments),
    /// Run a policy's cases on the gate's own engine, without a cluster.
    Test(test::TestArguments),
}

/// Runs the command.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Bench(arguments) => bench::run(arguments),
        PolicyCommand::Test(arguments) => test::run(arguments),
    }
}
