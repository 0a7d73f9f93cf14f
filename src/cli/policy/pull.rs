//! `tidegate policy pull`: a policy's component from a registry.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::super::policies::{self, RegistryArguments};
use crate::files;

/// The arguments of `policy pull`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Credentials are those of `docker login`.\n\n\
    Examples:\n  tidegate policy pull oci://registry.example.com/policies/backup:1.0.0\n  \
    tidegate policy pull oci://registry.example.com/policies/backup:1.0.0 --output backup.wasm")]
pub(crate) struct PullArguments {
    /// The artefact, by its tag or its digest.
    #[arg(value_name = "oci://REGISTRY/REPOSITORY:TAG")]
    address: String,
    /// The file that gets the component, instead of a new one that is called as the repository is.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    registries: RegistryArguments,
}

/// Pulls, and tells what was pulled.
pub(crate) fn run(arguments: &PullArguments) -> anyhow::Result<ExitCode> {
    let threads = policies::threads()?;
    let code = policies::sources(threads.handle(), &arguments.registries).pull(&arguments.address)?;
    let file = match &arguments.output {
        Some(file) => {
            files::put(file, &code.component).with_context(|| file.display().to_string())?;
            file.clone()
        }
        None => {
            let file = PathBuf::from(format!("{}.wasm", repository(&arguments.address)?));
            files::create(&file, &code.component, false)
                .with_context(|| format!("{}; --output names another file, or this one", file.display()))?;
            file
        }
    };
    let from = code.resolved.as_deref().unwrap_or(&arguments.address);
    eprintln!("{from}\n{} bytes, {}, are now in {}", code.component.len(), code.digest, file.display());
    Ok(ExitCode::SUCCESS)
}

/// The last word of the repository's name.
fn repository(address: &str) -> anyhow::Result<&str> {
    let last = address.rsplit('/').next().unwrap_or_default();
    match last.split([':', '@']).next() {
        Some(name) if !name.is_empty() => Ok(name),
        _ => bail!("{address}: there is no name for the file; --output names one"),
    }
}
