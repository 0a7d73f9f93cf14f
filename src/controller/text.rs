//! Texts that have to fit.

/// The beginning of a text, of at most so many bytes.
pub(super) fn short(text: &str, length: usize) -> String {
    let mut end = text.len().min(length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
