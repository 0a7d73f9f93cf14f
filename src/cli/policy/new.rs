//! `tidegate policy new`: asks for what is missing, and writes the folder.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::super::answers;
use crate::authoring::Language;
use crate::authoring::new::{self, NewError};
use crate::wasm::builtin_names;

/// The arguments of `policy new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "What is missing is asked for on a terminal.\n\n\
    Exit code: 0 written, 2 not, or the usage is wrong.\n\n\
    Examples:\n  tidegate policy new\n  tidegate policy new backup-deadline --language python\n  \
    tidegate policy new backup-deadline --language rust --folder policies/backup-deadline")]
pub(crate) struct NewArguments {
    /// The policy's name: small letters, digits and dashes, for instance backup-deadline.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The language that it is written in.
    #[arg(long, value_name = "LANGUAGE", value_parser = languages())]
    language: Option<Language>,
    /// The folder that it is written into; without it, one of the policy's name.
    #[arg(long, value_name = "DIRECTORY")]
    folder: Option<PathBuf>,
}

fn languages() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::word))
        .try_map(|word| Language::of_word(&word).ok_or("there is no such language"))
}

/// Writes the folder, and tells what to do next.
pub(crate) fn run(arguments: NewArguments) -> anyhow::Result<ExitCode> {
    let name = match arguments.name {
        Some(name) => name,
        None => asked("the policy's name", "What is the policy called, for instance backup-deadline?", |word| {
            check_name(word).map(|()| word.to_owned()).map_err(|error| error.to_string())
        })?,
    };
    check_name(&name)?;
    let folder = arguments.folder.unwrap_or_else(|| PathBuf::from(&name));
    new::check_folder(&folder)?;
    let language = match arguments.language {
        Some(language) => language,
        None => {
            let words = Language::ALL.map(Language::word).join(", ");
            asked("--language", &format!("In which language ({words})?"), |word| {
                Language::of_word(word).ok_or_else(|| format!("there is {words}"))
            })?
        }
    };
    new::write(&folder, &new::files(&name, language))?;

    let mut out = anstream::stdout().lock();
    let shown = folder.display();
    writeln!(out, "{shown} holds the policy {name}, in {}, with two cases\n\nnext:", language.name())
        .and_then(|()| writeln!(out, "  cd {shown}"))
        .and_then(|()| writeln!(out, "  tidegate policy build\n  tidegate policy test"))
        .context("what comes next cannot be told")?;
    Ok(ExitCode::SUCCESS)
}

fn check_name(name: &str) -> Result<(), NewError> {
    new::check_name(name, builtin_names())
}

/// Asks until the answer will do.
fn asked<T>(missing: &str, question: &str, read: impl Fn(&str) -> Result<T, String>) -> anyhow::Result<T> {
    let words = Language::ALL.map(Language::word).join("|");
    if !std::io::stdin().is_terminal() {
        bail!("{missing} is missing; write tidegate policy new NAME --language {words}");
    }
    loop {
        let Some(word) = answers::word(question)? else {
            bail!("{missing} is missing, and nothing was written");
        };
        match read(&word) {
            Ok(answer) => return Ok(answer),
            Err(problem) => writeln!(anstream::stdout(), "{problem}")?,
        }
    }
}
