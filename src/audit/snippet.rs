//! The line of a manifest that a finding is about, without any credential.

use std::borrow::Cow;
use std::ops::Range;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::history::is_telling;
use super::objects::SourceObject;
use crate::engine::Judged;
use crate::finding::Edit;
use crate::workload::{WITHHELD, withheld, withhold_text};

/// Characters of a line that are shown at most; minified JSON is one line.
const LONGEST_LINE: usize = 120;
/// Characters that are shown before the mark where a line is cut.
const BEFORE_MARK: usize = 40;
/// Stands where something of a line is left out.
const CUT: &str = "…";

/// A line of a manifest, credentials withheld, and the part of it that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The line, from 1.
    pub line: usize,
    /// The column of the mark in the file, from 1.
    pub column: usize,
    /// The line's text, shortened if it is very long.
    pub text: String,
    /// The bytes of `text` to mark.
    pub mark: Range<usize>,
}

impl Snippet {
    /// Whether the mark is where it is in the file: nothing before it was cut or withheld.
    pub fn keeps_columns(&self) -> bool {
        self.text.get(..self.mark.start).is_some_and(|before| before.chars().count() + 1 == self.column)
    }
}

/// Which parts of a text must not be shown, and what stands there instead.
#[derive(Default)]
pub(crate) struct Hidden {
    /// In order, without overlaps.
    parts: Vec<(Range<usize>, String)>,
    /// Credentials that no other text is likely to hold by chance.
    telling: Vec<SecretString>,
}

impl Hidden {
    /// The credentials of an object: what [`withheld`] hides, and what the repairs of findings move
    /// into a Secret.
    pub(super) fn of(object: &SourceObject, findings: &[Judged]) -> Self {
        if findings.is_empty() { Self::default() } else { Self::all(object, findings) }
    }

    /// The same, also if nothing is found.
    pub(crate) fn all(object: &SourceObject, findings: &[Judged]) -> Self {
        let mut hidden = Self::default();
        hidden.compare(object, &object.value, &withheld(&object.value), &mut String::new());
        for edit in findings.iter().flat_map(|judged| &judged.finding.fix) {
            if let Edit::MoveToSecret(variable) = edit {
                hidden.hide(object, &format!("{variable}/value"), WITHHELD);
                if let Some(value) = object.value.pointer(&format!("{variable}/value")).and_then(Value::as_str) {
                    hidden.learn(value);
                }
            }
        }
        hidden.parts.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        hidden.parts.retain(|(range, _)| {
            let outside = range.end > end;
            end = end.max(range.end);
            outside
        });
        hidden
    }

    fn compare(&mut self, object: &SourceObject, value: &Value, shown: &Value, at: &mut String) {
        let length = at.len();
        match (value, shown) {
            (Value::Object(fields), Value::Object(shown)) => {
                for (key, field) in fields {
                    at.push('/');
                    at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    self.compare(object, field, shown.get(key).unwrap_or(&Value::Null), at);
                    at.truncate(length);
                }
            }
            (Value::Array(items), Value::Array(shown)) => {
                for (index, item) in items.iter().enumerate() {
                    at.push_str(&format!("/{index}"));
                    self.compare(object, item, shown.get(index).unwrap_or(&Value::Null), at);
                    at.truncate(length);
                }
            }
            (value, shown) if value != shown => {
                if let (Some(value), Some(WITHHELD)) = (value.as_str(), shown.as_str()) {
                    self.learn(value);
                }
                // An argument with its password withheld still says which argument it is.
                self.hide(object, at, shown.as_str().unwrap_or(WITHHELD));
            }
            _ => {}
        }
    }

    /// Remembers a credential, to hide it wherever else it is written: in a comment, under another name.
    fn learn(&mut self, value: &str) {
        for line in value.lines().map(str::trim).filter(|line| is_telling(line)) {
            self.telling.push(SecretString::from(line));
        }
    }

    /// A text without the credentials of the object, wherever they stand in it.
    pub(crate) fn cover<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut covered = Cow::Borrowed(text);
        for secret in &self.telling {
            if covered.contains(secret.expose_secret()) {
                covered = Cow::Owned(covered.replace(secret.expose_secret(), WITHHELD));
            }
        }
        covered
    }

    fn hide(&mut self, object: &SourceObject, at: &str, instead: &str) {
        let place = object.place(at);
        if place.exact {
            // An alias shows nothing, its anchor does.
            self.parts.push((place.written.unwrap_or(place.value), instead.to_owned()));
        }
    }

    /// The pieces of the file that must not be shown, and each as it may be: its value with the credentials in it
    /// withheld, which may have many lines.
    pub(crate) fn parts(&self) -> &[(Range<usize>, String)] {
        &self.parts
    }

    /// The line that a pointer into the object leads to.
    pub(super) fn snippet(&self, object: &SourceObject, pointer: &str) -> Snippet {
        let text: &str = &object.file.text;
        let place = object.place(pointer);
        let first = place.key.clone().unwrap_or_else(|| place.value.clone());
        let line = line_around(text, first.start, object.place("").value);
        // A short value is marked together with its key; of a long one only what is on the line.
        let end = if place.value.end <= line.end { place.value.end } else { first.end };
        let mark = first.start..end.clamp(first.start, line.end);

        let mut shown = self.shown(text, line.start..mark.start);
        let start = shown.len();
        shown.push_str(&self.shown(text, mark.clone()));
        let mark = start..shown.len();
        shown.push_str(&self.shown(text, first.start.max(end.min(line.end))..line.end));
        let (text, mark) = shorten(self.withhold_rest(shown, mark));
        Snippet { line: place.line, column: place.column, text, mark }
    }

    /// Hides credentials that stand in the line without being a value of their own: in a comment, say.
    fn withhold_rest(&self, line: String, mark: Range<usize>) -> (String, Range<usize>) {
        let withheld = withhold_text(&line);
        let withheld = self.cover(&withheld).into_owned();
        if withheld == line {
            return (line, mark);
        }
        let same = line.bytes().zip(withheld.bytes()).take_while(|(left, right)| left == right).count();
        let indent = withheld.len() - withheld.trim_start().len();
        // Where something changed before or in the mark, the whole line is marked.
        let mark = if same >= mark.end { mark } else { indent..withheld.trim_end().len() };
        (withheld, mark)
    }

    /// Whether a text holds something that is hidden.
    pub(super) fn is_in(&self, source: &str, text: &str) -> bool {
        self.parts.iter().filter_map(|(range, _)| source.get(range.clone())).any(|part| text.contains(part.trim()))
            || matches!(self.cover(text), Cow::Owned(_))
    }

    /// A piece of the text as it may be shown.
    pub(super) fn shown(&self, text: &str, piece: Range<usize>) -> String {
        let mut shown = String::new();
        let mut from = piece.start;
        for (range, instead) in &self.parts {
            if range.end <= from || range.start >= piece.end {
                continue;
            }
            if range.start >= from {
                shown.push_str(&text[from..range.start]);
                let is_short = instead.len() < LONGEST_LINE && !instead.contains('\n');
                shown.push_str(if is_short { instead } else { WITHHELD });
            }
            from = range.end.min(piece.end);
        }
        shown.push_str(&text[from.min(piece.end)..piece.end]);
        shown
    }
}

/// The line around a byte, as far as it belongs to the object: minified JSON may hold others.
fn line_around(text: &str, at: usize, object: Range<usize>) -> Range<usize> {
    // Nothing beyond the object is looked through: there may be thousands of others on the same line.
    let first = object.start.min(at);
    let start = match text[first..at].rfind('\n') {
        Some(newline) => first + newline + 1,
        None => start_of_indented(text, first),
    };
    let last = if object.end > at { object.end } else { text.len() };
    let end = text[at..last].find('\n').map_or(last, |newline| at + newline);
    start..start.max(end)
}

/// Where the line begins, if nothing but indentation stands before the place; else the place itself.
fn start_of_indented(text: &str, place: usize) -> usize {
    let indent = text.as_bytes()[..place].iter().rev().take_while(|byte| matches!(byte, b' ' | b'-' | b'\t')).count();
    let start = place - indent;
    if start == 0 || text.as_bytes()[start - 1] == b'\n' { start } else { place }
}

/// Cuts a very long line around its mark.
fn shorten((line, mark): (String, Range<usize>)) -> (String, Range<usize>) {
    let line = line.trim_end();
    let mark = mark.start.min(line.len())..mark.end.min(line.len());
    if line.len() <= LONGEST_LINE {
        return (line.to_owned(), mark);
    }
    let from = line.floor_char_boundary(mark.start.saturating_sub(BEFORE_MARK));
    let to = line.floor_char_boundary((from + LONGEST_LINE).min(line.len()));
    let before = if from > 0 { CUT } else { "" };
    let after = if to < line.len() { CUT } else { "" };
    let shift = |at: usize| at.clamp(from, to) - from + before.len();
    (format!("{before}{}{after}", &line[from..to]), shift(mark.start)..shift(mark.end))
}
