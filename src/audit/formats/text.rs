//! Pieces of text that several forms of the report share.

use std::borrow::Cow;

use crate::audit::report::{FailureReport, FindingReport};
use crate::finding;

/// Text that stays on its line and does nothing to whoever shows it: line breaks and tabs are spaces; other control
/// characters, and those that turn the direction of writing, are shown by their numbers.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' | '\u{2028}' | '\u{2029}' => line.push(' '),
            _ if is_unseen(character) => line.extend(character.escape_unicode()),
            _ => line.push(character),
        }
    }
    Cow::Owned(line)
}

/// Whether a character is not seen but does something: it moves the cursor, ends the line, or turns the text around
/// (the list of Unicode's Bidi_Control).
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What the author can do about a finding. Why a repair is not made is part of what is to be known for that.
pub(super) fn help(finding: &FindingReport) -> Option<String> {
    match (&finding.obstacle, &finding.help) {
        (Some(obstacle), Some(help)) => Some(format!("{obstacle}; {help}")),
        (one, other) => one.clone().or_else(|| other.clone()),
    }
}

/// The place in the object, as people write it.
pub(super) fn place(finding: &FindingReport) -> String {
    finding::place(&finding.at)
}

/// What became of a policy that could not judge.
pub(super) fn failure(failure: &FailureReport) -> String {
    let then = if failure.denies { "the gate would refuse the object" } else { "the gate would let the object pass" };
    format!("policy {} could not judge the object: {}; {then}", failure.policy, failure.message)
}

/// `1 object`, `2 objects`.
pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown() {
        for (text, expected) in [
            ("plain, with ümlaut and 漢字", "plain, with ümlaut and 漢字"),
            ("a\nb\tc", "a b c"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\r::error::b", "a\\u{d}::error::b"),
            ("user\u{202e}txt.exe", "user\\u{202e}txt.exe"),
            ("\u{9b}2J\u{0}", "\\u{9b}2J\\u{0}"),
        ] {
            assert_eq!(one_line(text), expected);
        }
    }
}
