//! `tidegate policy build`: from a policy's folder to its component.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::authoring::build::{BuildError, Options, build};
use crate::authoring::kilobytes;
use crate::cli::policies;

/// What is told beside the arguments.
const MORE: &str = "\
The language is told by the files in the folder:
  Cargo.toml                    Rust: cargo for wasm32-unknown-unknown, by rustup or Debian's rustc-web
  package.json and policy.js    JavaScript: componentize-qjs, from node_modules
  package.json and policy.ts    TypeScript: tsc, then the same
  policy.py                     Python: componentize-py, from .venv

node_modules and .venv are made if they are missing, of what package.json and requirements.txt list. The component is
made against the contract in the folder's wit/, and checked as the gate does.

A component reaches nothing but the contract. What the runtimes of JavaScript and Python ask of a system is satisfied
within the component, by stubs: there are no files, no network, no environment; a clock traps; random numbers are the
same in every review.

Exit code: 0 built, 1 the policy does not compile or the gate would not take it, 2 something is missing, or the usage
is wrong.

Examples:
  tidegate policy build
  tidegate policy build policies/backup-deadline
  tidegate policy build --output backup-deadline.wasm";

/// The arguments of `policy build`.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct BuildArguments {
    /// The policy's folder.
    #[arg(value_name = "FOLDER", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    folder: PathBuf,
    /// Where the component goes, in place of build/NAME.wasm in the folder.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave the types of JavaScript and Python unchecked.
    #[arg(long)]
    skip_types: bool,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

/// Builds, and says what came of it.
pub(crate) fn run(arguments: BuildArguments) -> anyhow::Result<ExitCode> {
    let BuildArguments { folder, output, skip_types, cache_dir } = arguments;
    let runtime = policies::runtime(cache_dir.as_deref())?;
    let built = match build(&folder, &Options { output, skip_types }, &runtime, &mut |note| eprintln!("note: {note}")) {
        Ok(built) => built,
        Err(error) if BuildError::is_about_code(&error) => {
            eprintln!("tidegate: {error}");
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    built.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    println!(
        "{}\n  {}, {}, built and checked in {:.1} s\n  {}",
        built.file.display(),
        built.language.name(),
        kilobytes(built.bytes),
        built.time.as_secs_f64(),
        built.digest
    );
    Ok(ExitCode::SUCCESS)
}
