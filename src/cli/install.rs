//! `tidegate install`: puts the gate into the current cluster.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::live::Connection;
use super::reports::ReportKind;
use crate::install::{self, NAMESPACE, Options, Plan, Progress};

/// The arguments of `install`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate install --image registry.example/tidegate:0.1.0\n  \
    tidegate install --dry-run\n  tidegate install --image registry.example/tidegate:0.1.0 --output gate.yaml\n\n\
    Webhooks are in force last, when the gate answers and the API server has called it: nothing is held up meanwhile. To \
    run it again does no harm: it goes on where it stopped, keeps what was chosen before, and brings an older \
    installation to this version. What was written by hand stays in webhooks that are in force (selectors, failurePolicy, \
    timeoutSeconds) and in the gate's Deployment (--webhooks, --clean-up, --clean-up-after, --changed-passwords, \
    --client-ca, the container's resources). Whoever applies the file of --output by other means registers the webhooks \
    at once: until the gate answers, MySQL workloads wait.")]
pub(crate) struct InstallArguments {
    #[command(flatten)]
    place: Place,
    /// The gate's image; without, that of the installation that is there.
    #[arg(long, value_name = "NAME", value_parser = parse_image)]
    image: Option<String>,
    /// A Secret of the gate's namespace with credentials for the image's registry.
    #[arg(long, value_name = "SECRET")]
    pull_secret: Option<String>,
    /// How many replicas: two without, or as many as there are; of one none is left while it is replaced.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=20))]
    replicas: Option<u32>,
    /// Let cert-manager make the certificate; without, the gate makes and renews its own. While webhooks are in force,
    /// neither becomes the other: uninstall first.
    #[arg(long)]
    cert_manager: bool,
    /// Write what is found in stored objects as reports of this kind beside them.
    #[arg(long, value_name = "KIND")]
    reports: Option<ReportKind>,
    /// How many seconds the gate may take until it answers.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
    /// Print what would be applied, and ask no cluster.
    #[arg(long, conflicts_with = "output")]
    dry_run: bool,
    /// Write what would be applied into a file, and ask no cluster.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Where the gate is, or is to be.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The gate's own namespace.
    #[arg(long, value_name = "NAME", default_value = NAMESPACE)]
    pub(super) namespace: String,
    /// The context of the kubeconfig; its current one if none is named.
    #[arg(long, value_name = "NAME")]
    pub(super) context: Option<String>,
}

/// Installs, or prints what would be installed.
pub(crate) fn run(arguments: InstallArguments) -> anyhow::Result<ExitCode> {
    let InstallArguments { place, image, pull_secret, replicas, cert_manager, reports, timeout, dry_run, output } =
        arguments;
    check_namespace(&place.namespace)?;
    let reports = reports.map(Into::into);
    let timeout = Duration::from_secs(timeout);
    let options = Options {
        namespace: place.namespace,
        image,
        pull_secret,
        replicas,
        cert_manager,
        reports,
        timeout,
        ..Options::default()
    };
    if dry_run || output.is_some() {
        if options.image.is_none() {
            let _ = writeln!(std::io::stderr(), "note: without --image it names one that no registry has");
        }
        return print(Plan::new(&options)?.objects(), output.as_deref());
    }
    let context = place.context.as_ref().map_or_else(String::new, |context| format!(" --context {context}"));
    let connection = Connection::open(place.context)?;
    connection.threads().block_on(install::install(connection.client(), &options, &mut tell))?;
    say(&format!("The gate is in force. How it stands: tidegate status{}{context}", named(&options.namespace)));
    Ok(ExitCode::SUCCESS)
}

/// A reference to an image has no spaces: said before anything is applied.
pub(super) fn parse_image(text: &str) -> Result<String, String> {
    let is_fit = |letter: char| letter.is_ascii_alphanumeric() || "-._/:@".contains(letter);
    if !text.is_empty() && text.chars().all(is_fit) {
        Ok(text.to_owned())
    } else {
        Err("an image is named like registry.example/name:tag".to_owned())
    }
}

/// The gate's own namespace cannot be one that is judged.
pub(super) fn check_namespace(namespace: &str) -> anyhow::Result<()> {
    check_label(namespace)?;
    if namespace.starts_with("kube-") || namespace == "default" {
        bail!("--namespace: the gate judges nothing in its own namespace, so it needs one of its own, not {namespace}");
    }
    Ok(())
}

/// A namespace's name is a DNS label, to the API server too; said before anything is asked of it.
pub(super) fn check_label(namespace: &str) -> anyhow::Result<()> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = (1..=63).contains(&namespace.len())
        && namespace.bytes().all(is_letter)
        && !namespace.starts_with('-')
        && !namespace.ends_with('-');
    if !is_label {
        bail!("--namespace: a name is of lower-case letters, digits and hyphens, at most 63");
    }
    Ok(())
}

/// How a command names a namespace that is not the usual one.
fn named(namespace: &str) -> String {
    if namespace == NAMESPACE { String::new() } else { format!(" --namespace {namespace}") }
}

/// Prints objects, or writes them into a file.
pub(super) fn print<'a>(objects: impl Iterator<Item = &'a Value>, output: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    for object in objects {
        text.push_str("---\n");
        text.push_str(serde_saphyr::to_string(object)?.trim_end());
        text.push('\n');
    }
    match output {
        Some(file) => fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))?,
        None => match std::io::stdout().lock().write_all(text.as_bytes()) {
            // Who reads with `head` has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            outcome => outcome.context("what is applied cannot be printed")?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(progress: Progress) {
    say(&match progress {
        Progress::Applied(object) => format!("applied {object}"),
        Progress::Waiting(what) => format!("waiting {what}"),
        Progress::Obstacle(what) => format!("  {what}"),
        Progress::Kept(what) => format!("  left as it was written there: {what}"),
        Progress::Tried => "tried: the API server asks the gate, and takes its answer".to_owned(),
        Progress::Untried(why) => format!("could not be tried by a dry run: {why}"),
    });
}

/// Writes a line to standard output. If nobody reads it any more, what was begun is finished all the same.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
