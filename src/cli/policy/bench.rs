//! `tidegate policy bench`: what a policy costs, beside the built-in ones.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::authoring::{Given, Place, bench::bench, write_costs};
use crate::cli::policies;
use crate::cli::progress::Patience;

/// The longest time that is measured, in seconds: an hour shows nothing that a minute does not.
const LONGEST: f64 = 3_600.0;

/// The arguments of `policy bench`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code: 0 measured, 2 there is nothing to measure, or the usage is wrong.\n\n\
    Examples:\n  tidegate policy bench\n  tidegate policy bench my-policy --alone --seconds 30\n  \
    tidegate policy bench builtin://probes --cases policies/probes/cases")]
pub(crate) struct BenchArguments {
    /// The policy: its folder, its component, or builtin://NAME.
    #[arg(value_name = "FOLDER|FILE.wasm", default_value = ".")]
    policy: String,
    /// The folder of the cases whose objects are judged; else `cases` in the policy's folder.
    #[arg(long, value_name = "FOLDER")]
    cases: Option<PathBuf>,
    /// The policy's document; else policy.yaml in the policy's folder, if that is there.
    #[arg(long = "policy", value_name = "FILE")]
    document: Option<PathBuf>,
    /// How long reviews are measured, all policies together.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    seconds: Duration,
    /// Without the built-in policies beside it.
    #[arg(long)]
    alone: bool,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("write a number of seconds up to {LONGEST}, for instance 10 or 0.5");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if (0.0..=LONGEST).contains(&seconds) { Ok(Duration::from_secs_f64(seconds)) } else { Err(wrong()) }
}

/// Measures, and prints the table.
pub(crate) fn run(arguments: BenchArguments) -> anyhow::Result<ExitCode> {
    let BenchArguments { policy, cases, document, seconds, alone, cache_dir } = arguments;
    let place = Place::find(&policy, Given { cases, document })?;
    let runtime = policies::runtime(cache_dir.as_deref())?;
    let costs = {
        let _patience = Patience::with("compiling and measuring the policies");
        bench(&place, &runtime, seconds, alone)?
    };
    match write_costs(&costs, &mut anstream::stdout().lock()) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("the figures cannot be written")?,
    }
    Ok(ExitCode::SUCCESS)
}
