//! `tidegate policy check`: whether the gate takes components.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::authoring::{OpenError, check};
use crate::cli::policies;

/// The arguments of `policy check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 the gate takes them all, 1 it refuses one, 2 one cannot be read, or the usage is \
    wrong.\n\nExamples:\n  tidegate policy check build/backup-deadline.wasm\n  tidegate policy check --strict *.wasm"
)]
pub(crate) struct CheckArguments {
    /// Components.
    #[arg(value_name = "FILE|FOLDER", required = true)]
    files: Vec<String>,
    /// Take warnings for errors.
    #[arg(long)]
    strict: bool,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

/// Checks, one after the other, and says of each what there is to say.
pub(crate) fn run(arguments: CheckArguments) -> anyhow::Result<ExitCode> {
    let CheckArguments { files, strict, cache_dir } = arguments;
    let runtime = policies::runtime(cache_dir.as_deref())?;
    let mut is_good = true;
    for file in &files {
        let (name, verdict) = match check(file, &runtime) {
            Ok((opened, verdict)) => (opened.description().name.clone(), verdict),
            Err(error @ (OpenError::Refused { .. } | OpenError::Unusable { .. })) => {
                println!("{file}: error: {}", error.reason());
                is_good = false;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        verdict.errors.iter().for_each(|error| println!("{file}: error: {error}"));
        verdict.warnings.iter().for_each(|warning| println!("{file}: warning: {warning}"));
        if verdict.errors.is_empty() && verdict.warnings.is_empty() {
            println!("{file}: the policy {name}, as it should be");
        }
        is_good &= verdict.errors.is_empty() && (verdict.warnings.is_empty() || !strict);
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
