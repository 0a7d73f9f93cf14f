//! Building findings.

use crate::{Edit, Finding, Rule, Server, Severity};

impl Finding {
    /// What is wrong at a place of the object, with the rule's severity and without a fix.
    ///
    /// The message is a sentence without a full stop, in the author's words. It names no secret.
    ///
    /// ```
    /// use tidegate_policy::{Edit, Finding, Rule, Severity, json};
    ///
    /// const RULE: Rule = Rule::new("MY007", "two servers may share one data directory", Severity::High);
    /// let finding = Finding::new(&RULE, "/spec/strategy", "an update starts the new server beside the old one")
    ///     .fix([Edit::set("/spec/strategy", json!({ "type": "Recreate" }))]);
    /// assert_eq!(finding.severity, Severity::High);
    /// ```
    pub fn new(rule: &Rule, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule: rule.id.to_owned(),
            severity: rule.severity,
            at: at.into(),
            message: message.into(),
            help: None,
            fix: vec![],
        }
    }

    /// What the author must do, and what happens otherwise.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// How bad it is here, if that is less than the rule says.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Makes it medium at most, and says why: otherwise it would look like one that is refused.
    #[must_use]
    pub fn at_most_medium(mut self, why: &str) -> Self {
        if self.severity > Severity::Medium {
            self.severity = Severity::Medium;
            self.message = format!("{} (medium, because {why})", self.message);
        }
        self
    }

    /// The same where the image is none that tidegate knows: it only looks like a server.
    #[must_use]
    pub fn at_most_medium_if_unknown(self, server: &Server) -> Self {
        if server.flavor == "unknown" { self.at_most_medium("tidegate does not know the image") } else { self }
    }

    /// Adds steps to the repair. Without any, a person must decide.
    #[must_use]
    pub fn fix(mut self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.fix.extend(edits);
        self
    }
}
