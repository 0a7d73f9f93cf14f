//! `kubectl tidegate`: the same program, found by `kubectl` under the name `kubectl-tidegate`.
//!
//! `kubectl` asks for completions by another name, `kubectl_complete-tidegate`: the words so far come as
//! arguments, candidates go to standard output. Both names may be links to this program.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Command;

use super::completions;

/// What `kubectl` calls its plugins.
const PLUGIN: &str = "kubectl-tidegate";
/// What `kubectl` calls the program that completes a plugin's words.
const COMPLETER: &str = "kubectl_complete-tidegate";
/// The last line of the candidates, a word of cobra's: with no candidate the shell offers files
/// (`ShellCompDirectiveDefault`).
const DIRECTIVE: &str = ":0";

/// The name that this program was started by.
pub(super) fn called(started_as: Option<&OsStr>) -> Called {
    let name = started_as.map(Path::new).and_then(Path::file_stem).and_then(OsStr::to_str);
    match name {
        Some(PLUGIN) => Called::Plugin,
        Some(COMPLETER) => Called::Completer,
        _ => Called::Itself,
    }
}

/// As what this program was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    /// As `tidegate`, or by a name of the user's own.
    Itself,
    /// By `kubectl tidegate`.
    Plugin,
    /// By `kubectl`, which wants to complete words behind `kubectl tidegate`.
    Completer,
}

/// The command with the name by which users of `kubectl` call it, also in its examples.
pub(super) fn as_plugin(command: Command) -> Command {
    with_examples_of_plugin(command.bin_name("kubectl tidegate"))
}

/// The command, and those below it, with the plugin's name in their examples.
fn with_examples_of_plugin(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let help = command.get_after_help().map(|help| help.to_string().replace("tidegate ", "kubectl tidegate "));
    let command = match help {
        Some(help) => command.after_help(help),
        None => command,
    };
    names.iter().fold(command, |command, name| command.mut_subcommand(name, with_examples_of_plugin))
}

/// Writes what the last word may be meant to become, one candidate a line.
pub(super) fn complete(command: Command, words: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = std::iter::once(OsString::from("tidegate")).chain(words).collect();
    let last = words.len() - 1;
    let mut command = completions::with_rules(command);
    let candidates = clap_complete::engine::complete(&mut command, words, last, None).unwrap_or_default();
    let mut text = String::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.is_hide_set()) {
        text.push_str(&candidate.get_value().to_string_lossy());
        if let Some(help) = candidate.get_help() {
            text.push('\t');
            text.push_str(help.to_string().lines().next().unwrap_or_default());
        }
        text.push('\n');
    }
    match writeln!(std::io::stdout(), "{text}{DIRECTIVE}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
