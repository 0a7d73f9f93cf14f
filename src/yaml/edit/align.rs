//! Which items of a sequence stay, which change, which come and which go.

use serde_json::Value;

use super::same::same;

/// What becomes of the next item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The old item takes the value of the new one.
    Keep(usize, usize),
    /// The old item goes.
    Remove(usize),
    /// The new item comes.
    Add(usize),
}

/// Above this many comparisons, items are compared by their place alone. Lists of manifests have
/// tens of items.
const MOST_CELLS: usize = 250_000;

/// The steps from old items to new ones, in their order.
pub(super) fn align(old: &[Value], new: &[Value]) -> Vec<Step> {
    let before = old.iter().zip(new).take_while(|(old, new)| same(old, new)).count();
    let (old_rest, new_rest) = (&old[before..], &new[before..]);
    let behind = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| same(old, new)).count();
    let (old_rest, new_rest) = (&old_rest[..old_rest.len() - behind], &new_rest[..new_rest.len() - behind]);
    let mut steps: Vec<_> = (0..before).map(|index| Step::Keep(index, index)).collect();
    let (mut at_old, mut at_new) = (before, before);
    for (index_old, index_new) in pairs(old_rest, new_rest) {
        gap(&mut steps, at_old..before + index_old, at_new..before + index_new);
        steps.push(Step::Keep(before + index_old, before + index_new));
        (at_old, at_new) = (before + index_old + 1, before + index_new + 1);
    }
    gap(&mut steps, at_old..old.len() - behind, at_new..new.len() - behind);
    let ends = (old.len() - behind..old.len()).zip(new.len() - behind..new.len());
    steps.extend(ends.map(|(old, new)| Step::Keep(old, new)));
    steps
}

/// Items between those that have a partner: the new ones take the places of the old ones.
fn gap(steps: &mut Vec<Step>, old: std::ops::Range<usize>, new: std::ops::Range<usize>) {
    let shared = old.len().min(new.len());
    steps.extend(old.clone().zip(new.clone()).map(|(old, new)| Step::Keep(old, new)));
    steps.extend(old.skip(shared).map(Step::Remove));
    steps.extend(new.skip(shared).map(Step::Add));
}

/// The pairs of items that belong together: equal ones first, then those of one name.
fn pairs(old: &[Value], new: &[Value]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    if old.is_empty() || new.is_empty() || old.len().saturating_mul(new.len()) > MOST_CELLS {
        return Vec::new();
    }
    let mut best = vec![0_u32; (old.len() + 1) * width];
    let mut likes = vec![0_u32; (old.len() + 1) * width];
    for (at_old, one) in old.iter().enumerate().rev() {
        for (at_new, other) in new.iter().enumerate().rev() {
            let cell = at_old * width + at_new;
            likes[cell] = likeness(one, other);
            let together = if likes[cell] > 0 { likes[cell] + best[cell + width + 1] } else { 0 };
            best[cell] = together.max(best[cell + width]).max(best[cell + 1]);
        }
    }
    let (mut at_old, mut at_new, mut pairs) = (0, 0, Vec::new());
    while at_old < old.len() && at_new < new.len() {
        let cell = at_old * width + at_new;
        if likes[cell] > 0 && best[cell] == likes[cell] + best[cell + width + 1] {
            pairs.push((at_old, at_new));
            (at_old, at_new) = (at_old + 1, at_new + 1);
        } else if best[cell] == best[cell + width] {
            at_old += 1;
        } else {
            at_new += 1;
        }
    }
    pairs
}

/// Two for equal items, one for items of one name, none for others.
fn likeness(one: &Value, other: &Value) -> u32 {
    let name = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
    if same(one, other) { 2 } else { u32::from(name(one).is_some_and(|known| name(other) == Some(known))) }
}
