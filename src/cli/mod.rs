//! The command line: one file per command, arguments and wiring, nothing else.

mod answers;
mod audit;
mod demo;
mod destinations;
mod fix;
mod live;
mod logging;
mod policies;
mod secrets;
mod serve;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Show the gate at work over TLS, without a cluster.
    Demo(demo::DemoArguments),
    /// Repair manifests in their files, with comments and layout kept.
    Fix(fix::FixArguments),
    /// Answer an API server's admission reviews over HTTPS.
    Serve(serve::ServeArguments),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    logging::quiet_panics();
    let Arguments { command } = Arguments::parse();
    let outcome = match command {
        Command::Audit(arguments) => audit::run(arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Fix(arguments) => fix::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
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
