//! The bytes of a file as text.

use super::{Problem, YamlError};

/// The largest file that is read: etcd takes objects of 1.5 MiB, so that this is room for a List of
/// more than a hundred of the largest.
pub const LARGEST_FILE: usize = 256 << 20;

/// Checks that bytes are text in UTF-8, and takes a byte order mark and lone carriage returns away.
///
/// # Errors
/// [`Problem`] with the place of the first byte that is not.
pub fn decode(bytes: Vec<u8>) -> Result<String, Problem> {
    let at_start = |error| Problem { line: 1, column: 1, error };
    if bytes.len() > LARGEST_FILE {
        return Err(at_start(YamlError::TooLarge));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(at_start(YamlError::Utf16));
    }
    if let Some(zero) = bytes.iter().position(|&byte| byte == 0) {
        return Err(problem_at(&bytes[..zero], YamlError::Binary));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        problem_at(&error.as_bytes()[..valid], YamlError::NotUtf8)
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(one_line_break(text))
}

/// Turns carriage returns that stand alone into line feeds, which mean the same in YAML, so that
/// everybody counts the same lines.
fn one_line_break(text: String) -> String {
    let bytes = text.as_bytes();
    let stands_alone = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    if !(0..bytes.len()).any(stands_alone) {
        return text;
    }
    let mut characters = text.chars().peekable();
    let mut result = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        result.push(if character == '\r' && characters.peek() != Some(&'\n') { '\n' } else { character });
    }
    result
}

/// A problem at the end of `before`.
fn problem_at(before: &[u8], error: YamlError) -> Problem {
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    Problem {
        line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
        column: 1 + String::from_utf8_lossy(&before[line_start..]).chars().count(),
        error,
    }
}
