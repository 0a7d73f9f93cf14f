//! Reads manifests as `kubectl` does, and remembers where in the text everything stands.
//!
//! The text is split into documents first, and each is parsed alone, so that one that cannot be
//! read does not hide the others. One walk over the parser's events makes both the value and its
//! places, so that the two cannot disagree.

mod anchor;
mod edit;
mod fields;
mod locate;
mod parse;
mod problem;
mod read;
mod scalar;
mod split;
mod text;

#[cfg(test)]
mod tests;

pub use edit::{EditError, Splice, apply, edit, render, render_flow};
pub use locate::{Locations, Place};
pub use problem::{Problem, YamlError};
pub use read::Unfit;
pub use text::{LARGEST_FILE, decode};

use std::ops::Range;

use serde_json::Value;

/// One document of a file.
///
/// It is not `Debug`: a manifest may hold passwords.
#[derive(Clone)]
pub struct Document {
    /// Which of the file's documents it is, from 0; documents that hold nothing are not counted.
    pub index: usize,
    /// The line on which its content begins, from 1.
    pub first_line: usize,
    /// Its bytes in the text: with the comments, the directives and the `---` before its content.
    pub range: Range<usize>,
    /// What it says.
    pub value: Value,
    /// Where its parts stand in the text.
    pub locations: Locations,
}

/// Reads all documents of a text, YAML or JSON, in their order.
///
/// Documents that hold nothing (no text, only comments, `null`) are left out. All lines, columns
/// and byte ranges are those of `text`.
pub fn parse(text: &str) -> Vec<Result<Document, Problem>> {
    let mut index = 0;
    split::split(text)
        .into_iter()
        .filter_map(|chunk| {
            let document = parse::parse_chunk(&chunk).transpose()?;
            let number = index;
            index += 1;
            Some(document.map(|(value, locations)| Document {
                index: number,
                first_line: locations.root_line(),
                range: chunk.start..chunk.start + chunk.text.len(),
                value,
                locations,
            }))
        })
        .collect()
}
