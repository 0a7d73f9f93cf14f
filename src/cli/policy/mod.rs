//! `tidegate policy`: what those need who write and install policies.

mod bench;
mod build;
mod check;
mod docs;
mod inspect;
mod new;
mod pull;
mod push;
mod test;
mod watch;
mod webhooks;

use std::process::ExitCode;

use clap::Subcommand;

/// What is told beside the commands.
pub(super) const EXAMPLES: &str = "\
Examples:
  tidegate policy new backup-deadline --language python
  tidegate policy build
  tidegate policy test
  tidegate policy bench
  tidegate policy inspect build/backup-deadline.wasm
  tidegate policy check build/backup-deadline.wasm
  tidegate policy docs";

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Measure what a policy costs, beside the built-in ones.
    Bench(bench::BenchArguments),
    /// Make a policy's component of its folder, in Rust, JavaScript, TypeScript or Python.
    Build(build::BuildArguments),
    /// Tell whether the gate takes components, and what of them should be better.
    Check(check::CheckArguments),
    /// Write the reference part of a policy's README.md.
    Docs(docs::DocsArguments),
    /// Tell what a component is, what it says of itself, and what it needs.
    Inspect(inspect::InspectArguments),
    /// Make the folder of a new policy, which builds and passes its own tests at once.
    New(new::NewArguments),
    /// Get a policy's component from a registry.
    Pull(pull::PullArguments),
    /// Put a policy's component into a registry.
    Push(push::PushArguments),
    /// Run a policy's cases on the gate's own engine, without a cluster.
    Test(test::TestArguments),
    /// Print the webhook configurations that policies need, for those who keep them by hand or in Git.
    Webhooks(webhooks::WebhooksArguments),
}

/// Runs the command.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Bench(arguments) => bench::run(arguments),
        PolicyCommand::Build(arguments) => build::run(arguments),
        PolicyCommand::Check(arguments) => check::run(arguments),
        PolicyCommand::Docs(arguments) => docs::run(arguments),
        PolicyCommand::Inspect(arguments) => inspect::run(arguments),
        PolicyCommand::New(arguments) => new::run(arguments),
        PolicyCommand::Pull(arguments) => pull::run(&arguments),
        PolicyCommand::Push(arguments) => push::run(&arguments),
        PolicyCommand::Test(arguments) => test::run(arguments),
        PolicyCommand::Webhooks(arguments) => webhooks::run(arguments),
    }
}
