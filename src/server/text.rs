//! Text that is safe to show: places, one line, a length.

/// A pointer as people write it: `/spec/containers/0/image` is `spec.containers[0].image`.
pub(super) fn place(pointer: &str) -> String {
    let mut text = String::with_capacity(pointer.len());
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let is_index = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        let is_word = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        match (is_index, is_word && !token.is_empty()) {
            (true, _) => text.push_str(&format!("[{token}]")),
            (false, true) if text.is_empty() => text.push_str(&token),
            (false, true) => text.push_str(&format!(".{token}")),
            (false, false) => text.push_str(&format!("[\"{token}\"]")),
        }
    }
    if text.is_empty() { "the object itself".to_owned() } else { text }
}

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
    fn pointers_are_written_as_people_write_them() {
        for (pointer, expected) in [
            ("", "the object itself"),
            ("/spec/strategy", "spec.strategy"),
            ("/spec/template/spec/containers/0/env/12/value", "spec.template.spec.containers[0].env[12].value"),
            ("/metadata/annotations/tidegate.dev~1x~0y", "metadata.annotations[\"tidegate.dev/x~y\"]"),
            ("/data/my.cnf", "data[\"my.cnf\"]"),
            ("/data/", "data[\"\"]"),
        ] {
            assert_eq!(place(pointer), expected);
        }
    }

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
