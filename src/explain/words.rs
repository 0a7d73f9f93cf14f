//! Words with their styles, broken into lines.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// A paragraph that is being written.
#[derive(Default)]
pub(super) struct Words {
    /// Each word with the styles of its parts: `**bold**,` has two.
    words: Vec<Vec<(String, Style)>>,
    /// Whether what comes next belongs to the last word.
    is_open: bool,
}

impl Words {
    /// Appends text; where it has spaces, lines may break.
    pub(super) fn push(&mut self, text: &str, style: Style) {
        for (index, part) in text.split(char::is_whitespace).enumerate() {
            if index > 0 {
                self.is_open = false;
            }
            if part.is_empty() {
                continue;
            }
            let part = (part.to_owned(), style);
            match self.words.last_mut() {
                Some(last) if self.is_open => last.push(part),
                _ => self.words.push(vec![part]),
            }
            self.is_open = true;
        }
    }

    /// The lines, none wider than `width` but where one word is.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut used = 0;
        let mut last = Style::new();
        for word in &self.words {
            let wide: usize = word.iter().map(|(text, _)| text.width()).sum();
            if used > 0 && used + 1 + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                // One underline or colour goes on over the space within it.
                let (style, continues) = word.first().map_or((last, false), |(_, style)| (*style, *style == last));
                if continues {
                    line.push_str(&format!("{style} {style:#}"))
                } else {
                    line.push(' ')
                }
                used += 1;
            }
            for (text, style) in word {
                line.push_str(&format!("{style}{text}{style:#}"));
                last = *style;
            }
            used += wide;
        }
        if used > 0 {
            lines.push(line);
        }
        lines
    }
}
