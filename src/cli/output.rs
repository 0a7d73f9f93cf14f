//! Where reports go: standard output, and files, each in its own form.

use std::fs;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::audit::{self, AuditReport, Format, Verbosity};
use crate::closest::closest;
use crate::files;

/// A file that a report is written into, and its form; none if it has that of `--format`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) format: Option<Format>,
    pub(super) file: PathBuf,
}

impl Destination {
    /// Reads `[FORMAT=]FILE`. A file whose name has a `=` needs the form before it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((name, file)) = text.split_once('=').filter(|(name, _)| !name.contains(['/', '.'])) else {
            if text == "-" {
                return Err("standard output has what --format says: leave --output away".to_owned());
            }
            return Ok(Self { format: None, file: PathBuf::from(text) });
        };
        match Format::of_name(name) {
            _ if file.is_empty() => Err("the name of the file is missing".to_owned()),
            _ if file == "-" => Err("standard output has what --format says: leave --output away".to_owned()),
            Some(format) => Ok(Self { format: Some(format), file: PathBuf::from(file) }),
            None => {
                let names = || Format::ALL.iter().map(|format| format.name());
                let meant = closest(name, names()).map(|meant| format!("; did you mean {meant}?"));
                let all = names().collect::<Vec<_>>().join(", ");
                Err(format!("there is no form {name}{}; there are {all}", meant.unwrap_or_default()))
            }
        }
    }
}

/// The form that a file's name tells, where none is named.
pub(super) fn form_of_name(file: &Path) -> Option<Format> {
    Some(match file.extension()?.to_str()? {
        "html" => Format::Html,
        "json" => Format::Json,
        "md" => Format::Markdown,
        "sarif" => Format::Sarif,
        "xml" => Format::Junit,
        "yaml" | "yml" => Format::Yaml,
        _ => return None,
    })
}

/// Sees to it that no report is written over a manifest that was named.
pub(super) fn check_is_no_input(file: &Path, paths: &[PathBuf]) -> anyhow::Result<()> {
    let Ok(there) = fs::canonicalize(file) else { return Ok(()) };
    if paths.iter().any(|path| path.is_file() && fs::canonicalize(path).is_ok_and(|path| path == there)) {
        bail!("{}: it is audited, and would be written over; name another file", file.display());
    }
    Ok(())
}

/// Writes a report to standard output; `audit::write` may colour it.
pub(super) fn print(report: &AuditReport, format: Format, verbosity: Verbosity) -> anyhow::Result<()> {
    // It takes colours away where there is no terminal, and obeys NO_COLOR and CLICOLOR_FORCE.
    let mut out = BufWriter::new(anstream::stdout().lock());
    let written = audit::write(report, format, verbosity, &mut out).and_then(|()| out.flush());
    match written {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.context("the report cannot be written"),
    }
}

/// Writes a report into a file.
pub(super) fn save(report: &AuditReport, format: Format, file: &Path) -> anyhow::Result<()> {
    let mut text = Vec::new();
    audit::write(report, format, Verbosity::Ordinary, &mut anstream::StripStream::new(&mut text))
        .with_context(|| format!("{}: the report cannot be written", file.display()))?;
    save_text(&text, file)
}

/// Writes a file whole or not at all: what was there stays until everything is written.
pub(super) fn save_text(text: &[u8], file: &Path) -> anyhow::Result<()> {
    let name = file.display();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        bail!("{name}: there is no folder {} to write into; make it first", folder.display());
    }
    if file.is_dir() {
        bail!("{name}: it is a folder; name a file");
    }
    files::put(file, text).with_context(|| name.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_stand_before_the_file() {
        let file = |format, file: &str| Ok(Destination { format, file: PathBuf::from(file) });
        for (text, expected) in [
            ("report.json", file(None, "report.json")),
            ("json=report", file(Some(Format::Json), "report")),
            ("json=a=b", file(Some(Format::Json), "a=b")),
            ("./a=b", file(None, "./a=b")),
        ] {
            assert_eq!(Destination::parse(text), expected, "{text}");
        }
        assert!(Destination::parse("jsn=report").unwrap_err().contains("did you mean json?"));
        assert!(Destination::parse("json=").unwrap_err().contains("missing"));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        save_text(b"first", &folder.path().join("report")).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("report")).unwrap(), "first");
        for (file, words) in [("no/report", "there is no folder"), (".", "it is a folder")] {
            let error = save_text(b"", &folder.path().join(file)).unwrap_err();
            assert!(error.to_string().contains(words), "{error:#}");
        }
    }
}
