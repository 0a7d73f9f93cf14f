//! Parts that come and go in brackets and braces.

use granit_parser::ScalarStyle;

use super::changes::Editor;
use super::json::Flow;
use super::scan;
use super::tree::Kind;

impl<'t> Editor<'t> {
    /// How new parts beside the one at `start` are written.
    pub(super) fn flow(&self, key: Option<ScalarStyle>, start: usize) -> Flow<'t> {
        let json = self.json || key == Some(ScalarStyle::DoubleQuoted);
        let space = self.space();
        let lines = scan::first_on_line(self.text, start)
            .then(|| (self.newline, scan::indentation(self.text, start), self.unit()));
        Flow { json, space, colon_space: space, lines }
    }

    /// What stands between a comma and the next part.
    pub(super) fn between(&self, flow: &Flow<'_>) -> String {
        match flow.lines {
            Some((newline, indentation, _)) => format!("{newline}{indentation}"),
            None => flow.space.to_owned(),
        }
    }

    /// Puts a part behind another.
    pub(super) fn insert_part(&mut self, (_, end): (usize, usize), part: &str, flow: &Flow<'_>) {
        let between = self.between(flow);
        let line_end = scan::line_end(self.text, end);
        if flow.lines.is_some() && self.text[end..line_end].trim_start().starts_with('#') {
            self.splice(end..end, ",");
            self.splice(line_end..line_end, format!("{between}{part}"));
        } else {
            self.splice(end..end, format!(",{between}{part}"));
        }
    }

    pub(super) fn remove_from_flow(&mut self, extents: &[(usize, usize)], removed: &[bool]) {
        let Some(last) = removed.iter().rposition(|removed| !removed) else { return };
        for index in (0..last).filter(|&index| removed[index]) {
            self.splice(extents[index].0..extents[index + 1].0, "");
        }
        if let Some(end) = extents.last().filter(|_| last + 1 < extents.len()) {
            self.splice(extents[last].1..end.1, "");
        }
    }

    /// What a document of JSON has behind its commas and colons.
    fn space(&self) -> &'static str {
        let Kind::Mapping(_, entries) = &self.tree.node(self.tree.root).kind else { return " " };
        let tight = entries.first().is_some_and(|first| {
            let value = self.tree.node(first.value);
            value.floor == value.start
        });
        if self.json && tight { "" } else { " " }
    }

    /// What a document of JSON indents its first level with.
    pub(super) fn unit(&self) -> &'t str {
        let Kind::Mapping(_, entries) = &self.tree.node(self.tree.root).kind else { return "  " };
        let Some(first) = entries.first().filter(|first| self.json && scan::first_on_line(self.text, first.start))
        else {
            return "  ";
        };
        let outer = scan::indentation(self.text, self.tree.node(self.tree.root).start);
        let inner = scan::indentation(self.text, first.start);
        inner.strip_prefix(outer).filter(|unit| !unit.is_empty()).unwrap_or("  ")
    }
}
