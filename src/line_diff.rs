//! What becomes of the lines of a text, and how it looks in a terminal.

use std::ops::Range;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, DiffOp, TextDiff};

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It stays.
    Kept,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

impl Change {
    /// The sign before the line, as in every diff.
    pub fn sign(self) -> char {
        match self {
            Self::Kept => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }

    /// How the line looks.
    pub fn style(self) -> Style {
        match self {
            Self::Kept => Style::new(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Added => AnsiColor::Green.on_default(),
        }
    }
}

/// Lines that change, with those around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Where they are in the old text.
    pub old: Range<usize>,
    /// Where they are in the new text.
    pub new: Range<usize>,
    /// Each line: what becomes of it, and its number from 0 in the old text, or of one that comes in the new text.
    pub lines: Vec<(Change, usize)>,
}

/// Where two texts differ, with so many lines around it.
pub fn hunks(old: &[&str], new: &[&str], context: usize) -> Vec<Hunk> {
    let diff = TextDiff::from_slices(old, new);
    diff.grouped_ops(context).iter().map(|steps| hunk(steps, &diff)).collect()
}

/// Every line of two texts, in order.
pub fn whole(old: &str, new: &str) -> Vec<(Change, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let diff = TextDiff::from_slices(&old, &new);
    let lines = hunk(diff.ops(), &diff).lines.into_iter();
    let text = |(change, number): (Change, usize)| {
        let side = if change == Change::Added { &new } else { &old };
        (change, side.get(number).copied().unwrap_or_default().to_owned())
    };
    lines.map(text).collect()
}

fn hunk(steps: &[DiffOp], diff: &TextDiff<'_, '_, str>) -> Hunk {
    let extent = |range: fn(&DiffOp) -> Range<usize>| {
        let ranges = || steps.iter().map(range);
        ranges().next().map_or(0, |first| first.start)..ranges().next_back().map_or(0, |last| last.end)
    };
    let line = |(tag, old, new): (ChangeTag, Option<usize>, Option<usize>)| match tag {
        ChangeTag::Equal => (Change::Kept, old.unwrap_or_default()),
        ChangeTag::Delete => (Change::Removed, old.unwrap_or_default()),
        ChangeTag::Insert => (Change::Added, new.unwrap_or_default()),
    };
    let changes = steps.iter().flat_map(|step| diff.iter_changes(step));
    Hunk {
        old: extent(DiffOp::old_range),
        new: extent(DiffOp::new_range),
        lines: changes.map(|change| line((change.tag(), change.old_index(), change.new_index()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_has_every_line() {
        let line = |change, text: &str| (change, text.to_owned());
        assert_eq!(whole("a\nb\n", "a\nb\n"), [line(Change::Kept, "a"), line(Change::Kept, "b")]);
        assert_eq!(
            whole("a\nb\nc\n", "a\nx\nc\n"),
            [line(Change::Kept, "a"), line(Change::Removed, "b"), line(Change::Added, "x"), line(Change::Kept, "c")]
        );
    }

    #[test]
    fn a_hunk_is_a_change_and_what_is_around_it() {
        let old = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let mut new = old;
        (new[1], new[7]) = ("x", "y");
        let hunk = |start: usize| Hunk {
            old: start..start + 3,
            new: start..start + 3,
            lines: vec![
                (Change::Kept, start),
                (Change::Removed, start + 1),
                (Change::Added, start + 1),
                (Change::Kept, start + 2),
            ],
        };
        assert_eq!(hunks(&old, &new, 1), [hunk(0), hunk(6)]);
        assert_eq!(hunks(&old, &old, 1), []);
    }
}
