//! What is wrong with a component: what the gate refuses it for, and what its users would stumble over.

mod description;
mod schema;

use std::sync::Arc;

use super::opened::{OpenError, Opened, open};
use crate::wasm::{Runtime, one_line};

/// What is said of a component that could be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What keeps it from being used, each a sentence without a full stop.
    pub errors: Vec<String>,
    /// What should be better.
    pub warnings: Vec<String>,
}

/// Judges a component: a file, or `builtin://NAME`.
///
/// # Errors
/// [`OpenError`] if the gate itself refuses it.
pub fn check(module: &str, runtime: &Arc<Runtime>) -> Result<(Opened, Verdict), OpenError> {
    let opened = open(module, runtime)?;
    let mut verdict = description::judge(opened.description(), opened.is_builtin());
    schema::judge(&opened.description().settings_schema, &mut verdict);
    // They quote a stranger's schema.
    for text in verdict.errors.iter_mut().chain(&mut verdict.warnings) {
        *text = one_line(text);
    }
    Ok((opened, verdict))
}
