//! MY008: a password stands where nobody looks for one.

use tidegate_policy::{Finding, Rule, Severity};

use crate::form::Form;

pub(crate) const HIDDEN: Rule =
    Rule::new("MY008", "a password stands in a command, an annotation or a ConfigMap in plain text", Severity::High);

/// The object in which passwords may be hidden.
pub(crate) struct Hidden<'a> {
    pub(crate) kind: &'a str,
    /// True if it is stored and cannot change any more.
    pub(crate) immutable: bool,
}

impl Hidden<'_> {
    /// A password in a place of the object.
    pub(crate) fn finding(&self, at: &str, place: &str, form: &Form, help: &str) -> Finding {
        let (does, kind) = (form.does(), self.kind);
        let message = format!("{place} {does} in plain text: whoever can read the {kind} has it");
        self.stays(Finding::new(&HIDDEN, at, message), help)
    }

    /// A variable that nobody expands: the password does not get there.
    pub(crate) fn unexpanded(&self, at: &str, message: String, help: &str) -> Finding {
        self.stays(Finding::new(&HIDDEN, at, message).severity(Severity::Medium), help)
    }

    /// What is stored and cannot change is not refused: that would not take it away.
    fn stays(&self, finding: Finding, help: &str) -> Finding {
        if !self.immutable {
            return finding.help(help);
        }
        let severity = finding.severity.min(Severity::Medium);
        let help = format!("A stored {} cannot change in this: delete it and create it again. {help}", self.kind);
        finding.severity(severity).help(help)
    }
}
