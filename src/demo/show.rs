//! How the demonstration looks in a terminal.

use std::io::{self, Write};
use std::net::SocketAddr;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::DemoError;
use super::api_server::Outcome;
use crate::line_diff::{Change, hunks};
use crate::workload::withheld;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Lines around a change that are shown with it.
const CONTEXT: usize = 2;

pub(super) fn opening(out: &mut impl Write, address: SocketAddr, policies: usize) -> Result<(), DemoError> {
    writeln!(out, "{BOLD}tidegate{BOLD:#} answers on https://{address}, with {policies} policies in force.")?;
    writeln!(out, "Every object goes to it as the AdmissionReview that an API server would send.\n")?;
    Ok(())
}

pub(super) fn command(out: &mut impl Write, file: &str, about: &str) -> io::Result<()> {
    if !about.is_empty() {
        writeln!(out, "{DIM}# {about}{DIM:#}")?;
    }
    writeln!(out, "{BOLD}$ kubectl apply -f {file}{BOLD:#}")
}

pub(super) fn outcome(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let object = format!("{}/{}", text(&outcome.sent["kind"]).to_lowercase(), text(&outcome.sent["metadata"]["name"]));
    for warning in &outcome.warnings {
        writeln!(out, "  {YELLOW}Warning:{YELLOW:#} {warning}")?;
    }
    match (&outcome.refusal, &outcome.stored) {
        (Some(refusal), _) => {
            writeln!(out, "  {RED}{object} refused{RED:#}")?;
            for line in refusal.lines() {
                writeln!(out, "    {line}")?;
            }
        }
        (None, Some(stored)) => {
            let word = match (outcome.update, outcome.unchanged) {
                (false, _) => "created",
                // kubectl sends the password again, and does not look at what became of it.
                (true, true) if !outcome.warnings.is_empty() => "configured (what is stored stays as it was)",
                (true, true) => "unchanged",
                (true, false) => "configured",
            };
            writeln!(out, "  {GREEN}{object} {word}{GREEN:#}")?;
            if !outcome.unchanged {
                diff(out, &outcome.sent, stored)?;
            }
        }
        (None, None) => {}
    }
    writeln!(out)
}

pub(super) fn secret(out: &mut impl Write, secret: &str, key: &str) -> io::Result<()> {
    writeln!(out, "  {CYAN}{secret}{CYAN:#} holds the key {BOLD}{key}{BOLD:#}\n")
}

pub(super) fn closing(out: &mut impl Write, program: &str) -> Result<(), DemoError> {
    writeln!(out, "{BOLD}Next{BOLD:#}")?;
    for (command, what) in [
        (format!("{program} demo YOUR.yaml"), "the same with a manifest of yours"),
        (format!("{program} audit FOLDER"), "a report on files, nothing changed"),
        (format!("{program} serve --help"), "the gate itself; webhook-deploy/ puts it into a cluster"),
        (format!("{program} policy new NAME"), "a policy of yours, tried without a cluster: docs/authoring.md"),
    ] {
        writeln!(out, "  {BOLD}{command:<38}{BOLD:#}{what}")?;
    }
    Ok(())
}

/// The difference between what arrived and what was stored, credentials withheld.
fn diff(out: &mut impl Write, before: &Value, after: &Value) -> io::Result<()> {
    let (before, after) = (yaml(before), yaml(after));
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    for (index, hunk) in hunks(&before, &after, CONTEXT).iter().enumerate() {
        if index > 0 {
            writeln!(out, "    {DIM}…{DIM:#}")?;
        }
        for (change, number) in &hunk.lines {
            let (side, style) = match change {
                Change::Kept => (&before, DIM),
                Change::Removed => (&before, change.style()),
                Change::Added => (&after, change.style()),
            };
            let line = side.get(*number).copied().unwrap_or_default();
            writeln!(out, "    {style}{} {line}{style:#}", change.sign())?;
        }
    }
    Ok(())
}

fn yaml(object: &Value) -> String {
    serde_saphyr::to_string(&withheld(object)).unwrap_or_else(|_| withheld(object).to_string())
}
