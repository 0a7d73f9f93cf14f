//! Reads a shell script: quotes, substitutions, redirections, here-documents and what joins commands.

use super::Pipeline;

/// What stands in the place of a credential. Its brackets are no redirections.
const WITHHELD: &str = "<withheld>";

/// The pipelines of a script, and the scripts within it that were not read.
pub(super) fn read(script: &str) -> (Vec<Pipeline>, Vec<String>) {
    let mut reader = Reader { rest: script, ..Reader::default() };
    reader.read();
    (reader.pipelines, reader.inner)
}

#[derive(Default)]
struct Reader<'a> {
    rest: &'a str,
    pipelines: Vec<Pipeline>,
    words: Vec<String>,
    word: Option<String>,
    /// True behind a `|`.
    joined: bool,
    /// Delimiters of here-documents that begin on the next line.
    awaited: Vec<String>,
    /// Scripts within this one.
    inner: Vec<String>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        while let Some(letter) = self.rest.chars().next() {
            match letter {
                '<' if self.rest.starts_with(WITHHELD) => {
                    let mark = self.take(WITHHELD.len());
                    self.push(mark);
                }
                '<' | '>' => self.redirection(),
                '$' | '`' => self.substitution(),
                '"' => self.double_quotes(),
                '\'' => {
                    self.take(1);
                    let text = self.take(self.rest.find('\'').unwrap_or(self.rest.len()));
                    self.push(text);
                    self.take(1);
                }
                '\\' => {
                    self.take(1);
                    let escaped = self.letter();
                    // At the end of a line the line goes on.
                    if escaped != "\n" {
                        self.push(escaped);
                    }
                }
                // A comment, from the start of a word to the end of the line.
                '#' if self.word.is_none() => {
                    self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
                }
                '&' if self.rest.starts_with("&>") => {
                    self.take(1);
                    self.redirection();
                }
                '|' => {
                    self.end_command();
                    self.joined = !self.rest.starts_with("||");
                    self.take(if self.rest.starts_with("||") || self.rest.starts_with("|&") { 2 } else { 1 });
                }
                '\n' => {
                    self.end_command();
                    self.take(1);
                    self.here_documents();
                }
                ';' | '&' | '(' | ')' => {
                    self.end_command();
                    self.take(1);
                }
                _ if letter.is_whitespace() => {
                    self.end_word();
                    self.letter();
                }
                _ => {
                    let letter = self.letter();
                    self.push(letter);
                }
            }
        }
        self.end_command();
    }

    fn double_quotes(&mut self) {
        self.take(1);
        self.push("");
        while let Some(letter) = self.rest.chars().next() {
            match letter {
                '"' => break,
                '$' | '`' => self.substitution(),
                '\\' => {
                    self.take(1);
                    let escaped = self.letter();
                    if !matches!(escaped, "\n" | "\"" | "\\" | "$" | "`") {
                        self.push("\\");
                    }
                    if escaped != "\n" {
                        self.push(escaped);
                    }
                }
                _ => {
                    let letter = self.letter();
                    self.push(letter);
                }
            }
        }
        self.take(1);
    }

    /// `$(…)`, `${…}`, `` `…` ``, or a bare `$`.
    fn substitution(&mut self) {
        let length = if let Some(script) = self.rest.strip_prefix("$(") {
            let length = closing(script, '(', ')');
            self.inner.push(script[..length].to_owned());
            length + 3
        } else if let Some(name) = self.rest.strip_prefix("${") {
            closing(name, '{', '}') + 3
        } else if let Some(script) = self.rest.strip_prefix('`') {
            let length = script.find('`').unwrap_or(script.len());
            self.inner.push(script[..length].to_owned());
            length + 2
        } else {
            1
        };
        let text = self.take(length);
        self.push(text);
    }

    /// `<`, `>>`, `2>&1`, `<<EOF`, `<(…)` and their like.
    fn redirection(&mut self) {
        if let Some(script) = self.rest.strip_prefix("<(").or_else(|| self.rest.strip_prefix(">(")) {
            let length = closing(script, '(', ')');
            self.inner.push(script[..length].to_owned());
            let text = self.take(length + 3);
            self.push(text);
            return;
        }
        self.end_word();
        let length = self.rest.find(|letter| !matches!(letter, '<' | '>' | '&' | '|')).unwrap_or(self.rest.len());
        let sign = self.take(length);
        self.push(sign);
        self.end_word();
        if sign == "<<" {
            let line = self.rest.trim_start_matches(['-', ' ', '\t']);
            let length = line.find(|letter: char| letter.is_whitespace() || "|;&)<>".contains(letter));
            self.awaited.push(line[..length.unwrap_or(line.len())].replace(['\'', '"', '\\'], ""));
        }
    }

    fn here_documents(&mut self) {
        for delimiter in std::mem::take(&mut self.awaited) {
            let mut length = 0;
            let mut whole = 0;
            for line in self.rest.split_inclusive('\n') {
                whole += line.len();
                if line.trim_start_matches('\t').trim_end_matches(['\n', '\r']) == delimiter {
                    break;
                }
                length = whole;
            }
            let text = self.take(whole);
            self.inner.push(text[..length].to_owned());
        }
    }

    /// Goes on by a number of bytes, or to the end if there are fewer.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn letter(&mut self) -> &'a str {
        self.take(self.rest.chars().next().map_or(0, char::len_utf8))
    }

    fn push(&mut self, text: &str) {
        self.word.get_or_insert_default().push_str(text);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        let command = std::mem::take(&mut self.words);
        let Some(first) = command.first() else { return };
        // The end of a group: what follows a `|` there gets the group's output.
        let closes = matches!(first.as_str(), "}" | "done" | "fi" | "esac");
        match self.pipelines.last_mut() {
            Some(pipeline) if closes || self.joined => pipeline.push(command),
            _ => self.pipelines.push(vec![command]),
        }
        self.joined = false;
    }
}

/// The length of a text up to the bracket that closes it, or all of it.
fn closing(text: &str, open: char, close: char) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, letter) in text.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some('\'') if letter == '\'' => quote = None,
            Some('\'') => {}
            _ if letter == '\\' => escaped = true,
            Some(_) if letter == '"' => quote = None,
            Some(_) => {}
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if letter == open => depth += 1,
            None if letter == close && depth == 0 => return at,
            None if letter == close => depth -= 1,
            None => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_wherever_a_script_is_cut_off() {
        let script = "a 'ü' \"$(b \\\"`c`)\" ${d} <<'E' >&2 | e <(f) \\ü # ü\nü\nE\n&> g && h; }";
        for (end, _) in script.char_indices() {
            let (pipelines, inner) = read(&script[..end]);
            assert!(pipelines.len() <= 4 && inner.len() <= 4, "{}", &script[..end]);
        }
    }
}
