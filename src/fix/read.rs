//! Reads files for their repair. Only what has to do with MySQL is kept, and what policies may ask about.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::file::ManifestFile;
use super::item::Item;
use super::known::Known;
use super::report::FixReport;
use crate::audit::lookup::may_be_asked_for;
use crate::audit::objects::{FileObjects, SourceObject, read_objects};
use crate::audit::{InputError, InputProblem, Source, Sources, parallel};
use crate::policy::PolicySet;

/// All that was read.
pub(super) struct Read {
    pub(super) files: Vec<ManifestFile>,
    pub(super) items: Vec<Item>,
    pub(super) known: Known,
}

/// Reads the files, each once, however many links lead to it. What cannot be read is a problem of the report.
pub(super) fn read(paths: &[PathBuf], policies: &PolicySet, report: &mut FixReport) -> Read {
    // What a program renders cannot be changed; its parts can.
    let Sources { mut sources, problems, .. } = Sources::find(paths, false);
    report.problems = problems;
    let mut seen = HashSet::new();
    let target = |source: &Source| source.path().and_then(|path| path.canonicalize().ok());
    sources.retain(|source| target(source).is_none_or(|path| seen.insert(path)));
    report.looked_through = sources.len();
    let mut all = Read { files: Vec::new(), items: Vec::new(), known: Known::default() };
    let mut number = 0;
    let read = parallel::map(&sources, |source| {
        let FileObjects { mut objects, problems } = read_objects(source, true);
        let found = objects.len();
        objects.retain(|object| policies.may_judge(&object.value) || may_be_asked_for(&object.value, policies));
        (objects, problems, found)
    });
    for (source, (objects, problems, found)) in sources.iter().zip(read) {
        number += found;
        report.problems.extend(problems);
        all.add(source, objects, policies);
    }
    if number == 0 && report.problems.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        report.problems.push(InputProblem::of_file(names.join(", "), InputError::NoObjects));
    }
    all
}

impl Read {
    fn add(&mut self, source: &Source, objects: Vec<SourceObject>, policies: &PolicySet) {
        let folder: Arc<str> = Arc::from(source.folder());
        let first = self.items.len();
        let mut text = None;
        for object in objects {
            if policies.may_judge(&object.value) {
                text = Some(Arc::clone(&object.file.text));
                self.known.add_item(self.items.len(), &object.value, policies);
                self.items.push(Item::new(object, &folder));
            } else {
                self.known.add(&folder, object.value);
            }
        }
        // What came by standard input goes on, whatever it is.
        let unchanged = || source.path().is_none().then(|| source.read().ok()).flatten().map(Arc::from);
        if let Some(text) = text.or_else(unchanged) {
            let (name, path) = (source.name.clone(), source.path().cloned());
            self.files.push(ManifestFile { name, text, path, items: first..self.items.len() });
        }
    }
}
