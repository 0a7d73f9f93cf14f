//! Changes a document in its text, so that comments, order and layout stay as their author left
//! them.
//!
//! The old value and the wanted one are compared part by part, and only the text of the parts that
//! differ is replaced. What comes out is read again: a result that would not be exactly what is
//! wanted is never given.

mod aliases;
mod align;
mod block;
mod changes;
mod error;
mod flow;
mod json;
mod literal;
mod mapping;
mod quote;
mod render;
mod replace;
mod same;
mod scan;
mod sequence;
mod splice;
mod tree;

use serde_json::Value;

pub use error::EditError;
pub use json::render_flow;
pub use render::render;
pub use splice::{Splice, apply};

use super::Document;
use changes::Editor;
use same::same;
use tree::Tree;

/// The changes to `text` that make `document` say what is wanted; none if it does already.
///
/// They are sorted, do not overlap, and stay inside of the document's range, so that those of
/// several documents can be put together and applied at once.
///
/// # Errors
/// [`EditError`] if the text is not the one that the document was read from, or if no change of the
/// text is found that is read as what is wanted.
pub fn edit(text: &str, document: &Document, wanted: &Value) -> Result<Vec<Splice>, EditError> {
    if same(&document.value, wanted) {
        return Ok(Vec::new());
    }
    let line = document.first_line;
    if wanted.is_null() {
        return Err(EditError::Nothing { line });
    }
    let part = text.get(document.range.clone()).ok_or(EditError::OtherText { line })?;
    let tree = Tree::read(part).ok_or(EditError::OtherText { line })?;
    let is_json = is_json(part);
    let splices = Editor::new(part, &tree, is_json).splices(&document.value, wanted);
    let splices = splice::tidy(part, splices).ok_or(EditError::Entangled { line })?;
    let result = apply(part, &splices);
    let reads = reads_as(&result, wanted) && (!is_json || self::is_json(&result));
    if !reads || part.ends_with('\n') != result.ends_with('\n') {
        return Err(EditError::Entangled { line });
    }
    let start = document.range.start;
    Ok(splices
        .into_iter()
        .map(|splice| Splice { range: splice.range.start + start..splice.range.end + start, text: splice.text })
        .collect())
}

/// Whether a text is one document that says what is wanted.
fn reads_as(text: &str, wanted: &Value) -> bool {
    matches!(super::parse(text).as_slice(), [Ok(document)] if same(&document.value, wanted))
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
