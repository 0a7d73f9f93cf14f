//! `tidegate policy test`: a policy's cases, on the gate's own engine.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::watch::Watcher;
use crate::authoring::case::{Outcome, Selection, TestReport, run_all, write_junit, write_text};
use crate::authoring::{Given, Place, Subject, newer_source};
use crate::cli::progress::Patience;
use crate::cli::{output, policies};
use crate::wasm::Runtime;

/// Something is not as a case expects.
const EXIT_FAILED: u8 = 1;
/// A case cannot be read.
const EXIT_UNUSABLE: u8 = 2;

/// The arguments of `policy test`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 all cases are as they expect, 1 some are not, 2 the input or the usage is wrong.\n\n\
    Examples:\n  tidegate policy test\n  tidegate policy test my-policy --watch\n  \
    tidegate policy test --filter update --update\n  tidegate policy test --junit cases.xml --require-coverage\n  \
    tidegate policy test my-policy/build/my-policy.wasm --cases elsewhere"
)]
pub(crate) struct TestArguments {
    /// The policy: its folder, its component, or builtin://NAME.
    #[arg(value_name = "FOLDER|FILE.wasm", default_value = ".")]
    policy: String,
    /// The folder of the cases; else `cases` in the policy's folder.
    #[arg(long, value_name = "FOLDER")]
    cases: Option<PathBuf>,
    /// The policy's document; else policy.yaml in the policy's folder, if that is there.
    #[arg(long = "policy", value_name = "FILE")]
    document: Option<PathBuf>,
    /// Only cases in whose name, or in what they say they show, this text is.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write what came out into the cases that expect something else, to be reviewed.
    #[arg(long)]
    update: bool,
    /// Run again whenever a case, the component or the document changes, until Ctrl-C.
    #[arg(long, conflicts_with = "junit")]
    watch: bool,
    /// End with 1 if a rule lacks a case in which it fires, or one in which it does not.
    #[arg(long, conflicts_with = "filter")]
    require_coverage: bool,
    /// Write the outcome into this file too, as JUnit's XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// How the outcome is written.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    /// Where compiled policies are kept for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
}

/// How the outcome is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the cases, and tells what came of them.
pub(crate) fn run(arguments: TestArguments) -> anyhow::Result<ExitCode> {
    let given = Given { cases: arguments.cases.clone(), document: arguments.document.clone() };
    let place = Place::find(&arguments.policy, given)?;
    let runtime = policies::runtime(arguments.cache_dir.as_deref())?;
    if !arguments.watch {
        return once(&arguments, &place, &runtime);
    }
    if arguments.format == Format::Json {
        bail!("--watch tells people what changed; for programs, leave it away");
    }
    let watcher = Watcher::of(&place)?;
    loop {
        // What is wrong may be right after the next change.
        if let Err(error) = once(&arguments, &place, &runtime) {
            anstream::eprintln!("tidegate: {}", crate::cli::message(&error));
        }
        anstream::eprintln!("\nwaiting for changes of the cases or the component; Ctrl-C ends");
        let changed = watcher.wait()?;
        anstream::eprintln!("\n{} changed", changed.display());
    }
}

fn once(arguments: &TestArguments, place: &Place, runtime: &Arc<Runtime>) -> anyhow::Result<ExitCode> {
    if let (Some(folder), Some(component)) = (&place.folder, &place.component)
        && let Some(source) = newer_source(folder, component)
    {
        let (component, source) = (component.display(), source.display());
        anstream::eprintln!("note: {component} is older than {source}; build it again to try what that says now");
    }
    let subject = {
        let _patience = Patience::with("compiling the policy, which takes seconds once: it is kept for the next time");
        Subject::load(place, runtime)?
    };
    let selection = Selection { filter: arguments.filter.clone(), update: arguments.update };
    let report = run_all(&subject, &place.cases, &selection)?;
    if let (Some(filter), true) = (&selection.filter, report.cases.is_empty()) {
        bail!("{}: no case has \"{filter}\" in its name or in what it is about", place.cases.display());
    }
    if let Some(file) = &arguments.junit {
        save_junit(&report, file)?;
    }
    match print(&report, arguments.format) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("the outcome cannot be written")?,
    }
    Ok(exit_code(&report, arguments.require_coverage))
}

fn exit_code(report: &TestReport, requires_coverage: bool) -> ExitCode {
    let has_gaps = report.coverage.as_ref().is_some_and(|coverage| !coverage.gaps().is_empty());
    let is = |wanted: fn(&Outcome) -> bool| report.cases.iter().any(|case| wanted(&case.outcome));
    if is(|outcome| matches!(outcome, Outcome::Unusable { .. })) {
        ExitCode::from(EXIT_UNUSABLE)
    } else if is(|outcome| matches!(outcome, Outcome::Failed(_)))
        || !report.problems.is_empty()
        || (requires_coverage && has_gaps)
    {
        ExitCode::from(EXIT_FAILED)
    } else {
        ExitCode::SUCCESS
    }
}

fn print(report: &TestReport, format: Format) -> std::io::Result<()> {
    // It takes colours away where there is no terminal, and obeys NO_COLOR and CLICOLOR_FORCE.
    let mut out = BufWriter::new(anstream::stdout().lock());
    match format {
        Format::Text => write_text(report, &mut out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, report)?;
            writeln!(out)?;
        }
    }
    out.flush()
}

fn save_junit(report: &TestReport, file: &Path) -> anyhow::Result<()> {
    let mut text = Vec::new();
    write_junit(report, &mut text).with_context(|| format!("{}: the outcome cannot be written", file.display()))?;
    output::save_text(&text, file)
}
