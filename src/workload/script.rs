//! Takes a shell script apart, as far as it can be told without running it.

/// The commands of a script, each as its words without quotes.
///
/// A command begins a line or follows `;`, `&&`, `||`, `|`, `(`. Variables and substitutions stand as
/// they are written; text in quotes stays in one word.
pub(super) fn commands(script: &str) -> Vec<Vec<String>> {
    let mut splitter = Splitter::default();
    let mut letters = script.chars().peekable();
    while let Some(letter) = letters.next() {
        match (splitter.quote, letter) {
            (Some('\''), '\'') => splitter.quote = None,
            (Some('\''), _) => splitter.push(letter),
            (_, '\\') => match letters.next() {
                // A line that goes on.
                Some('\n') | None => {}
                Some(escaped) => splitter.push(escaped),
            },
            (Some(_), '"') => splitter.quote = None,
            (Some(_), _) => splitter.push(letter),
            (None, '\'' | '"') => {
                splitter.quote = Some(letter);
                splitter.word.get_or_insert_default();
            }
            // A comment, from the start of a word to the end of the line.
            (None, '#') if splitter.word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => splitter.end_command(),
            (None, _) if letter.is_whitespace() => splitter.end_word(),
            (None, _) => splitter.push(letter),
        }
    }
    splitter.end_command();
    splitter.commands
}

#[derive(Default)]
struct Splitter {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: Option<String>,
    quote: Option<char>,
}

impl Splitter {
    fn push(&mut self, letter: char) {
        self.word.get_or_insert_default().push(letter);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}
