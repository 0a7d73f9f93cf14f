//! The Kubernetes objects of a file.

use std::sync::Arc;

use serde_json::Value;

use super::problem::{InputError, InputProblem};
use super::sources::Source;
use crate::yaml::{self, Document, Locations, Place};

/// The text of a file, shared by its objects.
///
/// It is not `Debug`: it may hold passwords.
pub(crate) struct SourceText {
    /// What reports call the file.
    pub(crate) name: String,
    /// The text, without a byte order mark and lone carriage returns.
    pub(crate) text: String,
    /// The bytes of the file, where the text is not all that they say.
    pub(crate) raw: Option<Vec<u8>>,
}

impl SourceText {
    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }
}

/// One object, and where it stands.
///
/// It is not `Debug`: it may hold passwords.
pub(crate) struct SourceObject {
    pub(crate) file: Arc<SourceText>,
    pub(crate) value: Value,
    /// Which of the file's documents it stands in: [`Document::index`].
    pub(crate) document: usize,
    locations: Arc<Locations>,
    /// Where the object is in its document: `/items/3` in a List, otherwise empty.
    at: String,
    /// True if its list says `apiVersion` and `kind` for it.
    typed_by_list: bool,
}

impl SourceObject {
    /// Where a part of the object stands.
    pub(crate) fn place(&self, pointer: &str) -> Place {
        self.locations.find(&format!("{}{pointer}", self.at))
    }

    /// Whether another object, of the same text or a changed one, is in the same place of its document.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        (self.document, &self.at) == (other.document, &other.at)
    }

    /// Puts another value in the place of the object in its document; what its list says for it stays unsaid.
    pub(crate) fn put_into(&self, document: &mut Value, mut object: Value) {
        if self.typed_by_list
            && let Some(fields) = object.as_object_mut()
        {
            fields.remove("apiVersion");
            fields.remove("kind");
        }
        if let Some(place) = document.pointer_mut(&self.at) {
            *place = object;
        }
    }
}

/// What a file holds.
#[derive(Default)]
pub(crate) struct FileObjects {
    /// The file itself, if it could be read.
    pub(crate) file: Option<Arc<SourceText>>,
    pub(crate) objects: Vec<SourceObject>,
    pub(crate) problems: Vec<InputProblem>,
}

/// Reads a file and takes its objects out of it.
///
/// A folder may hold files that are no manifests, `values.yaml` for one: they are passed over. A
/// file that was named has to hold objects.
pub(crate) fn read_objects(source: &Source) -> FileObjects {
    let file = match source.read() {
        Ok(file) => Arc::new(file),
        Err(problem) => return FileObjects { problems: vec![problem], ..FileObjects::default() },
    };
    let mut found = objects_of(&file, source.named);
    if source.named && found.objects.is_empty() && found.problems.is_empty() && file.text.trim().is_empty() {
        found.problems.push(InputProblem::of_file(&file.name, InputError::Empty));
    }
    found
}

/// The objects of a text; if it was `named`, everything in it has to be one.
pub(crate) fn objects_of(file: &Arc<SourceText>, named: bool) -> FileObjects {
    let mut found = FileObjects { file: Some(Arc::clone(file)), ..FileObjects::default() };
    for document in yaml::parse(&file.text) {
        match document {
            Ok(document) => found.take(file, document, named),
            Err(problem) => found.problems.push(InputProblem::of_text(&file.name, problem)),
        }
    }
    found
}

impl FileObjects {
    fn take(&mut self, file: &Arc<SourceText>, document: Document, named: bool) {
        let Document { value, locations, index: document, .. } = document;
        let locations = Arc::new(locations);
        let object = |(value, typed_by_list): (Value, bool), at: String| SourceObject {
            file: Arc::clone(file),
            value,
            document,
            locations: Arc::clone(&locations),
            at,
            typed_by_list,
        };
        // Lists may hold lists; the depth of a document is limited.
        let mut open = vec![object((value, false), String::new())];
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

/// The items of a List, and for each whether the list says what it is; none if the value is none. As `kubectl`
/// does it: a kind that ends with `List`, and a field `items` that is a list.
fn take_items(value: &mut Value) -> Option<Vec<(Value, bool)>> {
    let api_version = value.get("apiVersion")?.as_str()?.to_owned();
    let item_kind = value.get("kind")?.as_str()?.strip_suffix("List")?.to_owned();
    let items = std::mem::take(value.get_mut("items")?.as_array_mut()?);
    let typed = |mut item: Value| {
        // The items of a typed list, a PodList for instance, need not say what they are.
        match item.as_object_mut() {
            Some(fields)
                if !item_kind.is_empty() && !fields.contains_key("apiVersion") && !fields.contains_key("kind") =>
            {
                fields.insert("apiVersion".to_owned(), Value::from(api_version.as_str()));
                fields.insert("kind".to_owned(), Value::from(item_kind.as_str()));
                (item, true)
            }
            _ => (item, false),
        }
    };
    Some(items.into_iter().map(typed).collect())
}
