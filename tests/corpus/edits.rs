//! Changes to every part of every manifest: each succeeds, is read as what is wanted, and touches no
//! more lines than it has to.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use tidegate::yaml::{Document, apply, edit, parse};

use super::support::corpus;

/// How a change is named, and what it did.
#[derive(Default)]
struct Counts {
    tried: BTreeMap<&'static str, usize>,
    problems: Vec<String>,
}

/// Tries every change, prints how many, and says which went wrong.
pub(crate) fn problems(folder: &Path) -> Vec<String> {
    let files = corpus::files(folder);
    let mut counts = Counts::default();
    for path in &files {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        let text = std::fs::read_to_string(path).unwrap();
        let documents: Vec<_> = parse(&text).into_iter().flatten().collect();
        for document in &documents {
            every_change(&name, &text, document, &documents, &mut counts);
        }
    }
    println!("changes tried in {} files: {:?}", files.len(), counts.tried);
    counts.problems
}

fn every_change(file: &str, text: &str, document: &Document, all: &[Document], counts: &mut Counts) {
    let mut pointers = Vec::new();
    collect(&document.value, String::new(), &mut pointers);
    for pointer in pointers {
        let mut attempt = |what, change: &dyn Fn(&mut Value)| {
            let mut wanted = document.value.clone();
            change(wanted.pointer_mut(&pointer).unwrap());
            *counts.tried.entry(what).or_default() += 1;
            if let Err(problem) = lines_changed(text, document, all, &wanted).and_then(|lines| fits(what, lines)) {
                let line = document.locations.find(&pointer).line;
                counts.problems.push(format!("{file}:{line} {what} at {pointer}: {problem}"));
            }
        };
        match document.value.pointer(&pointer).unwrap() {
            Value::Object(fields) => {
                attempt("add a field", &|value| {
                    _ = value.as_object_mut().unwrap().insert("new-key".into(), json!("x y"))
                });
                for key in fields.keys() {
                    attempt("remove a field", &|value| _ = value.as_object_mut().unwrap().remove(key));
                    attempt("rename a field", &|value| {
                        let fields = value.as_object_mut().unwrap();
                        let field = fields.remove(key).unwrap();
                        fields.insert("new-key".into(), field);
                    });
                }
            }
            Value::Array(items) => {
                attempt("add an item", &|value| value.as_array_mut().unwrap().push(json!("x y")));
                attempt("add a first item", &|value| value.as_array_mut().unwrap().insert(0, json!("x y")));
                for index in 0..items.len() {
                    attempt("remove an item", &|value| _ = value.as_array_mut().unwrap().remove(index));
                }
            }
            _ => {
                attempt("change a scalar", &|value| *value = json!("x y"));
                attempt("make a scalar a mapping", &|value| *value = json!({"from": {"b": 1}}));
            }
        }
    }
}

fn collect(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, format!("{at}/{index}"), into));
        }
        Value::Object(fields) => fields.iter().for_each(|(key, field)| {
            collect(field, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), into);
        }),
        _ => {}
    }
    into.push(at);
}

/// How many lines are gone and how many are new.
fn lines_changed(
    text: &str,
    document: &Document,
    before: &[Document],
    wanted: &Value,
) -> Result<(usize, usize), String> {
    let splices = edit(text, document, wanted).map_err(|error| error.to_string())?;
    let result = apply(text, &splices);
    let after: Vec<_> = parse(&result).into_iter().flatten().collect();
    if after.len() != before.len() {
        return Err(format!("{} documents became {}", before.len(), after.len()));
    }
    for (before, after) in before.iter().zip(&after) {
        let is = before.index == document.index;
        if after.value != *(if is { wanted } else { &before.value }) {
            return Err("a document is read as something else".to_owned());
        }
    }
    if text.contains("\r\n") && result.matches('\n').count() != result.matches("\r\n").count() {
        return Err("a line ends otherwise".to_owned());
    }
    let (old, new): (Vec<_>, Vec<_>) = (text.lines().collect(), result.lines().collect());
    let same_before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - same_before;
    let same_behind = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    Ok((old.len() - same_before - same_behind, new.len() - same_before - same_behind))
}

/// Whether a change touched no more lines than it has to. In brackets, and where the last part of a
/// collection goes, lines change instead.
fn fits(what: &str, (gone, new): (usize, usize)) -> Result<(), String> {
    let fits = match what {
        "add a field" | "add an item" | "add a first item" => (gone, new) == (0, 1) || gone == 1 && new <= 2,
        "remove a field" | "remove an item" => new == 0 || gone >= 1 && new == 1,
        "rename a field" => (gone, new) == (1, 1),
        "change a scalar" => new == 1 || (gone > 1 && new == 2),
        _ => matches!(new, 2 | 3) || (gone, new) == (1, 1),
    };
    if fits { Ok(()) } else { Err(format!("{gone} lines are gone and {new} are new")) }
}
