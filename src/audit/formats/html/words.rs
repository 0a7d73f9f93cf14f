//! The words of the report, in one place for the script and for what is readable without it.

use crate::audit::report::{Consequence, ObjectReport, Origin, Suppression};
use crate::engine::Decision;
use crate::finding::Severity;

/// From the worst on: the order of every picture.
pub(super) const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// In the order of every picture: what keeps an object out comes first.
pub(super) const CONSEQUENCES: [Consequence; 5] =
    [Consequence::Refuse, Consequence::Repair, Consequence::Warn, Consequence::Record, Consequence::Keep];

/// How a consequence is named in links.
pub(super) fn consequence_name(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Refuse => "refuse",
        Consequence::Repair => "repair",
        Consequence::Warn => "warn",
        Consequence::Record => "record",
        Consequence::Keep => "keep",
    }
}

/// What a consequence is called.
pub(super) fn consequence_title(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Refuse => "Object refused",
        Consequence::Repair => "Repaired",
        Consequence::Warn => "Warned of",
        Consequence::Record => "Only recorded",
        Consequence::Keep => "Kept copy",
    }
}

/// What a consequence means for whoever applies the object.
pub(super) fn consequence_meaning(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Refuse => "the gate refuses the object because of it",
        Consequence::Repair => "the gate repairs it",
        Consequence::Warn => "the gate warns of it and lets the object pass",
        Consequence::Record => "the gate records it and lets the object pass",
        Consequence::Keep => "no request goes through the gate with this copy",
    }
}

/// What becomes of an object, as its class and in words.
pub(super) fn outcome(object: &ObjectReport) -> (&'static str, &'static str) {
    match object.decision {
        _ if object.is_kept() && object.findings().count() == 1 => ("keeps", "keeps a password"),
        _ if object.is_kept() => ("keeps", "keeps passwords"),
        Decision::Deny => ("refused", "would be refused"),
        Decision::Allow if object.is_repaired() => ("repaired", "would be repaired"),
        Decision::Allow => ("admitted", "would be admitted"),
    }
}

/// Why a finding does not count.
pub(super) fn suppression(why: &Suppression) -> String {
    match why {
        Suppression::Exception { reason } => format!("excepted: {reason}"),
        Suppression::Baseline => "known by the baseline".to_owned(),
        Suppression::Before => "there before".to_owned(),
    }
}

/// Where an object was found. An object of a cluster is its own place; a copy in it has one.
pub(super) fn place(object: &ObjectReport) -> Option<String> {
    match &object.source {
        Origin::File(line) => Some(match object.rendered_by {
            Some(command) => format!("{}, by {command}", line.file),
            None => format!("{}:{}", line.file, line.line),
        }),
        Origin::Cluster(stored) => stored.within.clone(),
    }
}

/// `1 object`, `2 objects`, `12,345 objects`.
pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{} {word}s", grouped(number)) }
}

/// `12,345`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
