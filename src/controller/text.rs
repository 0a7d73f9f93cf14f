//! Texts that have to fit.

/// The beginning of a text, of at most so many bytes.
pub(super) fn short(text: &str, length: usize) -> String {
    text[..text.floor_char_boundary(length)].to_owned()
}
