//! Between the contract's types and the engine's. Nothing is decided here.

mod model;
mod seen;

use serde_json::Value;

use self::model::workload as model_of;
pub(super) use self::seen::{seen_workload, shown};
use super::bindings::tidegate::policy::types as contract;
use crate::finding::{Edit, Finding, Rule, Severity};
use crate::lookup::ResourceType;
use crate::policy::{Concern, Description, JudgedKind, ReviewContext, ReviewError};
use crate::workload;

/// The findings that one review may return: ten for each container of a pod of a hundred.
const MOST_FINDINGS: usize = 1_000;
/// The edits of one finding.
const MOST_EDITS: usize = 100;
/// The longest text of a finding, in bytes: more nobody reads.
const LONGEST_TEXT: usize = 2_000;

pub(super) fn request(context: &ReviewContext<'_>) -> contract::Request {
    let request = context.request;
    let workload = context.workload.map(|model| contract::Workload {
        extra: context
            .secret_name
            .iter()
            .map(|name| ("secret".to_owned(), Value::from(name.as_str()).to_string()))
            .collect(),
        ..model_of(model)
    });
    contract::Request {
        operation: request.operation.as_str().to_owned(),
        phase: request.phase.as_str().to_owned(),
        dry_run: request.dry_run,
        user: contract::User { name: request.user.name.clone(), groups: request.user.groups.clone() },
        object: object_id(context.object, request.namespace.as_deref(), request.name.as_deref()),
        old_object: context.old_object.map(|old| object_id(old, request.namespace.as_deref(), None)),
        workload,
        extra: if context.unknown_rules.is_empty() {
            Vec::new()
        } else {
            vec![("unknown-rules".to_owned(), serde_json::json!(context.unknown_rules).to_string())]
        },
    }
}

fn object_id(object: &Value, namespace: Option<&str>, name: Option<&str>) -> contract::ObjectId {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let labels = object.pointer("/metadata/labels").and_then(Value::as_object);
    contract::ObjectId {
        api_version: text("/apiVersion").unwrap_or_default(),
        kind: text("/kind").unwrap_or_default(),
        namespace: namespace.map(str::to_owned).or_else(|| text("/metadata/namespace")),
        name: name.map(str::to_owned).or_else(|| text("/metadata/name")),
        labels: labels
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect(),
    }
}

/// An option file of a ConfigMap.
pub(super) fn option_file(file: workload::ConfigMapFile) -> contract::OptionFile {
    contract::OptionFile {
        at: file.at,
        options: file
            .options
            .into_iter()
            .map(|option| contract::FileOption {
                group: option.group,
                name: option.name,
                value: option.value,
                line: option.line,
            })
            .collect(),
    }
}

fn severity(severity: contract::Severity) -> Severity {
    match severity {
        contract::Severity::Info => Severity::Info,
        contract::Severity::Low => Severity::Low,
        contract::Severity::Medium => Severity::Medium,
        contract::Severity::High => Severity::High,
        contract::Severity::Critical => Severity::Critical,
    }
}

/// What a policy says of itself.
pub(super) fn description(described: contract::Description) -> Result<Description, String> {
    let settings_schema = serde_json::from_str(&described.settings_schema)
        .map_err(|error| format!("its settings schema is not JSON: {error}"))?;
    let extra = |name: &str| described.extra.iter().find(|(known, _)| known == name).map(|(_, json)| json);
    let kinds: Vec<String> = match extra("kinds") {
        None => workload::KINDS.iter().map(|kind| (*kind).to_owned()).collect(),
        Some(json) => serde_json::from_str(json).map_err(|error| format!("its kinds are no list of texts: {error}"))?,
    };
    let concern = match extra("concern") {
        None => Concern::default(),
        Some(json) => serde_json::from_str(json)
            .map_err(|_| format!("its concern is {json}; it may be \"mysql\" or \"everything\""))?,
    };
    Ok(Description {
        kinds: kinds.iter().map(|kind| JudgedKind::parse(kind)).collect(),
        concern,
        name: described.name,
        title: one_line(&described.title),
        rules: described
            .rules
            .into_iter()
            .map(|rule| Rule { id: rule.id, title: one_line(&rule.title), severity: severity(rule.severity) })
            .collect(),
        settings_schema,
        reads: described
            .reads
            .into_iter()
            .map(|read| ResourceType { api_version: read.api_version, kind: read.kind })
            .collect(),
    })
}

/// The findings of a review, within what anybody can read.
pub(super) fn findings(found: Vec<contract::Finding>, description: &Description) -> Result<Vec<Finding>, ReviewError> {
    if found.len() > MOST_FINDINGS {
        return Err(ReviewError::BadAnswer(format!(
            "it found {} things; more than {MOST_FINDINGS} are not read, and the object is too large to judge",
            found.len()
        )));
    }
    found.into_iter().map(|found| finding(found, description)).collect()
}

fn finding(found: contract::Finding, description: &Description) -> Result<Finding, ReviewError> {
    if !description.rules.iter().any(|rule| rule.id == found.rule) {
        let rule = one_line(&found.rule);
        return Err(ReviewError::BadAnswer(format!("the rule \"{rule}\" is none of those that it describes")));
    }
    if found.fix.len() > MOST_EDITS {
        return Err(ReviewError::BadAnswer(format!(
            "{} edits in one repair; at most {MOST_EDITS} are made",
            found.fix.len()
        )));
    }
    Ok(Finding {
        rule: found.rule,
        severity: severity(found.severity),
        at: found.at,
        message: one_line(&found.message),
        help: found.help.map(|help| clipped(&help)),
        fix: found.fix.into_iter().map(edit).collect::<Result<_, _>>()?,
    })
}

fn edit(edit: contract::Edit) -> Result<Edit, ReviewError> {
    let parse = |json: String| {
        serde_json::from_str::<Value>(&json)
            .map_err(|error| ReviewError::BadAnswer(format!("the value of an edit is not JSON: {error}")))
    };
    Ok(match edit {
        contract::Edit::Set((pointer, json)) => Edit::Set(pointer, parse(json)?),
        contract::Edit::Remove(pointer) => Edit::Remove(pointer),
        contract::Edit::Append((pointer, json)) => Edit::Append(pointer, parse(json)?),
        contract::Edit::MoveToSecret(secret_move) => Edit::MoveToSecret(secret_move.variable),
    })
}

/// A text on one line, without control characters, at most so long as somebody reads.
pub(super) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    clipped(clean.trim())
}

fn clipped(text: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut end = LONGEST_TEXT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}
