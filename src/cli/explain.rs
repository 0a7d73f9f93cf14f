//! `tidegate explain`: what a rule is about.

use std::collections::BTreeSet;
use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::policies::{self, PolicyArguments};
use crate::closest::closest;
use crate::explain::{self, Explanation, Look, embedded};
use crate::policy::PolicySet;

/// Longer lines are tiring to read, however wide the terminal is.
const WIDEST: usize = 100;
/// Narrower than this, nothing that is told fits.
const NARROWEST: usize = 40;

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code: 0 explained, 2 there is no such rule, or the usage is wrong.\n\n\
    Examples:\n  tidegate explain\n  tidegate explain MY011\n  tidegate explain my001 my008\n  \
    tidegate explain probes\n  tidegate explain --format json MY011")]
pub(crate) struct ExplainArguments {
    /// Rules, for instance MY011, or policies, for instance probes; without any, all rules are listed.
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    /// How it is written.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    policies: PolicyArguments,
}

/// How an explanation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: texts in Markdown, manifests in YAML.
    Json,
}

/// Explains, to standard output.
pub(crate) fn run(arguments: ExplainArguments) -> anyhow::Result<ExitCode> {
    let ExplainArguments { rules, format, policies } = arguments;
    let policies = policies::load(&policies)?;
    let all = explain_all(&policies)?;
    let wanted = choose(&all, &rules)?;
    match write(&wanted, rules.is_empty(), format) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("the explanation cannot be written")?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The rules of the policies in force, and those that belong to none.
fn explain_all(policies: &PolicySet) -> anyhow::Result<Vec<Explanation>> {
    let mut all = explain::explain(policies)?;
    all.extend(explain::own_explanations()?);
    Ok(all)
}

/// Those that are named, in the order of the words and each once; all if there is no word.
fn choose(all: &[Explanation], words: &[String]) -> anyhow::Result<Vec<Explanation>> {
    if words.is_empty() {
        return Ok(all.to_vec());
    }
    let mut wanted: Vec<Explanation> = Vec::new();
    for word in words {
        let called: Vec<_> = all.iter().filter(|explanation| explanation.is_called(word)).collect();
        if called.is_empty() {
            if let Some(file) = embedded().iter().find(|file| file.rule.eq_ignore_ascii_case(word)) {
                bail!("{} is a rule of the policy {}, which is not in force", file.rule, file.policy);
            }
            let known = all.iter().flat_map(|explanation| [explanation.rule.id.as_str(), explanation.policy.as_str()]);
            let meant = closest(word, known).map(|name| format!("did you mean {name}? ")).unwrap_or_default();
            bail!("there is no rule or policy \"{word}\"; {meant}`tidegate explain` lists all rules");
        }
        for explanation in called {
            if !wanted.contains(explanation) {
                wanted.push(explanation.clone());
            }
        }
    }
    Ok(wanted)
}

/// Explains rules, each once, to standard output: what an audit found.
pub(super) fn print(policies: &PolicySet, rules: &BTreeSet<&str>) -> anyhow::Result<()> {
    let mut all = explain_all(policies)?;
    all.retain(|explanation| rules.contains(explanation.rule.id.as_str()));
    match write(&all, false, Format::Text) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.context("the explanation cannot be written"),
    }
}

fn write(wanted: &[Explanation], is_list: bool, format: Format) -> std::io::Result<()> {
    let stdout = anstream::stdout();
    let plain = stdout.current_choice() == anstream::ColorChoice::Never;
    // It takes colours away where there is no terminal, and obeys NO_COLOR and CLICOLOR_FORCE.
    let mut out = BufWriter::new(stdout.lock());
    let look = Look { width: width(), plain };
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, wanted)?;
            writeln!(out)?;
        }
        Format::Text if is_list => explain::write_list(wanted, look, &mut out)?,
        Format::Text => {
            for (index, explanation) in wanted.iter().enumerate() {
                if index > 0 {
                    writeln!(out, "\n{}\n", "─".repeat(look.width))?;
                }
                explain::write(explanation, look, &mut out)?;
            }
        }
    }
    out.flush()
}

/// The columns of the terminal, of COLUMNS where there is none, in bounds.
fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    let columns = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    terminal.or_else(columns).unwrap_or(WIDEST).clamp(NARROWEST, WIDEST)
}
