//! Takes a shell script apart into its commands and what joins them, as far as that can be told.

/// What stands behind a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// `;`, a new line, `&&`, `||` or the end.
    Next,
    /// `|`
    Pipe,
    /// `&`
    Background,
}

/// One command of a script.
#[derive(Debug)]
pub(crate) struct Command {
    /// At least one.
    pub(crate) words: Vec<String>,
    /// What stands behind it.
    pub(crate) end: End,
}

/// The commands of a script in order. None if it has what is not read here: here-documents,
/// functions, groups in parentheses.
pub(crate) fn commands(script: &str) -> Option<Vec<Command>> {
    let mut reader = Reader::default();
    let letters: Vec<char> = script.chars().collect();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let next = letters.get(at + 1).copied();
        let before = at.checked_sub(1).and_then(|before| letters.get(before)).copied();
        at += 1;
        match (reader.quote, letter) {
            (Some(quote), _) if letter == quote => reader.quote = None,
            (Some('\''), _) => reader.push(letter),
            (_, '\\') => {
                at += 1;
                if next != Some('\n') {
                    reader.push(next?);
                }
            }
            (Some(_), _) => reader.push(letter),
            (None, '\'' | '"' | '`') => {
                reader.quote = Some(letter);
                reader.word.get_or_insert_default();
            }
            // What a command prints, or a sum: a part of the word.
            (None, '(') if before == Some('$') => at = after_parenthesis(&letters, at)?,
            (None, '(' | ')') => return None,
            (None, '<') if next == Some('<') => return None,
            (None, '#') if reader.word.is_none() => {
                at += letters[at..].iter().take_while(|letter| **letter != '\n').count();
            }
            // A redirection: `2>&1`, `&>log`.
            (None, '&') if matches!(before, Some('>' | '<')) || next == Some('>') => reader.push(letter),
            (None, '&' | '|') if next == Some(letter) => {
                at += 1;
                reader.end_command(End::Next);
            }
            (None, '&') => reader.end_command(End::Background),
            (None, '|') => reader.end_command(End::Pipe),
            (None, ';' | '\n') => reader.end_command(End::Next),
            (None, _) if letter.is_whitespace() => reader.end_word(),
            (None, _) => reader.push(letter),
        }
    }
    reader.end_command(End::Next);
    reader.quote.is_none().then_some(reader.commands)
}

/// The place behind the parenthesis that closes the one before `at`.
fn after_parenthesis(letters: &[char], mut at: usize) -> Option<usize> {
    let mut open = 1;
    while open > 0 {
        match letters.get(at)? {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    Some(at)
}

#[derive(Default)]
struct Reader {
    commands: Vec<Command>,
    words: Vec<String>,
    word: Option<String>,
    quote: Option<char>,
}

impl Reader {
    fn push(&mut self, letter: char) {
        self.word.get_or_insert_default().push(letter);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self, end: End) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(Command { words: std::mem::take(&mut self.words), end });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(script: &str) -> Option<Vec<(String, End)>> {
        Some(commands(script)?.into_iter().map(|command| (command.words.join("|"), command.end)).collect())
    }

    #[test]
    fn commands_and_what_joins_them() {
        for (script, expected) in [
            ("a b; c", vec![("a|b", End::Next), ("c", End::Next)]),
            ("a && b || c", vec![("a", End::Next), ("b", End::Next), ("c", End::Next)]),
            ("a | b &\nc", vec![("a", End::Pipe), ("b", End::Background), ("c", End::Next)]),
            ("a 'b; c' \"d & e\" # f", vec![("a|b; c|d & e", End::Next)]),
            ("a \\\n b\\;c", vec![("a|b;c", End::Next)]),
            ("a $(b; (c) | d) e", vec![("a|$|e", End::Next)]),
            ("a 2>&1 &>f", vec![("a|2>&1|&>f", End::Next)]),
        ] {
            let expected = expected.into_iter().map(|(words, end)| (words.to_owned(), end)).collect();
            assert_eq!(read(script), Some(expected), "{script}");
        }
    }

    #[test]
    fn what_is_not_read() {
        for script in ["(a; b)", "f() { a; }", "cat <<EOF\nEOF", "a 'b", "a $(b", "a \\"] {
            assert_eq!(read(script), None, "{script}");
        }
    }
}
