//! The lines of a text as they may be shown: as many as it has, without its credentials.

use std::ops::Range;

use crate::audit::snippet::Hidden;
use crate::workload::{WITHHELD, withhold_text};

/// The lines of a piece of a file, credentials withheld: those at their places in it, and those that were somewhere
/// before.
pub(super) fn masked_lines(text: &str, piece: Range<usize>, hidden: &[Hidden], before: &[Hidden]) -> Vec<String> {
    let mut parts: Vec<(Range<usize>, String)> = Vec::new();
    for hidden in hidden {
        parts.extend_from_slice(hidden.parts());
    }
    parts.sort_by_key(|(range, _)| range.start);
    let mut masked = String::new();
    let mut at = piece.start;
    for (range, instead) in parts {
        // Objects that share an anchor share its parts.
        if range.start < at || range.end > piece.end {
            continue;
        }
        masked.push_str(&text[at..range.start]);
        masked.push_str(&mask(&text[range.clone()], &instead));
        at = range.end;
    }
    masked.push_str(&text[at..piece.end]);
    // Comments may hold what no value does.
    let shown = |line: &str| {
        let content = line.trim_end_matches(['\n', '\r']);
        let covered = hidden
            .iter()
            .chain(before)
            .fold(withhold_text(content).into_owned(), |line, hidden| hidden.cover(&line).into_owned());
        format!("{covered}{}", &line[content.len()..])
    };
    masked.split_inclusive('\n').map(shown).collect()
}

/// A value's text with its credentials withheld, on as many lines.
fn mask(text: &str, shown: &str) -> String {
    if !text.contains('\n') {
        return if shown.contains('\n') { WITHHELD.to_owned() } else { shown.to_owned() };
    }
    let survive: Vec<&str> = shown.lines().map(str::trim).collect();
    text.split_inclusive('\n').map(|line| mask_line(line, &survive)).collect()
}

/// A line of a text of several lines: as it is if it is shown so, or else nothing of it.
fn mask_line(line: &str, survive: &[&str]) -> String {
    let content = line.trim();
    let withheld = withhold_text(content);
    let shown = if content.is_empty() || is_header(content) || survive.contains(&content) {
        return line.to_owned();
    } else if survive.contains(&&*withheld) {
        &*withheld
    } else {
        WITHHELD
    };
    let start = line.len() - line.trim_start().len();
    let end = line.trim_end().len();
    format!("{}{shown}{}", &line[..start], &line[end..])
}

/// What a block scalar begins with: `|`, `>-`, `|2+`.
fn is_header(content: &str) -> bool {
    content
        .strip_prefix(['|', '>'])
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_keeps_its_lines() {
        for (text, shown, masked) in [
            ("s3cret", "<withheld>", "<withheld>"),
            ("|\n    s3cret\n", "<withheld>", "|\n    <withheld>\n"),
            (">-\n  one\n  two", "<withheld>", ">-\n  <withheld>\n  <withheld>"),
            (
                "|-\n  [client]\n  password=s3cret\n  port=1",
                "[client]\npassword=<withheld>\nport=1",
                "|-\n  [client]\n  password=<withheld>\n  port=1",
            ),
            ("\"one\\\n   two\"", "<withheld>", "<withheld>\n   <withheld>"),
            ("|\r\n  s3cret\r\n", "<withheld>", "|\r\n  <withheld>\r\n"),
        ] {
            assert_eq!(mask(text, shown), masked, "{text}");
        }
    }
}
