//! Texts of several lines, as blocks behind a `|`.

use super::quote::is_plain_character;
use super::scan;
use super::splice::Splice;
use super::tree::Node;

/// Whether a new text is written as a block: it has several lines, and nothing that a block cannot
/// hold or that cannot be seen in one.
pub(super) fn fits(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && has_body(body)
        && !body.ends_with('\n')
        && !body.lines().any(|line| line.ends_with([' ', '\t']))
}

/// Whether a text can be the lines of a block without a number for their indentation.
fn has_body(body: &str) -> bool {
    let first = body.trim_start_matches('\n').chars().next();
    first.is_some_and(|first| !first.is_whitespace())
        && body.chars().all(|character| is_plain_character(character) || matches!(character, '\n' | '\t'))
}

/// What a block begins with.
pub(super) fn header(text: &str) -> &'static str {
    if text.ends_with('\n') { "|" } else { "|-" }
}

/// The lines of a block.
pub(super) fn body(text: &str, column: usize) -> Vec<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{:column$}{line}", "") }).collect()
}

/// The changes that give a block another text, if its header can stay or needs only another sign.
pub(super) fn changes(text: &str, node: &Node, old: &str, new: &str, newline: &str) -> Option<Vec<Splice>> {
    let header_end = scan::line_end(text, node.value);
    let header = text[node.value..header_end].split_whitespace().next()?;
    let (old_body, new_body) = (old.trim_end_matches('\n'), new.trim_end_matches('\n'));
    let is_clean = !old_body.is_empty() && !old_body.ends_with(char::is_whitespace);
    let is_possible = has_body(new_body) && !new_body.ends_with(char::is_whitespace);
    if !is_clean || !is_possible {
        return None;
    }
    let mut changes = Vec::new();
    match (old.len() - old_body.len(), new.len() - new_body.len()) {
        (old, new) if old == new => {}
        (1, 0) if !header.contains('+') => {
            let at = node.value + header.len();
            changes.push(Splice { range: at..at, text: "-".to_owned() });
        }
        (0, 1) if header.contains('-') => {
            let at = node.value + header.find('-')?;
            changes.push(Splice { range: at..at + 1, text: String::new() });
        }
        _ => return None,
    }
    let start = scan::next_line(text, node.value);
    let end = text[..node.end].trim_end().len();
    let column = column(text, start, old_body)?;
    changes.push(Splice { range: start..end.max(start), text: body(new_body, column).join(newline) });
    Some(changes)
}

/// How deep a block's lines are indented: by what its first line has more than its value.
fn column(text: &str, start: usize, body: &str) -> Option<usize> {
    let line = |text: &str| text.lines().find(|line| !line.trim().is_empty()).map(str::len);
    line(&text[start..])?.checked_sub(line(body)?)
}
