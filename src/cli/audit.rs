//! `tidegate audit`: what the gate would say of manifests or of a live cluster.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::cluster_policies::{self, ClusterPolicies};
use super::live::Connection;
use super::output::{self, Destination};
use super::policies::PolicyArguments;
use super::progress::Watch;
use super::selection::{SelectionArguments, severities};
use super::{explain, git, live, policies};
use crate::audit::{self, AuditReport, Baseline, Detail, Format, Options, Outcome, Progress, Verbosity};
use crate::cluster::Extent;
use crate::explain::help_texts;
use crate::finding::Severity;
use crate::request::Selection;

/// Something was found.
const EXIT_FOUND: u8 = 1;
/// Something of the input could not be judged.
const EXIT_UNUSABLE: u8 = 2;

/// The arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code: 0 nothing found, 1 something found, 2 the input or the usage is wrong.\n\n\
    Examples:\n  tidegate audit manifests/\n  helm template shop ./chart | tidegate audit -\n  \
    tidegate audit --format json mysql.yaml\n  tidegate audit --output sarif=mysql.sarif --output html=mysql.html .\n  \
    tidegate audit --diff-base origin/main --fail-on high .\n  tidegate audit --baseline known.json --write-baseline known.json .\n  \
    tidegate audit --cluster --namespace shop --history")]
pub(crate) struct AuditArguments {
    /// Files, folders (searched for .yaml, .yml and .json, respecting .gitignore), patterns, or - for standard input.
    /// Folders of kustomize and charts of Helm are rendered.
    #[arg(value_name = "PATH", required_unless_present = "cluster")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArguments,
    #[command(flatten)]
    wanted: WantedArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// Read the files of kustomize folders as they are, and do not render charts.
    #[arg(long)]
    no_render: bool,
    #[command(flatten)]
    policies: PolicyArguments,
}

#[derive(Debug, clap::Args)]
struct ClusterArguments {
    /// Audit what the cluster of KUBECONFIG or ~/.kube/config stores. With paths, their files too, and what of them
    /// is something else in the cluster.
    #[arg(long)]
    cluster: bool,
    /// The context of the kubeconfig, if not its current one.
    #[arg(long, value_name = "NAME", requires = "cluster")]
    context: Option<String>,
    /// Only this namespace; may be given more than once.
    #[arg(short, long = "namespace", value_name = "NAMESPACE", requires = "cluster")]
    namespaces: Vec<String>,
    /// Only objects with these labels, for instance app=mysql,tier!=test.
    #[arg(short = 'l', long = "selector", value_name = "LABELS", requires = "cluster")]
    selector: Option<String>,
    /// Look too for passwords in what keeps old manifests: ReplicaSets, ControllerRevisions, Helm releases,
    /// last-applied-configuration, Pods, Jobs; and in Events. Reads the Secrets of Helm, and no others.
    #[arg(long, requires = "cluster")]
    history: bool,
    /// Whether the policies and exceptions that are objects of the cluster count, as they do at its gate: over those of
    /// --policy and of the program.
    #[arg(long, value_name = "HOW", value_enum, default_value = "use", requires = "cluster")]
    cluster_policies: ClusterPolicies,
}

/// What of it is wanted.
#[derive(Debug, clap::Args)]
struct WantedArguments {
    #[command(flatten)]
    findings: SelectionArguments,
    /// End with 1 only for findings that are at least so bad; the others are told all the same.
    #[arg(long, value_name = "SEVERITY", value_parser = severities(), default_value = "info")]
    fail_on: Severity,
    /// Findings that this file knows do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings into this file, for --baseline, and end with 0; not together with what leaves findings out.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rules", "excluded", "severity", "diff_base"])]
    write_baseline: Option<PathBuf>,
    /// Only what was not found yet where the branch begins: at the last commit in common with this revision of Git.
    #[arg(long, value_name = "REVISION", conflicts_with = "cluster")]
    diff_base: Option<String>,
}

/// How it is told.
#[derive(Debug, clap::Args)]
struct ReportArguments {
    /// How the report is written.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<Format>,
    /// Write the report into a file, in a form of its own if one is named, as in sarif=report.sarif, or if its name tells
    /// one (.html, .json, .md, .sarif, .xml, .yaml) and --format does not; may be given more than once. Standard output then has the totals, or what --format says.
    #[arg(short, long = "output", value_name = "[FORMAT=]FILE", value_parser = Destination::parse)]
    outputs: Vec<Destination>,
    /// Tell at the end what each rule is about that was found.
    #[arg(long, conflicts_with = "quiet")]
    explain: bool,
    /// Write nothing to standard output.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell also of objects without findings, and of findings that do not count.
    #[arg(short, long)]
    verbose: bool,
}

/// The names of the forms that a report may have; clap says which one was meant.
fn formats() -> impl TypedValueParser<Value = Format> {
    let names = Format::ALL.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(names).try_map(|name| Format::of_name(&name).ok_or("no such format"))
}

/// Audits, and writes the report.
pub(crate) fn run(arguments: AuditArguments) -> anyhow::Result<ExitCode> {
    let AuditArguments { paths, cluster, wanted, report: told, no_render, policies } = arguments;
    let written = told.outputs.iter().map(|output| &output.file).chain(&wanted.write_baseline);
    written.into_iter().try_for_each(|file| output::check_is_no_input(file, &paths))?;
    let connection = cluster.cluster.then(|| Connection::open(cluster.context.clone())).transpose()?;
    let (policies, unheard) = match &connection {
        Some(connection) => {
            cluster_policies::load(cluster.cluster_policies, connection, &cluster.namespaces, &policies)?
        }
        None => (policies::load(&policies)?, Vec::new()),
    };
    let baseline = wanted.baseline.as_deref().map(read_baseline).transpose()?;
    for (policy, rollout) in policies.iter().filter_map(|policy| Some((policy, policy.rollout?))) {
        if rollout.percent < 100 {
            eprintln!(
                "tidegate: policy {} acts in {} of 100 namespaces yet (spec.rollout); of the others the audit tells \
                 nothing by it",
                policy.name, rollout.percent
            );
        }
    }
    let selection = wanted.findings.selection(&policies)?;
    let is_whole = selection == Selection::default() && wanted.diff_base.is_none();
    let options = Options { selection, detail: told.needs(), render: !no_render };
    let watch = Watch::start(!told.quiet)?;
    let is_limited = !cluster.namespaces.is_empty() || cluster.selector.is_some();
    let of_cluster = cluster.cluster;
    let mut report = match &connection {
        Some(connection) => {
            let ClusterArguments { namespaces, selector, history, .. } = cluster;
            let extent = Extent { namespaces, labels: selector };
            let scope = live::Scope { extent, paths: paths.clone(), history, options: options.clone() };
            live::audit(connection, &scope, &policies, &unheard, &watch)
        }
        None => audit::audit(&paths, &options, &policies, &watch.begin("judging files:")),
    };
    watch.end();
    if let Some(revision) = &wanted.diff_base {
        let before = git::Before::of(revision)?;
        let then = Options { detail: Detail::default(), ..options.clone() };
        let then = audit::audit(&before.paths(&paths)?, &then, &policies, &Progress::default());
        audit::mark_what_was_there_before(&mut report, &then);
    }
    if let Some(baseline) = &baseline {
        // Who names files may leave others out.
        let is_everything = if of_cluster { !is_limited } else { paths.iter().all(|path| path.is_dir()) };
        let stale = baseline.apply(&mut report, is_everything);
        // What was not looked for is not missed.
        report.stale = if is_whole { stale } else { Vec::new() };
    }
    if options.detail.rule_texts {
        report.rule_texts = help_texts();
    }
    told.tell(&report)?;
    if told.explain {
        let found = report.objects.iter().flat_map(|object| object.findings()).map(|finding| finding.rule.as_str());
        explain::print(&policies, &found.collect::<BTreeSet<_>>())?;
    }
    if let Some(file) = &wanted.write_baseline {
        let baseline = Baseline::of(&report);
        let text = baseline.to_text().context("the baseline cannot be written")?;
        output::save_text(text.as_bytes(), file)?;
        if !told.quiet {
            let known = baseline.count();
            eprintln!("{} knows {known} finding{}", file.display(), if known == 1 { "" } else { "s" });
        }
        // From now on they are known; what could not be read is not.
        if !matches!(report.outcome_from(wanted.fail_on), Outcome::Unusable) {
            return Ok(ExitCode::SUCCESS);
        }
    }
    Ok(match report.outcome_from(wanted.fail_on) {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Found => ExitCode::from(EXIT_FOUND),
        Outcome::Unusable => ExitCode::from(EXIT_UNUSABLE),
    })
}

fn read_baseline(file: &Path) -> anyhow::Result<Baseline> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{name}: the baseline cannot be read; --write-baseline {name} makes one"))?;
    Baseline::parse(&text).with_context(|| name.to_string())
}

impl ReportArguments {
    /// What the forms need beyond findings.
    fn needs(&self) -> Detail {
        let outputs = self.outputs.iter().map(|output| self.format_of(output));
        outputs.chain(self.format).fold(Detail::default(), |needs, format| needs.and(format.needs()))
    }

    fn format_of(&self, output: &Destination) -> Format {
        output.format.or(self.format).or_else(|| output::form_of_name(&output.file)).unwrap_or(Format::Table)
    }

    /// Writes files first: standard output may be closed by whoever reads it.
    fn tell(&self, report: &AuditReport) -> anyhow::Result<()> {
        for output in &self.outputs {
            output::save(report, self.format_of(output), &output.file)?;
        }
        let goes_into_files = !self.outputs.is_empty();
        let is_taken = self.outputs.iter().any(|output| output.format.is_none());
        let (format, verbosity) = match self.format {
            // It was named for a file.
            Some(_) if is_taken => (Format::Table, Verbosity::Brief),
            Some(format) => (format, self.verbosity()),
            None if goes_into_files => (Format::Table, Verbosity::Brief),
            None => (Format::Table, self.verbosity()),
        };
        if self.quiet { Ok(()) } else { output::print(report, format, verbosity) }
    }

    fn verbosity(&self) -> Verbosity {
        if self.verbose { Verbosity::Full } else { Verbosity::Ordinary }
    }
}
