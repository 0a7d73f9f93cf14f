//! `tidegate policy push`: a policy's component into a registry.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::super::policies::{self, RegistryArguments};
use crate::authoring::in_folder;
use crate::modules::Artifact;
use crate::wasm::{Inspection, LARGEST_COMPONENT, inspect};

/// The arguments of `policy push`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Credentials are those of `docker login`.\n\n\
    Examples:\n  tidegate policy push backup.wasm oci://registry.example.com/policies/backup:1.0.0")]
pub(crate) struct PushArguments {
    /// The component, or the folder of a policy that is built.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where it goes. The tag is its version.
    #[arg(value_name = "oci://REGISTRY/REPOSITORY:TAG")]
    address: String,
    /// Where compiled policies are kept.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
    #[command(flatten)]
    registries: RegistryArguments,
}

/// Checks the component as the gate would, pushes it, and prints the lines that install it.
pub(crate) fn run(arguments: &PushArguments) -> anyhow::Result<ExitCode> {
    let in_folder = in_folder(&arguments.file)?;
    let file = in_folder.as_deref().unwrap_or(&arguments.file);
    let component = read(file)?;
    let runtime = policies::runtime(arguments.cache_dir.as_deref())?;
    let found = inspect(&runtime, &component).with_context(|| file.display().to_string())?;
    let version = version(&arguments.address)?;
    let threads = policies::threads()?;
    let artifact = Artifact {
        annotations: annotations(&found, version),
        component,
        exports: found.exports,
        imports: found.imports,
    };
    let pushed = policies::sources(threads.handle(), &arguments.registries).push(&arguments.address, &artifact)?;
    let rules = found.description.rules.len();
    let size = artifact.component.len().div_ceil(1024);
    let plural = if rules == 1 { "" } else { "s" };
    eprintln!("pushed {}: {rules} rule{plural}, {size} KB; spec of its document:", found.description.name);
    writeln!(std::io::stdout(), "module: {}\ndigest: {}", pushed.address, pushed.component)
        .context("the lines of its document cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let name = file.display();
    let size = std::fs::metadata(file).with_context(|| format!("{name}: it cannot be read"))?.len();
    if size > LARGEST_COMPONENT {
        bail!("{name}: {} MiB; the gate loads at most {} MiB", size >> 20, LARGEST_COMPONENT >> 20);
    }
    std::fs::read(file).with_context(|| format!("{name}: it cannot be read"))
}

/// The tag, without which nobody could tell what is new.
fn version(address: &str) -> anyhow::Result<&str> {
    let last = address.rsplit('/').next().unwrap_or_default();
    match last.split_once(':') {
        Some((_, tag)) if !tag.is_empty() => Ok(tag),
        _ => bail!("{address}: it has no tag; add the version, as in {address}:1.0.0"),
    }
}

/// What registries show of it: the OCI's own annotations, and how many rules it has.
fn annotations(found: &Inspection, version: &str) -> BTreeMap<String, String> {
    let of = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    BTreeMap::from([
        of("org.opencontainers.image.title", &found.description.name),
        of("org.opencontainers.image.description", &found.description.title),
        of("org.opencontainers.image.version", version),
        of("dev.tidegate.rules", &found.description.rules.len().to_string()),
    ])
}
