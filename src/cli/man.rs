//! `tidegate man`: the manual's pages.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Command;

/// The arguments of `man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate man | man -l -\n  \
    tidegate man ~/.local/share/man/man1 && man tidegate-audit")]
pub(crate) struct ManArguments {
    /// A folder into which the page of each command is written; without it, tidegate's own page goes to
    /// standard output.
    #[arg(value_name = "DIRECTORY")]
    folder: Option<PathBuf>,
}

/// Writes the pages.
pub(crate) fn run(arguments: ManArguments, command: Command) -> anyhow::Result<ExitCode> {
    match arguments.folder {
        Some(folder) => {
            let failed = || format!("{}: the manual cannot be written", folder.display());
            std::fs::create_dir_all(&folder).with_context(failed)?;
            clap_mangen::generate_to(command, &folder).with_context(failed)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            std::io::stdout().write_all(&page)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
