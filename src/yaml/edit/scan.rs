//! Finds the way through a text between the values that the parser names.

/// The first byte at or behind `at` that is neither white space nor in a comment.
pub(super) fn skip(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => at = line_end(text, at),
            _ => break,
        }
    }
    at
}

/// The first byte of the line that `at` is on.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The end of the line that `at` is on, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
}

/// The first byte of the line behind the one that `at` is on.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Where what ends at `end` can be followed by new lines: behind the comment on its line.
pub(super) fn behind(text: &str, end: usize) -> usize {
    if starts_line(text, end) { end } else { line_end(text, end) }
}

/// Whether a line begins at `at`.
pub(super) fn starts_line(text: &str, at: usize) -> bool {
    at > 0 && text.as_bytes()[at - 1] == b'\n'
}

/// Whether only white space stands before `at` on its line.
pub(super) fn first_on_line(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// How many characters stand before `at` on its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

/// The white space with which the line of `at` begins.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The end of an anchor or a tag that begins at `at`.
pub(super) fn property_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let stops: &[char] =
        if rest.starts_with("!<") { &['>'] } else { &[' ', '\t', '\r', '\n', ',', '[', ']', '{', '}'] };
    let length = rest.find(stops).unwrap_or(rest.len());
    if rest.starts_with("!<") { (at + length + 1).min(text.len()) } else { at + length }
}

/// Behind a document's directives and its `---`.
pub(super) fn document_start(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") && line[3..].chars().next().is_none_or(char::is_whitespace) {
            return at + 3;
        }
        if !(line.trim().is_empty() || line.trim_start().starts_with('#') || line.starts_with('%')) {
            return 0;
        }
        at += line.len();
    }
    0
}
