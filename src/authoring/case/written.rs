//! Writes what is expected as cases have it: a finding, a step of a patch and an entry of a Secret on a line each.

use serde_json::Value;

use super::format::{Expectation, ExpectedFinding, ExpectedSecret};
use crate::engine::Decision;
use crate::yaml;

/// The lines of what stands below `expect:`.
pub(super) fn lines(expectation: &Expectation) -> Vec<String> {
    fields(expectation).into_iter().flat_map(|(_, lines)| lines).collect()
}

/// The fields of what stands below `expect:`, each with its lines.
pub(super) fn fields(expectation: &Expectation) -> Vec<(&'static str, Vec<String>)> {
    let Expectation { decision, error, findings, patch, object, secrets } = expectation;
    let word = |decision: &Decision| match decision {
        Decision::Allow => "decision: allow".to_owned(),
        Decision::Deny => "decision: deny".to_owned(),
    };
    let all = [
        ("decision", decision.as_ref().map(|decision| vec![word(decision)])),
        ("error", error.as_ref().map(|error| vec![format!("error: {}", text(error))])),
        ("findings", findings.as_ref().map(|findings| list("findings", findings.iter().map(finding)))),
        ("patch", patch.as_ref().map(steps)),
        ("object", object.as_ref().map(block)),
        ("secrets", secrets.as_ref().map(|secrets| list("secrets", secrets.iter().map(entry)))),
    ];
    all.into_iter().filter_map(|(name, lines)| Some((name, lines?))).collect()
}

fn list(name: &str, items: impl Iterator<Item = String>) -> Vec<String> {
    let items: Vec<String> = items.map(|item| format!("  - {{ {item} }}")).collect();
    if items.is_empty() {
        return vec![format!("{name}: []")];
    }
    std::iter::once(format!("{name}:")).chain(items).collect()
}

fn finding(finding: &ExpectedFinding) -> String {
    let ExpectedFinding { rule, severity, at, fixed, message } = finding;
    let message = message.as_ref().map(|message| format!(", message: {}", text(message))).unwrap_or_default();
    format!("rule: {}, severity: {severity}, at: {}, fixed: {fixed}{message}", text(rule), text(at))
}

fn entry(secret: &ExpectedSecret) -> String {
    format!("name: {}, key: {}", text(&secret.name), text(&secret.key))
}

/// The steps of a patch, each with what it does first.
fn steps(patch: &Value) -> Vec<String> {
    let order = |name: &str| ["op", "from", "path"].iter().position(|first| *first == name).unwrap_or(usize::MAX);
    let step = |step: &Value| {
        let mut fields: Vec<_> = step.as_object().into_iter().flatten().collect();
        fields.sort_by_key(|(name, _)| order(name));
        fields
            .into_iter()
            .map(|(name, value)| format!("{name}: {}", yaml::render_flow(value)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match patch.as_array() {
        Some(all) => list("patch", all.iter().map(step)),
        None => vec![format!("patch: {}", yaml::render_flow(patch))],
    }
}

fn block(object: &Value) -> Vec<String> {
    let text = yaml::render(object);
    std::iter::once("object:".to_owned()).chain(text.lines().map(|line| format!("  {line}"))).collect()
}

fn text(text: &str) -> String {
    yaml::render_flow(&Value::from(text))
}
