//! Texts of policies, fit for a log, a terminal and a warning: they may have come from an object's author, or from
//! somebody who wants them to be taken for something else.

/// The longest text of a finding, in bytes: more nobody reads.
const LONGEST: usize = 2_000;

/// A text on one line, without anything that a terminal obeys, at most so long as somebody reads.
pub(crate) fn one_line(text: &str) -> String {
    // What is cut away need not be cleaned: it may be megabytes.
    let (begin, is_whole) = beginning(text.trim_start());
    let clean: String = begin.chars().map(|letter| if obeyed(letter) { ' ' } else { letter }).collect();
    let clean = clean.trim_end();
    if is_whole { clean.to_owned() } else { format!("{clean}…") }
}

/// The same, on as many lines as it has.
pub(in crate::wasm) fn lines(text: &str) -> String {
    let (begin, is_whole) = beginning(text);
    let kept = |letter: char| if letter != '\n' && obeyed(letter) { ' ' } else { letter };
    let clean: String = begin.chars().map(kept).collect();
    if is_whole { clean } else { clean + "…" }
}

/// Control characters, among them those that begin a terminal's commands; other ends of lines; and what shows a text
/// in another order than it is written.
fn obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn beginning(text: &str) -> (&str, bool) {
    let end = text.floor_char_boundary(LONGEST);
    (text.get(..end).unwrap_or_default(), end == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[31mc\u{9b}2Jd\u{2028}e\u{202e}f\n"), "a   b [31mc 2Jd e f");
        assert_eq!(lines("a\r\n b\u{7}c\n"), "a \n b c\n");
    }

    #[test]
    fn what_nobody_reads_is_cut_at_a_letter() {
        let cut = one_line(&"ü".repeat(1 << 20));
        assert!(cut.len() <= LONGEST + '…'.len_utf8() && cut.ends_with("ü…"));
        assert_eq!(lines(&"a\n".repeat(1 << 20)).len(), LONGEST + '…'.len_utf8());
        assert_eq!(one_line(&"a".repeat(LONGEST)), "a".repeat(LONGEST));
    }
}
