//! The Kubernetes objects of a file.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::problem::{InputError, InputProblem};
use super::sources::{Rendering, Source};
use crate::yaml::{self, Document, Place};

/// The text of a file, shared by its objects.
pub(crate) struct SourceText {
    pub(crate) name: String,
    pub(crate) text: Arc<str>,
    /// What rendered it, if it does not stand in the file as it is.
    pub rendered_by: Option<&'static str>,
    /// Where its lines begin.
    lines: OnceLock<Vec<usize>>,
}

impl SourceText {
    fn new(name: String, text: Arc<str>, rendered_by: Option<&'static str>) -> Self {
        Self { name, text, rendered_by, lines: OnceLock::new() }
    }

    /// The line and the column of a byte, both from 1, the column in characters.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let starts =
            || std::iter::once(0).chain(self.text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        let lines: &Vec<usize> = self.lines.get_or_init(starts);
        let line = lines.partition_point(|start| *start <= at);
        let start = lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        (line, 1 + self.text.get(start..at).unwrap_or_default().chars().count())
    }
}

/// One object, and where it stands.
///
/// It is not `Debug`: it may hold passwords.
pub(crate) struct SourceObject {
    pub(crate) file: Arc<SourceText>,
    pub(crate) value: Value,
    /// The document that it is, or is in; its value is null unless it was to be kept.
    pub(crate) document: Arc<Document>,
    /// Where the object is in its document: `/items/3` in a List, otherwise empty.
    at: String,
    /// Whether it says itself what it is. The items of a typed list need not.
    says_its_type: bool,
}

impl SourceObject {
    /// Where a part of the object stands.
    pub(crate) fn place(&self, pointer: &str) -> Place {
        self.document.locations.find(&format!("{}{pointer}", self.at))
    }

    /// The whole document, with another object in the place of this one; none if the document's value was not kept.
    pub(super) fn document_with(&self, object: Value) -> Option<Value> {
        if self.document.value.is_null() {
            return None;
        }
        let mut document = self.document.value.clone();
        self.put_into(&mut document, object)?;
        Some(document)
    }

    /// Puts another object in the place of this one, in the value of its document; what its list says for it stays
    /// unsaid. None if there is no such place.
    pub(crate) fn put_into(&self, document: &mut Value, mut object: Value) -> Option<()> {
        if !self.says_its_type
            && let Some(fields) = object.as_object_mut()
        {
            fields.remove("apiVersion");
            fields.remove("kind");
        }
        *document.pointer_mut(&self.at)? = object;
        Some(())
    }

    /// Whether another object, of the same text or a changed one, is in the same place of its document.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        (self.document.index, &self.at) == (other.document.index, &other.at)
    }

    /// The same object in another text of its file.
    pub(super) fn in_text(&self, text: &str) -> Option<Self> {
        let file = Arc::new(SourceText::new(self.file.name.clone(), Arc::from(text), self.file.rendered_by));
        let mut found = FileObjects::default();
        let document = yaml::parse(text).into_iter().next()?.ok()?;
        found.take(&file, document, false, false);
        found.objects.into_iter().find(|object| object.at == self.at)
    }
}

/// What a file holds.
#[derive(Default)]
pub(crate) struct FileObjects {
    pub(crate) objects: Vec<SourceObject>,
    pub(crate) problems: Vec<InputProblem>,
}

/// Reads a file and takes its objects out of it.
///
/// A folder may hold files that are no manifests, `values.yaml` for one: they are passed over. A
/// file that was named has to hold objects.
/// With `keep`, what is wanted of a document can be put into its text.
pub(crate) fn read_objects(source: &Source, keep: bool) -> FileObjects {
    let mut found = FileObjects::default();
    let text = match source.read() {
        Ok(text) => text,
        Err(problem) => {
            found.problems.push(problem);
            return found;
        }
    };
    let text: Arc<str> = Arc::from(text);
    let rendered_by = source.rendering().map(Rendering::command);
    let of_name = |name: String| Arc::new(SourceText::new(name, Arc::clone(&text), rendered_by));
    let file = of_name(source.name.clone());
    let templates = templates(source, &text);
    for document in yaml::parse(&text) {
        match document {
            Ok(document) => {
                let template = templates.iter().rev().find(|(line, _)| *line <= document.first_line);
                let file = template.map_or_else(|| Arc::clone(&file), |(_, name)| of_name(name.clone()));
                found.take(&file, document, source.named, keep);
            }
            Err(problem) => found.problems.push(InputProblem::of_text(&file.name, problem)),
        }
    }
    if source.named && found.objects.is_empty() && found.problems.is_empty() && file.text.trim().is_empty() {
        found.problems.push(InputProblem::of_file(&file.name, InputError::Empty));
    }
    found
}

/// The objects of a text, without a file.
pub(crate) fn objects_of(name: &str, text: &str) -> Vec<SourceObject> {
    let file = Arc::new(SourceText::new(name.to_owned(), Arc::from(text), None));
    let mut found = FileObjects::default();
    for document in yaml::parse(text).into_iter().flatten() {
        found.take(&file, document, false, false);
    }
    found.objects
}

/// Where Helm says which template what follows comes from: the line, and the template's file.
fn templates(source: &Source, text: &str) -> Vec<(usize, String)> {
    let Some(rendering) = source.rendering() else { return Vec::new() };
    let lines = text.lines().enumerate();
    lines.filter_map(|(index, line)| Some((index + 1, rendering.template(line)?))).collect()
}

impl FileObjects {
    fn take(&mut self, file: &Arc<SourceText>, mut document: Document, named: bool, keep: bool) {
        let value = if keep { document.value.clone() } else { std::mem::take(&mut document.value) };
        let document = Arc::new(document);
        let object = |(value, says_its_type): (Value, bool), at: String| SourceObject {
            file: Arc::clone(file),
            value,
            document: Arc::clone(&document),
            at,
            says_its_type,
        };
        // Lists may hold lists; the depth of a document is limited.
        let mut open = vec![object((value, true), String::new())];
        while let Some(mut next) = open.pop() {
            if let Some(items) = take_items(&mut next.value) {
                let items = items.into_iter().enumerate();
                open.extend(items.rev().map(|(index, item)| object(item, format!("{}/items/{index}", next.at))));
                continue;
            }
            match missing(&next.value) {
                None => self.objects.push(next),
                Some(Missing::Both) if !named && next.at.is_empty() => {}
                Some(missing) => {
                    let place = next.place("");
                    self.problems.push(InputProblem {
                        file: file.name.clone(),
                        line: Some(place.line),
                        column: Some(place.column),
                        in_cluster: false,
                        error: InputError::NotAnObject(missing.words()),
                    });
                }
            }
        }
    }
}

/// What a document lacks to be a Kubernetes object.
#[derive(Clone, Copy)]
enum Missing {
    ApiVersion,
    Kind,
    Both,
}

impl Missing {
    fn words(self) -> &'static str {
        match self {
            Self::ApiVersion => "apiVersion",
            Self::Kind => "kind",
            Self::Both => "apiVersion and no kind",
        }
    }
}

fn missing(value: &Value) -> Option<Missing> {
    let has = |field: &str| value.get(field).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match (has("apiVersion"), has("kind")) {
        (true, true) => None,
        (true, false) => Some(Missing::Kind),
        (false, true) => Some(Missing::ApiVersion),
        (false, false) => Some(Missing::Both),
    }
}

/// The items of a List; none if the value is none. As `kubectl` does it: a kind that ends with
/// `List`, and a field `items` that is a list.
fn take_items(value: &mut Value) -> Option<Vec<(Value, bool)>> {
    let api_version = value.get("apiVersion")?.as_str()?.to_owned();
    let item_kind = value.get("kind")?.as_str()?.strip_suffix("List")?.to_owned();
    let items = std::mem::take(value.get_mut("items")?.as_array_mut()?);
    let mut items: Vec<(Value, bool)> = items.into_iter().map(|item| (item, true)).collect();
    if !item_kind.is_empty() {
        // The items of a typed list, a PodList for instance, need not say what they are.
        for (item, says_its_type) in &mut items {
            let Some(fields) = item.as_object_mut() else { continue };
            if !fields.contains_key("apiVersion") && !fields.contains_key("kind") {
                *says_its_type = false;
                fields.insert("apiVersion".to_owned(), Value::from(api_version.as_str()));
                fields.insert("kind".to_owned(), Value::from(item_kind.as_str()));
            }
        }
    }
    Some(items)
}
