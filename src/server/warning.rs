//! Warnings of an admission response, within what the API server passes on.

use super::text::{one_line, shortened};
use crate::engine::{Evaluation, Judged};
use crate::finding::place;
use crate::request::Phase;

/// The API server cuts a warning at 256 characters (apiserver, `truncateItemRunes` in
/// `filters/warning.go`).
const ITEM_LIMIT: usize = 256;
/// It drops what comes after 4096 characters in all (`truncateAtTotalRunes`, the same file). The
/// mutating and the validating phase of one request share them, so each takes less than half.
const TOTAL_LIMIT: usize = 2_000;

/// What the author is told although it is no refusal.
///
/// The mutating phase tells of repairs; what remains is told once, by the validating phase, or with
/// the refusal if it never comes to that.
pub(super) fn warnings(evaluation: &Evaluation, phase: Phase) -> Vec<String> {
    let tells_repairs = phase == Phase::Mutate && evaluation.is_allowed();
    let mut told: Vec<&Judged> =
        evaluation.findings.iter().filter(|judged| if tells_repairs { judged.fixed } else { judged.warns() }).collect();
    // If there are too many, the worst are told. The sort is stable.
    told.sort_by_key(|judged| std::cmp::Reverse(judged.finding.severity));
    let mut texts: Vec<String> = told.into_iter().map(text).collect();
    if !tells_repairs {
        texts.extend(evaluation.failures.iter().filter(|failure| !failure.denies).map(|failure| {
            format!("tidegate: policy {} could not judge this object: {}", failure.policy, failure.error)
        }));
    }
    within_limits(texts)
}

fn text(judged: &Judged) -> String {
    let finding = &judged.finding;
    let (rule, place, message) = (&finding.rule, place(&finding.at), &finding.message);
    if judged.fixed {
        return format!("tidegate repaired {rule} at {place}: {message}");
    }
    match (&judged.obstacle, &finding.help) {
        (Some(obstacle), _) => format!("tidegate {rule} at {place}: {message}; not repaired: {obstacle}"),
        (None, Some(help)) => format!("tidegate {rule} at {place}: {message}. {help}"),
        (None, None) => format!("tidegate {rule} at {place}: {message}"),
    }
}

/// Cuts each, then all; the last one says how many were left out.
pub(super) fn within_limits(texts: Vec<String>) -> Vec<String> {
    // Room for the sentence about those left out, whatever their number.
    const LAST: usize = 80;
    let total = texts.len();
    let mut kept: Vec<String> = Vec::with_capacity(total);
    let mut length = 0;
    for text in texts {
        let text = shortened(one_line(&text), ITEM_LIMIT);
        if length + text.len() > TOTAL_LIMIT - LAST {
            break;
        }
        length += text.len();
        kept.push(text);
    }
    let left_out = total - kept.len();
    if left_out > 0 {
        kept.push(format!("tidegate: {left_out} more; see them all with: tidegate audit FILE"));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_short_ones_stay_as_they_are() {
        assert_eq!(within_limits(vec!["a".into(), "b".into()]), ["a", "b"]);
        assert!(within_limits(Vec::new()).is_empty());
    }

    #[test]
    fn each_and_all_together_are_within_the_limits() {
        for (count, length) in [(1, 5_000), (7, 256), (8, 256), (400, 3), (10_000, 300)] {
            let kept = within_limits(vec!["ü\n".repeat(length / 2); count]);
            assert!(kept.iter().all(|text| text.len() <= ITEM_LIMIT && !text.contains('\n')));
            assert!(kept.iter().map(String::len).sum::<usize>() <= TOTAL_LIMIT, "{count} × {length}");
            let is_cut = kept.last().is_some_and(|last| last.contains("tidegate audit"));
            assert_eq!(is_cut, kept.len() - usize::from(is_cut) < count);
        }
    }
}
