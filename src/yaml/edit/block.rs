//! Lines that come and go in block collections.

use super::changes::Editor;
use super::scan;
use super::tree::Layout;

impl Editor<'_> {
    /// Puts lines below what ends at `end`, behind a comment on its line.
    pub(super) fn insert_lines(&mut self, end: usize, lines: &[String]) {
        let at = scan::behind(self.text, end);
        let text = lines.join(self.newline);
        if scan::starts_line(self.text, end) {
            self.splice(at..at, text + self.newline);
        } else {
            self.splice(at..at, format!("{}{text}", self.newline));
        }
    }

    /// Takes parts of a collection away. At least one stays.
    pub(super) fn remove_parts(&mut self, layout: Layout, extents: &[(usize, usize)], removed: &[bool]) {
        if layout == Layout::Block {
            self.remove_lines(extents, removed);
        } else {
            self.remove_from_flow(extents, removed);
        }
    }

    fn remove_lines(&mut self, extents: &[(usize, usize)], removed: &[bool]) {
        let text = self.text;
        // Where the part begins that moves up behind a dash.
        let mut moved = None;
        for (&(start, end), _) in extents.iter().zip(removed).filter(|(_, removed)| **removed) {
            let behind = if scan::starts_line(text, end) { end } else { scan::next_line(text, end) };
            if moved == Some(start) || !scan::first_on_line(text, start) {
                let next = text.len() - text[behind..].trim_start().len();
                self.splice(start..next, "");
                moved = Some(next);
                continue;
            }
            // With the line break before it, not the one behind: new lines may come there.
            let from = scan::line_start(text, start);
            let to = if behind == text.len() && !text.ends_with('\n') { behind } else { without_break(text, behind) };
            let range = if from == 0 { from..behind } else { without_break(text, from)..to };
            self.splice(range, "");
        }
    }
}

/// The end of the line whose line break ends at `at`.
fn without_break(text: &str, at: usize) -> usize {
    let line = &text[..at];
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line).len()
}
