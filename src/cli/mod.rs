//! The command line: one file per command, arguments and wiring, nothing else.

mod answers;
mod audit;
mod certificate;
mod cluster_policies;
mod completions;
mod demo;
mod deploy;
mod destinations;
mod explain;
mod fix;
mod git;
mod install;
mod interrupt;
mod kubectl;
mod live;
mod logging;
mod man;
mod output;
mod policies;
mod policies_followed;
mod policy;
mod progress;
mod replica;
mod reports;
mod secrets;
mod selection;
mod serve;
mod status;
mod uninstall;
mod webhooks;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use kubectl::Called;

/// The input or the usage is wrong; clap's own code for it.
const EXIT_USAGE: u8 = 2;

/// An admission gate for MySQL on Kubernetes: repairs what it can, refuses what it must, and says why.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell what the gate would say of manifests or of a live cluster, without changing anything.
    Audit(audit::AuditArguments),
    /// Write what a shell needs to complete this command's words.
    Completions(completions::CompletionsArguments),
    /// Show the gate at work over TLS, without a cluster.
    Demo(demo::DemoArguments),
    /// Put a MySQL as it should be into the current cluster, and look after it.
    #[command(subcommand, after_help = deploy::EXAMPLES)]
    Deploy(deploy::DeployCommand),
    /// Tell what a rule is about: what is wrong, what happens otherwise, what to do.
    Explain(explain::ExplainArguments),
    /// Repair manifests in their files, with comments and layout kept.
    Fix(fix::FixArguments),
    /// Put the gate into the current cluster.
    Install(install::InstallArguments),
    /// Write the manual's pages.
    Man(man::ManArguments),
    /// Write, try and install policies.
    #[command(subcommand, after_help = policy::EXAMPLES)]
    Policy(policy::PolicyCommand),
    /// Answer an API server's admission reviews over HTTPS.
    Serve(serve::ServeArguments),
    /// Tell how the gate stands in the current cluster.
    Status(status::StatusArguments),
    /// Take the gate out of the current cluster.
    Uninstall(uninstall::UninstallArguments),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    logging::quiet_panics();
    let mut words = std::env::args_os();
    let called = kubectl::called(words.next().as_deref());
    let whole = match called {
        Called::Completer => return kubectl::complete(Arguments::command(), words),
        Called::Plugin => kubectl::as_plugin(Arguments::command()),
        Called::Itself => Arguments::command(),
    };
    let Arguments { command } = Arguments::from_arg_matches(&whole.get_matches()).unwrap_or_else(|error| error.exit());
    let outcome = match command {
        Command::Audit(arguments) => audit::run(arguments),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Deploy(command) => deploy::run(command),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Fix(arguments) => fix::run(arguments),
        Command::Install(arguments) => install::run(arguments),
        Command::Man(arguments) => man::run(arguments, Arguments::command()),
        Command::Policy(command) => policy::run(command),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Status(arguments) => status::run(arguments),
        Command::Uninstall(arguments) => uninstall::run(arguments),
    };
    outcome.unwrap_or_else(|error| {
        // Nobody is left to be told if this fails.
        let _ = writeln!(std::io::stderr(), "tidegate: {}", message(&error));
        ExitCode::from(EXIT_USAGE)
    })
}

/// An error with its causes, each said once: some name their cause themselves.
fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
