//! From a place that the parser knows to lines and columns.

use super::report::Region;
use crate::yaml::Place;

impl Region {
    /// The part of a text that is marked for a place: the key and its value if both are on one line, else the key,
    /// or the first line of the value.
    pub(super) fn of(text: &str, place: &Place) -> Self {
        let first = place.key.clone().unwrap_or_else(|| place.value.clone());
        let on_one_line = |end: usize| text.get(first.start..end).is_some_and(|piece| !piece.contains('\n'));
        let end = if on_one_line(place.value.end) {
            place.value.end
        } else if on_one_line(first.end) {
            first.end
        } else {
            text[first.start..].find('\n').map_or(text.len(), |newline| first.start + newline)
        };
        let marked = text.get(first.start..end).unwrap_or_default().trim_end();
        Self {
            line: place.line,
            column: place.column,
            end_line: place.line,
            end_column: place.column + marked.chars().count(),
        }
    }
}
