//! `tidegate policy docs`: the reference part of a policy's README.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::authoring::{Inspection, Readme, component_in, open};
use crate::cli::policies;

/// The README of a policy, in its folder.
const README: &str = "README.md";

/// The arguments of `policy docs`.
#[derive(Debug, clap::Args)]
#[command(after_help = "The reference stands between <!-- tidegate:reference --> and <!-- /tidegate:reference -->; \
    where these are missing, it comes at the end.\n\nExit code: 0 written, or with --check as it should be, 1 with \
    --check it is not, 2 something cannot be read or written, or the usage is wrong.\n\nExamples:\n  \
    tidegate policy docs\n  tidegate policy docs --check policies/backup-deadline\n  \
    tidegate policy docs --readme docs/backup-deadline.md backup-deadline.wasm")]
pub(crate) struct DocsArguments {
    /// The policy's folder, or its component.
    #[arg(value_name = "FOLDER|FILE", default_value = ".", value_hint = clap::ValueHint::AnyPath)]
    policy: PathBuf,
    /// The README, in place of README.md in the policy's folder.
    #[arg(long, value_name = "FILE")]
    readme: Option<PathBuf>,
    /// Write nothing, and show what would change.
    #[arg(long)]
    check: bool,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

/// Writes it, or shows how it should be.
pub(crate) fn run(arguments: DocsArguments) -> anyhow::Result<ExitCode> {
    let DocsArguments { policy, readme, check, cache_dir } = arguments;
    let component = if policy.is_dir() { component_in(&policy)? } else { policy.clone() };
    let opened = open(&component.display().to_string(), &policies::runtime(cache_dir.as_deref())?)?;
    let file = readme.unwrap_or_else(|| folder_of(&component).join(README));
    let readme = Readme::read(&file, &Inspection::from(&opened))?;
    let shown = file.display();
    if readme.is_current() {
        println!("{shown}: its reference is as it should be");
        return Ok(ExitCode::SUCCESS);
    }
    if check {
        print!("{}", readme.changes());
        println!("{shown}: its reference is not what the component says; `tidegate policy docs` writes it");
        return Ok(ExitCode::FAILURE);
    }
    readme.write()?;
    println!("{shown}: its reference is written");
    Ok(ExitCode::SUCCESS)
}

/// The folder of the policy that a component is of: `build/` is below it.
fn folder_of(component: &Path) -> &Path {
    let beside = component.parent().unwrap_or(Path::new(""));
    if beside.file_name().is_some_and(|name| name == "build") { beside.parent().unwrap_or(beside) } else { beside }
}
