//! A manifest, and what its repair changes in it.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::texts::Texts;
use crate::audit::report::ManifestReport;

/// A manifest by its lines, each the number of a text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    first_line: usize,
    lines: Vec<usize>,
    /// In order, without overlaps.
    changes: Vec<Change>,
}

/// Lines that are taken away, and those that stand there instead.
#[derive(Serialize)]
struct Change {
    /// The index of the first line that is taken away, or before which something is put.
    at: usize,
    gone: usize,
    new: Vec<usize>,
}

impl Manifest {
    pub(super) fn of(manifest: &ManifestReport, texts: &mut Texts) -> Self {
        let before: Vec<&str> = manifest.before.lines().collect();
        let after: Vec<&str> = manifest.after.lines().collect();
        let operations = capture_diff_slices(Algorithm::Myers, &before, &after);
        Self {
            first_line: manifest.first_line,
            lines: before.iter().map(|line| texts.number(line)).collect(),
            changes: operations
                .iter()
                .filter(|operation| !matches!(operation, DiffOp::Equal { .. }))
                .map(|operation| Change {
                    at: operation.old_range().start,
                    gone: operation.old_range().len(),
                    new: after[operation.new_range()].iter().map(|line| texts.number(line)).collect(),
                })
                .collect(),
        }
    }
}
