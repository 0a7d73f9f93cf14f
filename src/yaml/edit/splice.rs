//! Replacements in a text.

use std::ops::Range;

/// A piece of a text, and what stands there instead.
///
/// It is not `Debug`: the new text may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Splice {
    /// The bytes that are replaced; none for an insertion.
    pub range: Range<usize>,
    /// What takes their place.
    pub text: String,
}

/// A text after replacements, which are sorted and do not overlap.
pub fn apply(text: &str, splices: &[Splice]) -> String {
    let mut result = String::with_capacity(text.len() + splices.iter().map(|splice| splice.text.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        result.push_str(text.get(at..splice.range.start).unwrap_or_default());
        result.push_str(&splice.text);
        at = splice.range.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

/// Sorts replacements, makes each as small as it can be, and joins removals that overlap. None if
/// others overlap.
pub(super) fn tidy(text: &str, mut splices: Vec<Splice>) -> Option<Vec<Splice>> {
    // What is inserted at one place stays in its order: sorting is stable.
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let mut tidied: Vec<Splice> = Vec::with_capacity(splices.len());
    for splice in splices {
        match tidied.last_mut() {
            Some(last) if splice.range.start < last.range.end => {
                if !(last.text.is_empty() && splice.text.is_empty()) {
                    return None;
                }
                last.range.end = last.range.end.max(splice.range.end);
            }
            Some(last) if splice.range.start == last.range.end => {
                last.range.end = splice.range.end;
                last.text.push_str(&splice.text);
            }
            _ => tidied.push(splice),
        }
    }
    Some(tidied.into_iter().map(|splice| smallest(text, splice)).filter(|splice| !splice.is_idle()).collect())
}

impl Splice {
    fn is_idle(&self) -> bool {
        self.range.is_empty() && self.text.is_empty()
    }
}

/// A replacement without what stays the same at its ends.
fn smallest(text: &str, splice: Splice) -> Splice {
    let Some(old) = text.get(splice.range.clone()) else { return splice };
    let new = splice.text.as_str();
    let before: usize =
        old.chars().zip(new.chars()).take_while(|(old, new)| old == new).map(|(old, _)| old.len_utf8()).sum();
    let (old, new) = (&old[before..], &new[before..]);
    let behind: usize = old
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(|(old, new)| old == new)
        .map(|(old, _)| old.len_utf8())
        .sum();
    Splice { range: splice.range.start + before..splice.range.end - behind, text: new[..new.len() - behind].to_owned() }
}
