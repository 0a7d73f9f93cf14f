//! The corpus's manifests: its files, their objects, and what is no YAML.

use std::path::Path;

use serde_json::Value;

use super::support::corpus::files;

/// One object of the corpus.
pub(crate) struct Manifest {
    /// The file below the corpus's folder.
    pub(crate) file: String,
    /// The folder that its repository is in: what is in there belongs together.
    pub(crate) repository: String,
    /// The object.
    pub(crate) object: Value,
}

/// All of it.
pub(crate) struct Corpus {
    /// How many files were read.
    pub(crate) files: usize,
    /// Their objects.
    pub(crate) objects: Vec<Manifest>,
    /// Files that are templates, not YAML.
    pub(crate) templates: Vec<String>,
    /// Files that are neither.
    pub(crate) unreadable: Vec<String>,
}

/// Reads every manifest below a folder.
pub(crate) fn read(folder: &Path) -> Corpus {
    let mut corpus = Corpus { files: 0, objects: Vec::new(), templates: Vec::new(), unreadable: Vec::new() };
    for path in files(folder) {
        let file = path.strip_prefix(folder).unwrap().display().to_string();
        let repository = file.split('/').next().unwrap().to_owned();
        corpus.files += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let mut objects = Vec::new();
        let mut problem = None;
        for document in tidegate::yaml::parse(&text) {
            match document {
                Ok(document) => take(document.value, &mut objects),
                Err(error) => problem = Some(error.to_string()),
            }
        }
        match problem {
            Some(_) if text.contains("{{") => corpus.templates.push(file.clone()),
            Some(error) => corpus.unreadable.push(format!("{file}: {error}")),
            None => {}
        }
        corpus.objects.extend(objects.into_iter().map(|object| Manifest {
            file: file.clone(),
            repository: repository.clone(),
            object,
        }));
    }
    corpus
}

/// The objects of a document, those of lists one by one.
fn take(value: Value, objects: &mut Vec<Value>) {
    match value.get("items").and_then(Value::as_array) {
        Some(items) if value["kind"].as_str().is_some_and(|kind| kind.ends_with("List")) => {
            items.iter().for_each(|item| take(item.clone(), objects));
        }
        _ if value["kind"].is_string() && value["apiVersion"].is_string() => objects.push(value),
        _ => {}
    }
}
