//! The repair itself: reads, judges, sees to the passwords, writes.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::destination::{Destination, NO_DESTINATION};
use super::diff::{Found, Side, document_diff};
use super::file::{FileChange, ManifestFile};
use super::item::{Item, Judge};
use super::known::Known;
use super::questions::{Ask, repair_asking};
use super::read::{Read, read};
use super::report::{FileReport, FindingRow, FixReport, Output, Written};
use super::rewrite::bytes_after;
use crate::audit::{is_telling, parallel};
use crate::engine::{Evaluation, Judged};
use crate::files::{self, FileError};
use crate::policy::PolicySet;
use crate::request::Selection;
use crate::yaml::{self, Splice};

/// What whoever repairs wants.
#[derive(Debug, Clone, Default)]
pub struct FixOptions {
    /// Which findings.
    pub selection: Selection,
    /// Whether documents may be written anew whose layout cannot be kept.
    pub may_rewrite: bool,
    /// Whether it is written.
    pub mode: Mode,
    /// Whether the change is to be shown.
    pub diff: bool,
}

/// Whether files are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// They are.
    Write,
    /// Nothing is, no Secret either.
    #[default]
    DryRun,
}

/// So many files are written at once: a disk takes milliseconds to say that a file is safe, and says it of many
/// together.
const WRITERS: usize = 16;

/// Repairs all manifests that the paths lead to; `-` is standard input.
pub fn fix(
    paths: &[PathBuf],
    options: &FixOptions,
    policies: &PolicySet,
    mut destination: Option<&mut dyn Destination>,
    ask: Option<&mut dyn Ask>,
) -> FixReport {
    let judge =
        Judge { policies, selection: &options.selection, no_secret: destination.is_none().then_some(NO_DESTINATION) };
    let mut report = FixReport::default();
    let Read { files, mut items, known } = read(paths, policies, &mut report);
    match ask {
        Some(ask) => repair_asking(&judge, &files, &mut items, &known, options.may_rewrite, ask),
        None => judge.repair(&mut items, &known),
    }
    if let Some(destination) = &mut destination {
        report.place_failed = move_passwords(&judge, &files, &mut items, &known, options, *destination);
    }
    let changes = parallel::map(&files, |file| file.change(&items, options.may_rewrite, |_| true));
    for (file, change) in files.iter().zip(&changes) {
        take_back(file, change, &mut items);
    }
    judge.look_again(&mut items, &known);
    report.problems.extend(items.iter().filter_map(Item::problem));
    if options.mode == Mode::Write
        && items.iter().any(|item| !item.moves.is_empty())
        && let Some(destination) = destination
    {
        match destination.commit() {
            Ok(kept) => report.kept = kept,
            Err(error) => report.not_kept = Some(error),
        }
    }
    let writes = options.mode == Mode::Write && report.not_kept.is_none();
    let pairs: Vec<_> = files.iter().zip(&changes).collect();
    let finished =
        parallel::map_on(WRITERS, &pairs, |(file, change)| finish(file, change, &items, options.diff, writes));
    for (told, output) in finished {
        report.output = report.output.or(output);
        if !told.says_nothing() {
            report.files.push(told);
        }
    }
    report
}

/// Has the passwords taken that were moved; what cannot be taken, or not be taken out of its text, stays. Whether
/// some of it stays because the place for it cannot be used.
fn move_passwords(
    judge: &Judge<'_>,
    files: &[ManifestFile],
    items: &mut [Item],
    known: &Known,
    options: &FixOptions,
    destination: &mut dyn Destination,
) -> bool {
    let mut place_failed = false;
    let moves = |item: &Item| !item.moves.is_empty();
    let trials = parallel::map(files, |file| file.change(items, options.may_rewrite, moves));
    for (file, trial) in files.iter().zip(&trials) {
        take_back(file, trial, items);
    }
    for file in files {
        let folder = file.path.as_deref().map(|path| path.parent().unwrap_or(Path::new("")));
        // Made once a file: to build it for each refused password would be quadratic.
        let mut now = None;
        for index in file.items.clone() {
            if let Err(error) = items[index].hand_over(folder, destination) {
                place_failed |= error.is_failure();
                let now = now.get_or_insert_with(|| known.now(items));
                items[index].no_secret = Some(error.to_string());
                judge.repair_anew(&mut items[index], now);
            }
        }
    }
    place_failed
}

/// Takes back the repairs in documents that cannot be changed.
fn take_back(file: &ManifestFile, change: &FileChange, items: &mut [Item]) {
    for document in &change.documents {
        let Err(error) = &document.outcome else { continue };
        let why = format!("{error} (--rewrite)");
        let own = items[file.items.clone()].iter_mut();
        for item in own.filter(|item| item.source.document.index == document.index && item.changes()) {
            item.take_back(&why);
        }
    }
}

/// Writes a file, and tells what became of it.
fn finish(
    file: &ManifestFile,
    change: &FileChange,
    items: &[Item],
    diff: bool,
    writes: bool,
) -> (FileReport, Option<Output>) {
    let mut output = None;
    let own = &items[file.items.clone()];
    let splices = change.splices();
    let written = match &file.path {
        None if writes => {
            output = Some(Output(yaml::apply(&file.text, &splices).into_bytes()));
            if splices.is_empty() { Written::Unchanged } else { Written::Done }
        }
        _ if splices.is_empty() => Written::Unchanged,
        Some(path) if writes => match write(path, &file.text, &splices) {
            Ok(()) => Written::Done,
            Err(error) => Written::Failed(error),
        },
        _ => Written::Wanted,
    };
    // A repair moves what stands below it.
    let after = (written == Written::Done).then(|| Side::new(&file.name, yaml::apply(&file.text, &splices)));
    let rows = |item: &Item, judged: &[Judged]| -> Vec<FindingRow> {
        let source = after.as_ref().and_then(|after| after.object(&item.source)).unwrap_or(&item.source);
        judged.iter().map(|judged| item.row(judged, source.place(&judged.finding.at).line)).collect()
    };
    let told = FileReport {
        name: file.name.clone(),
        repaired: own.iter().flat_map(|item| rows(item, &item.done)).collect(),
        left: own.iter().flat_map(|item| worst_first(rows(item, &item.left))).collect(),
        failures: own
            .iter()
            .flat_map(|item| item.failures.clone())
            .chain(still_there(file, &splices, own))
            .chain(other_keys(own))
            .collect(),
        anew: change.anew(),
        diff: if diff { file_diff(file, change, own) } else { Vec::new() },
        written,
    };
    (told, output)
}

fn worst_first(mut rows: Vec<FindingRow>) -> Vec<FindingRow> {
    rows.sort_by_key(|row| Reverse(row.severity));
    rows
}

/// Where passwords that were moved stand in the file all the same: in a comment, under another name.
fn still_there(file: &ManifestFile, splices: &[Splice], own: &[Item]) -> Vec<String> {
    let moved: Vec<_> = own.iter().flat_map(|item| &item.moves).flat_map(Evaluation::moved).collect();
    if moved.is_empty() {
        return Vec::new();
    }
    let telling: Vec<_> = moved.into_iter().filter(|entry| is_telling(entry.value.expose_secret())).collect();
    // One search for all of them: a file of many servers has many passwords.
    let Ok(search) = AhoCorasick::new(telling.iter().map(|entry| entry.value.expose_secret())) else {
        return Vec::new();
    };
    let after = yaml::apply(&file.text, splices);
    let mut told = Vec::new();
    for (index, line) in after.lines().enumerate() {
        if let Some(entry) = search.find(line).and_then(|found| telling.get(found.pattern().as_usize())) {
            told.push(format!(
                "line {} still holds the password that was moved out of {}: in a comment, or under another name. Take \
                 it out by hand",
                index + 1,
                entry.variable
            ));
        }
    }
    told
}

/// Passwords that got a key of their own, since the Secret holds another one already.
fn other_keys(own: &[Item]) -> Vec<String> {
    let mut told = Vec::new();
    for evaluation in own.iter().flat_map(|item| &item.moves) {
        for entry in evaluation.moved() {
            let key = evaluation.object.pointer(&format!("{}/valueFrom/secretKeyRef/key", entry.at));
            if let Some(key) = key.and_then(Value::as_str).filter(|key| *key != entry.key) {
                told.push(format!(
                    "the Secret holds another password for {} already: this one got the key {key}. A database that is \
                     initialised keeps its old password until ALTER USER changes it; and what belongs to another \
                     cluster needs a --secrets file of its own",
                    entry.variable
                ));
            }
        }
    }
    told
}

/// Puts replacements into the bytes of a file, if they still are what was read.
fn write(path: &Path, text: &str, splices: &[Splice]) -> Result<(), FileError> {
    let before = std::fs::read(path).map_err(|error| FileError::of(&error))?;
    if yaml::decode(before.clone()).is_ok_and(|now| now == text)
        && let Some(after) = bytes_after(&before, splices)
    {
        return files::replace(path, &before, &after);
    }
    Err(FileError::Changed)
}

fn file_diff(file: &ManifestFile, change: &FileChange, own: &[Item]) -> Vec<String> {
    let splices = change.splices();
    if splices.is_empty() {
        return Vec::new();
    }
    let name = &file.name;
    let before = Side::new(name, file.text.to_string());
    let after = Side::new(name, yaml::apply(&file.text, &splices));
    let mut found = Found::new();
    for item in own {
        found.insert((item.source.document.index, before.number_of(&item.source)), item.found());
    }
    let mut lines = vec![format!("--- {name}"), format!("+++ {name}")];
    for document in &change.documents {
        lines.extend(document_diff(&before, &before, &after, document.index, &found));
    }
    lines
}
