//! `tidegate fix`: repairs manifests in their files.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::policies::PolicyArguments;
use super::selection::SelectionArguments;
use super::{answers, destinations, policies};
use crate::audit::Verbosity;
use crate::fix::{self, Ask, Destination, FixOptions, FixReport, Mode, Outcome};

/// Something is left, or would be changed.
const EXIT_LEFT: u8 = 1;
/// Something could not be read, judged or written.
const EXIT_UNUSABLE: u8 = 2;
/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// The arguments of `fix`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code: 0 everything is repaired that was found, 1 something is left that a person has to \
    decide, 2 the input or the usage is wrong, or a file could not be written. With --check or --diff: 0 nothing would \
    be changed, 1 something would.\n\n\
    Examples:\n  tidegate fix --diff manifests/\n  tidegate fix --secrets ~/shop-secrets.yaml manifests/\n  \
    tidegate fix --seal 'kubeseal --format yaml' manifests/\n  tidegate fix --interactive --rule MY011 mysql.yaml\n  \
    helm template shop ./chart | tidegate fix - > repaired.yaml")]
pub(crate) struct FixArguments {
    /// Files, folders (searched for .yaml, .yml and .json, respecting .gitignore), or - for standard input, whose
    /// repaired text goes to standard output.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    manner: Manner,
    #[command(flatten)]
    wanted: SelectionArguments,
    #[command(flatten)]
    passwords: PasswordArguments,
    #[command(flatten)]
    policies: PolicyArguments,
}

#[derive(Debug, clap::Args)]
struct Manner {
    /// Show what would be changed, passwords withheld, and change nothing.
    #[arg(long)]
    diff: bool,
    /// Say what would be changed, and change nothing.
    #[arg(long)]
    check: bool,
    /// Ask about each repair.
    #[arg(short, long, conflicts_with_all = ["diff", "check"])]
    interactive: bool,
    /// Write documents anew, without their comments, whose layout cannot be kept.
    #[arg(long)]
    rewrite: bool,
    /// Tell problems and the totals only.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell each finding in full, with what to do about those that are left.
    #[arg(short, long)]
    verbose: bool,
}

/// Where passwords go that are taken out of manifests; without one of these they stay.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordArguments {
    /// The file that gets the Secrets: only you may read it, and it has to be outside of Git or ignored by it.
    /// `apply` makes them in the cluster of KUBECONFIG or ~/.kube/config, those of manifests without a namespace in
    /// that of the context. With --seal, the file or folder that gets what is sealed.
    #[arg(long, value_name = "FILE|apply")]
    pub(super) secrets: Option<PathBuf>,
    /// A program that seals: it gets each Secret by its standard input, and what it writes to its standard output is
    /// put beside the manifest. It is started by sh.
    #[arg(long, value_name = "PROGRAM")]
    pub(super) seal: Option<String>,
    /// The context of the kubeconfig for --secrets apply, if not its current one.
    #[arg(long, value_name = "NAME")]
    pub(super) context: Option<String>,
}

/// Repairs, and tells what was repaired.
pub(crate) fn run(arguments: FixArguments) -> anyhow::Result<ExitCode> {
    let FixArguments { paths, manner, wanted, passwords, policies } = arguments;
    let reads_input = paths.iter().any(|path| path.as_os_str() == STANDARD_INPUT);
    if manner.interactive && reads_input {
        bail!(
            "--interactive reads the answers from standard input, so that no manifest can come from there: name a file"
        );
    }
    let policies = policies::load(&policies)?;
    let options = FixOptions {
        selection: wanted.selection(&policies)?,
        may_rewrite: manner.rewrite,
        mode: if manner.diff || manner.check { Mode::DryRun } else { Mode::Write },
        diff: manner.diff,
    };
    let mut passwords = passwords;
    if manner.interactive && passwords.secrets.is_none() && passwords.seal.is_none() {
        // Nobody is asked for a place where no password can move; that shows only when all is judged.
        let look = FixOptions { mode: Mode::DryRun, ..options.clone() };
        let waiting = fix::fix(&paths, &look, &policies, None, None).waiting_for_a_place();
        passwords.secrets = if waiting > 0 { answers::place_of_secrets(waiting)? } else { None };
    }
    let mut destination = destinations::of(passwords)?;
    let destination = destination.as_mut().map(|destination| destination.as_mut() as &mut dyn Destination);
    let mut answers = answers::Answers;
    let ask = manner.interactive.then_some(&mut answers as &mut dyn Ask);
    let report = fix::fix(&paths, &options, &policies, destination, ask);
    match write(&report, &manner, reads_input) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("the report cannot be written")?,
    }
    Ok(match report.outcome(options.mode == Mode::Write) {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Left => ExitCode::from(EXIT_LEFT),
        Outcome::Unusable => ExitCode::from(EXIT_UNUSABLE),
    })
}

impl Manner {
    fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Brief,
            (_, true) => Verbosity::Full,
            _ => Verbosity::Ordinary,
        }
    }
}

/// Standard output gets the diff or the repaired text, if there is to be one, and else the report.
fn write(report: &FixReport, manner: &Manner, reads_input: bool) -> std::io::Result<()> {
    // They take colours away where there is no terminal, and obey NO_COLOR and CLICOLOR_FORCE.
    if manner.diff {
        let mut out = BufWriter::new(anstream::stdout().lock());
        fix::show_diffs(report, &mut out)?;
        out.flush()?;
    }
    if let Some(output) = &report.output {
        let mut out = std::io::stdout().lock();
        out.write_all(&output.0)?;
        out.flush()?;
    }
    if manner.diff || reads_input {
        let mut out = BufWriter::new(anstream::stderr().lock());
        fix::show_report(report, manner.verbosity(), &mut out)?;
        out.flush()
    } else {
        let mut out = BufWriter::new(anstream::stdout().lock());
        fix::show_report(report, manner.verbosity(), &mut out)?;
        out.flush()
    }
}
