//! The items of a sequence.

use serde_json::Value;

use super::align::{Step, align};
use super::changes::{Around, Editor};
use super::json;
use super::render::item;
use super::scan;
use super::tree::{Item, Layout};

impl<'t> Editor<'t> {
    pub(super) fn sequence(
        &mut self,
        id: usize,
        layout: Layout,
        items: &'t [Item],
        (old, new): (&[Value], &[Value]),
        around: Around,
    ) {
        let steps = align(old, new);
        if items.len() != old.len() || !steps.iter().any(|step| matches!(step, Step::Keep(..))) {
            return self.replace(id, &Value::from(new), around);
        }
        let mut removed = vec![false; items.len()];
        let mut before: Option<&Item> = None;
        for step in &steps {
            match *step {
                Step::Keep(at_old, at_new) => {
                    let inside = self.inside(layout, false, items[at_old].start);
                    self.change(items[at_old].value, &old[at_old], &new[at_new], inside);
                    before = Some(&items[at_old]);
                }
                Step::Remove(index) => {
                    self.lose(items[index].value);
                    removed[index] = true;
                }
                Step::Add(index) => match before {
                    Some(before) => self.add_behind(layout, before, &new[index]),
                    None => self.add_first(id, layout, &items[0], &new[index]),
                },
            }
        }
        let extents: Vec<_> = items.iter().map(|item| self.extent(item)).collect();
        self.remove_parts(layout, &extents, &removed);
    }

    fn extent(&self, item: &Item) -> (usize, usize) {
        (item.start, self.tree.node(item.value).end)
    }

    fn add_behind(&mut self, layout: Layout, before: &Item, value: &Value) {
        let extent = self.extent(before);
        if layout == Layout::Block {
            let lines = item(value, scan::column(self.text, before.start), self.indents);
            self.insert_lines(extent.1, &lines);
        } else {
            let flow = self.flow(None, extent.0);
            self.insert_part(extent, &json::write(value, &flow), &flow);
        }
    }

    fn add_first(&mut self, id: usize, layout: Layout, first: &Item, value: &Value) {
        if layout != Layout::Block {
            let flow = self.flow(None, first.start);
            let between = self.between(&flow);
            return self.splice(first.start..first.start, format!("{},{between}", json::write(value, &flow)));
        }
        let column = scan::column(self.text, first.start);
        let lines = item(value, column, self.indents);
        let node = self.tree.node(id);
        if !scan::first_on_line(self.text, first.start) {
            // A sequence that begins behind the dash of another.
            let text = lines.join(self.newline);
            let text = format!("{}{}{:column$}", text.trim_start(), self.newline, "");
            self.splice(first.start..first.start, text);
        } else if node.start == first.start && node.floor > 0 {
            // Right below its key: a comment above the first item stays with that item.
            self.insert_lines(node.floor, &lines);
        } else {
            let at = scan::line_start(self.text, first.start);
            self.splice(at..at, lines.join(self.newline) + self.newline);
        }
    }
}
