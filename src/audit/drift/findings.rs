//! What is said of a difference. No password is: of a credential only that it differs.

use serde_json::Value;

use super::Seen;
use super::compare::Difference;
use super::identity::Identity;
use crate::audit::report::{Consequence, FindingReport, Region, RuleReport, Suppression};
use crate::audit::snippet::Snippet;
use crate::engine::{excepted, named_place};
use crate::finding::place;
use crate::own_rules::{DIFFERS, FINDER, IN_NO_FILE, NOWHERE, OwnRule};
use crate::request::Selection;
use crate::workload::withhold_text;

/// Longer values are not quoted.
const LONGEST_QUOTED: usize = 60;

/// The rules by which files and a cluster are compared.
pub(in crate::audit) fn rules() -> impl Iterator<Item = RuleReport> {
    [DIFFERS, NOWHERE, IN_NO_FILE].into_iter().map(RuleReport::of_own)
}

/// Something that a file and the cluster do not have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Drifted {
    rule: OwnRule,
    pub at: String,
    message: String,
    help: &'static str,
}

impl Drifted {
    pub(super) fn differs(difference: Difference, here: &Seen<'_>, there: &Seen<'_>) -> Self {
        let words = place(&difference.at);
        let message = match (difference.there, here.quoted(), there.quoted()) {
            (None, ..) => format!("{words} is not in the cluster"),
            (Some(_), Some(here), Some(there)) => format!("{words} is {here} here and {there} in the cluster"),
            (Some(_), ..) => format!("{words} is something else in the cluster"),
        };
        let help = "Apply the file, or write into it what runs: kubectl diff shows both sides";
        Self { rule: DIFFERS, at: difference.at, message, help }
    }

    pub(super) fn nowhere(identity: &Identity) -> Self {
        let message = format!("{} is not in the cluster", identity.words());
        let help = "Apply it, or take it out of the files if nobody needs it any more; is it the right cluster?";
        Self { rule: NOWHERE, at: String::new(), message, help }
    }

    pub(super) fn in_no_file(unread: bool) -> Self {
        let message = if unread {
            "it runs, and is in none of the files that could be read"
        } else {
            "it runs, and is in none of the files"
        };
        let help = "Write it into a file, so that it can be made again; or delete it if nobody needs it any more";
        Self { rule: IN_NO_FILE, at: String::new(), message: message.to_owned(), help }
    }

    /// Whether whoever asked for the audit wants to know.
    pub(in crate::audit) fn is_wanted(&self, selection: &Selection) -> bool {
        selection.wants(self.rule.id, self.rule.severity)
    }

    /// What a report says of it; `object` is where it stands, credentials withheld.
    pub(in crate::audit) fn report(
        self,
        object: &Value,
        (snippet, region): (Option<Snippet>, Option<Region>),
    ) -> FindingReport {
        FindingReport {
            policy: FINDER.to_owned(),
            rule: self.rule.id.to_owned(),
            severity: self.rule.severity,
            place: named_place(object, &self.at),
            at: self.at,
            message: self.message,
            help: Some(self.help.to_owned()),
            consequence: Consequence::Record,
            obstacle: None,
            since: None,
            snippet,
            region,
            fingerprint: String::new(),
            fix: None,
            suppression: excepted(object, self.rule.id)
                .map(|reason| Suppression::Exception { reason: withhold_text(&reason).into_owned() }),
            exception_refused: None,
        }
    }
}

impl Seen<'_> {
    /// The value as it may be quoted: if it is short, and nothing of it is a credential.
    fn quoted(&self) -> Option<String> {
        let (value, shown) = (self.value?, self.shown?);
        let text = match shown {
            Value::String(text) if !text.contains('\n') => text.clone(),
            Value::Number(_) | Value::Bool(_) => shown.to_string(),
            Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        (value == shown && !text.is_empty() && text.chars().count() <= LONGEST_QUOTED).then_some(text)
    }
}
