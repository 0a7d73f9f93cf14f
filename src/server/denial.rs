//! The message of a refusal: the object, then for each reason the rule, the place and the way out.

use super::text::{one_line, sentence, shortened};
use crate::engine::{Evaluation, Exception, Judged, PolicyFailure};
use crate::finding::place;

/// More reasons than these help nobody on a terminal.
const REASONS: usize = 20;
/// The longest line: a message travels in a header-sized part of several logs.
const LINE_LIMIT: usize = 1_000;

/// Why an evaluation keeps the object out.
pub(super) fn denial(title: &str, evaluation: &Evaluation) -> String {
    let findings = evaluation.findings.iter().filter(|judged| judged.denies()).map(reason);
    let failures = evaluation.failures.iter().filter(|failure| failure.denies).map(failure);
    let mut lines: Vec<String> = findings.chain(failures).collect();
    let left_out = lines.len().saturating_sub(REASONS);
    lines.truncate(REASONS);
    if left_out > 0 {
        lines.push(format!("- {left_out} more; see them all with: tidegate audit FILE"));
    }
    refusal(title, &lines.join("\n"))
}

/// A refusal for one reason that has nothing to do with a rule.
pub(super) fn refusal(title: &str, reason: &str) -> String {
    format!("{} is refused by tidegate:\n{reason}", shortened(one_line(title), LINE_LIMIT))
}

fn reason(judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut line = format!("- {} at {}: {}", finding.rule, place(&finding.at), sentence(&finding.message));
    if let Some(obstacle) = &judged.obstacle {
        line.push_str(&format!(" It was not repaired: {}", sentence(obstacle)));
    }
    if let Some(help) = &finding.help {
        line.push_str(&format!(" {}", sentence(help)));
    }
    if let Some(Exception::Ended { name, at }) = &judged.exception {
        line.push_str(&format!(" The exception {name} ended at {at}."));
    }
    shortened(one_line(&line), LINE_LIMIT)
}

fn failure(failure: &PolicyFailure) -> String {
    let line = format!(
        "- policy {} could not judge it: {} This is no fault of the object; whoever runs tidegate can mend the policy \
         or set its onError to allow.",
        failure.policy,
        sentence(&failure.error.to_string()),
    );
    shortened(one_line(&line), LINE_LIMIT)
}
