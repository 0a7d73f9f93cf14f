//! `tidegate policy inspect`: what a component is, what it says of itself, and what it needs.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::authoring::{Inspection, open, policy_document, rights, write_text};
use crate::cli::policies;
use crate::install::NAMESPACE;

/// The arguments of `policy inspect`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 told, 2 there is no such component, the gate cannot use it, or the usage is wrong.\
    \n\nExamples:\n  tidegate policy inspect build/backup-deadline.wasm\n  \
    tidegate policy inspect --format json builtin://probes\n  \
    tidegate policy inspect --document backup-deadline.wasm > policy.yaml\n  \
    tidegate policy inspect --rights backup-deadline.wasm | kubectl apply -f -"
)]
pub(crate) struct InspectArguments {
    /// A component, the folder of a policy that is built, or builtin://NAME for one that is part of this program.
    #[arg(value_name = "FILE")]
    module: String,
    /// How it is written.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    /// Print a policy document for it, with its settings.
    #[arg(long, conflicts_with_all = ["format", "rights"])]
    document: bool,
    /// Print the ClusterRole that the gate needs for what it reads of the cluster.
    #[arg(long, conflicts_with = "format")]
    rights: bool,
    /// The namespace of the gate whose account is to have these rights.
    #[arg(long, value_name = "NAMESPACE", default_value = NAMESPACE, requires = "rights")]
    gate_namespace: String,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For programs and people.
    Yaml,
}

/// Inspects, to standard output.
pub(crate) fn run(arguments: InspectArguments) -> anyhow::Result<ExitCode> {
    let InspectArguments { module, format, document, rights: wants_rights, gate_namespace, cache_dir } = arguments;
    let opened = open(&module, &policies::runtime(cache_dir.as_deref())?)?;
    let inspection = Inspection::from(&opened);
    let mut text = Vec::new();
    match format {
        _ if document => text.extend(policy_document(&inspection).into_bytes()),
        _ if wants_rights => text.extend(rights(&inspection, &gate_namespace).into_bytes()),
        Format::Text => write_text(&inspection, &mut text)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut text, &inspection)?;
            text.push(b'\n');
        }
        Format::Yaml => text.extend(serde_saphyr::to_string(&inspection)?.into_bytes()),
    }
    match std::io::stdout().write_all(&text) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("standard output cannot be written")?,
    }
    Ok(ExitCode::SUCCESS)
}
