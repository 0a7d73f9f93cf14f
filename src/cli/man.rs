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
            for (name, page) in pages(command)? {
                std::fs::write(folder.join(format!("{name}.1")), page).with_context(failed)?;
            }
        }
        None => {
            std::io::stdout().write_all(&page(command)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of the command and those of all commands below it, each with its name.
fn pages(mut command: Command) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    command.build();
    let mut pages = Vec::new();
    let mut left = vec![&command];
    while let Some(command) = left.pop() {
        let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
        pages.push((name, page(command.clone())?));
        left.extend(command.get_subcommands().filter(|below| below.get_name() != "help"));
    }
    Ok(pages)
}

fn page(command: Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    let version = concat!("tidegate ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).source(version).render(&mut page)?;
    Ok(page)
}
