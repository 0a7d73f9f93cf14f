//! The repair itself: reads, judges, sees to the passwords, writes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::destination::{Destination, NO_DESTINATION};
use super::diff::{Found, Side, document_diff};
use super::file::{FileChange, ManifestFile};
use super::item::{Item, Judge, MOST_ROUNDS, lookup};
use super::questions::{Ask, ask_about};
use super::report::{FileReport, FindingRow, FixReport, Output, Written};
use crate::audit::objects::{FileObjects, read_objects};
use crate::audit::{InputError, InputProblem, Sources, parallel};
use crate::engine::Judged;
use crate::files;
use crate::policy::PolicySet;
use crate::request::Selection;

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

/// Repairs all manifests that the paths lead to; `-` is standard input.
pub fn fix(
    paths: &[PathBuf],
    options: &FixOptions,
    policies: &PolicySet,
    mut destination: Option<&mut dyn Destination>,
    ask: Option<&mut dyn Ask>,
) -> FixReport {
    let judge = Judge {
        policies,
        selection: &options.selection,
        no_secret: destination.is_none().then_some(NO_DESTINATION),
        // Who is asked about each repair is not asked about those that would follow from them.
        rounds: if ask.is_some() { 1 } else { MOST_ROUNDS },
    };
    let mut report = FixReport::default();
    let (files, mut items) = read(paths, &mut report);
    if let Some(ask) = ask {
        ask_about(&judge, &files, &mut items, options.may_rewrite, ask);
    }
    judge.repair(&mut items);
    if let Some(destination) = &mut destination {
        move_passwords(&judge, &files, &mut items, options, *destination);
    }
    let changes = parallel::map(&files, |file| file.change(&items, options.may_rewrite, |_| true));
    for (file, change) in files.iter().zip(&changes) {
        take_back(file, change, &mut items);
    }
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
    for (file, change) in files.iter().zip(&changes) {
        let told = finish(file, change, &items, options.diff, writes, &mut report.output);
        if !told.says_nothing() {
            report.files.push(told);
        }
    }
    report
}

/// Reads the files, each once, however many links lead to it.
fn read(paths: &[PathBuf], report: &mut FixReport) -> (Vec<ManifestFile>, Vec<Item>) {
    let Sources { mut sources, problems, .. } = Sources::find(paths);
    report.problems = problems;
    let mut known = HashSet::new();
    sources.retain(|source| source.path().and_then(|path| path.canonicalize().ok()).is_none_or(|path| known.insert(path)));
    report.looked_through = sources.len();
    let (mut files, mut items) = (Vec::new(), Vec::new());
    for (source, read) in sources.iter().zip(parallel::map(&sources, read_objects)) {
        let FileObjects { objects, problems, file } = read;
        report.problems.extend(problems);
        let Some(text) = file else { continue };
        let first = items.len();
        items.extend(objects.into_iter().map(Item::new));
        files.push(ManifestFile { text, path: source.path().map(Path::to_owned), items: first..items.len() });
    }
    if items.is_empty() && report.problems.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        report.problems.push(InputProblem::of_file(names.join(", "), InputError::NoObjects));
    }
    (files, items)
}

/// Has the passwords taken that were moved; what cannot be taken, or not be taken out of its text, stays.
fn move_passwords(
    judge: &Judge<'_>,
    files: &[ManifestFile],
    items: &mut [Item],
    options: &FixOptions,
    destination: &mut dyn Destination,
) {
    let moves = |item: &Item| !item.moves.is_empty();
    let trials = parallel::map(files, |file| file.change(items, options.may_rewrite, moves));
    for (file, trial) in files.iter().zip(&trials) {
        take_back(file, trial, items);
    }
    for file in files {
        let folder = file.path.as_deref().map(|path| path.parent().unwrap_or(Path::new("")));
        for index in file.items.clone() {
            if let Err(why) = items[index].hand_over(folder, destination) {
                let lookup = lookup(items);
                items[index].no_secret = Some(why);
                judge.repair_anew(&mut items[index], &lookup);
            }
        }
    }
}

/// Takes back the repairs in documents that cannot be changed.
fn take_back(file: &ManifestFile, change: &FileChange, items: &mut [Item]) {
    for document in &change.documents {
        let Err(error) = &document.outcome else { continue };
        let why = format!("{error} (--rewrite)");
        let own = items[file.items.clone()].iter_mut();
        for item in own.filter(|item| item.source.document == document.index && item.changes()) {
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
    output: &mut Option<Output>,
) -> FileReport {
    let own = &items[file.items.clone()];
    let rows = |item: &Item, judged: &[Judged]| -> Vec<FindingRow> {
        judged.iter().map(|judged| item.row(judged)).collect()
    };
    let before = file.text.bytes();
    let after = change.bytes(&file.text).unwrap_or_else(|| before.to_owned());
    let written = match &file.path {
        _ if !writes && after != before => Written::Wanted,
        Some(path) if after != before => match files::replace(path, before, &after) {
            Ok(()) => Written::Done,
            Err(error) => Written::Failed(error),
        },
        Some(_) => Written::Unchanged,
        None => {
            let changed = after != before;
            *output = writes.then_some(Output(after));
            if changed { Written::Done } else { Written::Unchanged }
        }
    };
    FileReport {
        name: file.text.name.clone(),
        repaired: own.iter().flat_map(|item| rows(item, &item.done)).collect(),
        left: own.iter().flat_map(|item| rows(item, &item.left)).collect(),
        failures: own.iter().flat_map(|item| item.failures.clone()).collect(),
        anew: change.anew(),
        diff: if diff { file_diff(file, change, own) } else { Vec::new() },
        written,
    }
}

fn file_diff(file: &ManifestFile, change: &FileChange, own: &[Item]) -> Vec<String> {
    let splices = change.splices();
    if splices.is_empty() {
        return Vec::new();
    }
    let name = &file.text.name;
    let before = Side::new(name, file.text.text.clone());
    let after = Side::new(name, crate::yaml::apply(&file.text.text, &splices));
    let mut found = Found::new();
    for item in own {
        let number = before.number_of(item.source.document, &item.source);
        found.insert((item.source.document, number), item.found());
    }
    let mut lines = vec![format!("--- {name}"), format!("+++ {name}")];
    for document in &change.documents {
        lines.extend(document_diff(&before, &after, document.index, &found));
    }
    lines
}
