//! Text that is safe to show: one line, a length.

/// One line without control characters: names and messages may come from anywhere.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            character if character.is_control() || character == '\u{2028}' || character == '\u{2029}' => {
                if !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            character => line.push(character),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// At most `limit` bytes, cut at a character, with a mark where something was cut.
pub(super) fn shortened(mut text: String, limit: usize) -> String {
    const MARK: &str = "…";
    if text.len() > limit {
        let end = text.floor_char_boundary(limit.saturating_sub(MARK.len()));
        text.truncate(end);
        text.truncate(text.trim_end().len());
        text.push_str(MARK);
    }
    text
}

/// A sentence with its full stop.
pub(super) fn sentence(text: &str) -> String {
    let line = one_line(text);
    if line.ends_with(['.', '!', '?', '…']) { line } else { line + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_get_through() {
        assert_eq!(one_line("a\r\n\tb\u{1b}[31mc\u{85}d\n"), "a b [31mc d");
    }

    #[test]
    fn cutting_keeps_whole_characters() {
        assert_eq!(shortened("short".into(), 5), "short");
        assert_eq!(shortened("shorter".into(), 6), "sho…");
        let cut = shortened("데이터베이스".into(), 10);
        assert_eq!(cut, "데이…");
        assert!(cut.len() <= 10);
    }
}
