//! `tidegate audit`: what the gate would say of manifests or of a live cluster.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::{live, policies};
use crate::audit::{self, AuditReport, Format, Options, Outcome};

/// Something was found.
const EXIT_FOUND: u8 = 1;
/// Something of the input could not be judged.
const EXIT_UNUSABLE: u8 = 2;

/// The arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code: 0 nothing found, 1 something found, 2 the input or the usage is wrong.\n\n\
    Examples:\n  tidegate audit manifests/\n  helm template shop ./chart | tidegate audit -\n  \
    tidegate audit --format json mysql.yaml\n  tidegate audit --cluster --namespace shop --history")]
pub(crate) struct AuditArguments {
    /// Files, folders (searched for .yaml, .yml and .json, respecting .gitignore), or - for standard input.
    #[arg(value_name = "PATH", required_unless_present = "cluster", conflicts_with = "cluster")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArguments,
    /// How the report is written.
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = "table")]
    format: Format,
    /// A file with policy documents, on top of the built-in ones; may be given more than once.
    #[arg(long = "policy", value_name = "FILE")]
    policies: Vec<PathBuf>,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ClusterArguments {
    /// Audit what the cluster of KUBECONFIG or ~/.kube/config stores, in place of files.
    #[arg(long)]
    cluster: bool,
    /// The context of the kubeconfig, if not its current one.
    #[arg(long, value_name = "NAME", requires = "cluster")]
    context: Option<String>,
    /// Only this namespace; may be given more than once.
    #[arg(short, long = "namespace", value_name = "NAMESPACE", requires = "cluster")]
    namespaces: Vec<String>,
    /// Look too for passwords in what keeps old manifests: ReplicaSets, ControllerRevisions, Helm releases,
    /// last-applied-configuration, Pods, Jobs; and in Events. Reads the Secrets of Helm, and no others.
    #[arg(long, requires = "cluster")]
    history: bool,
}

/// The names of the forms that a report may have; clap says which one was meant.
fn formats() -> impl TypedValueParser<Value = Format> {
    let names = Format::ALL.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(names).try_map(|name| Format::of_name(&name).ok_or("no such format"))
}

/// Audits, and writes the report to standard output.
pub(crate) fn run(arguments: AuditArguments) -> anyhow::Result<ExitCode> {
    let AuditArguments { paths, cluster, format, policies, cache_dir } = arguments;
    let policies = policies::load(&policies, cache_dir.as_deref())?;
    let options = Options { detail: format.needs(), ..Options::default() };
    let report = if cluster.cluster {
        let ClusterArguments { context, namespaces, history, .. } = cluster;
        live::audit(live::Scope { context, namespaces, history, options }, &policies)?
    } else {
        audit::audit(&paths, &options, &policies)
    };
    match write(&report, format) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("the report cannot be written")?,
    }
    Ok(match report.outcome() {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Found => ExitCode::from(EXIT_FOUND),
        Outcome::Unusable => ExitCode::from(EXIT_UNUSABLE),
    })
}

fn write(report: &AuditReport, format: Format) -> std::io::Result<()> {
    // It takes colours away where there is no terminal, and obeys NO_COLOR and CLICOLOR_FORCE.
    let mut out = BufWriter::new(anstream::stdout().lock());
    audit::write(report, format, &mut out)?;
    out.flush()
}
