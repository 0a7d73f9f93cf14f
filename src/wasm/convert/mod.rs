//! Between the contract's types and the engine's. Nothing is decided here.

mod model;
mod seen;
mod text;

use serde_json::Value;

use self::model::workload as model_of;
pub(super) use self::seen::{seen_workload, shown};
use self::text::lines;
pub(crate) use self::text::one_line;
use super::bindings::tidegate::policy::types as contract;
use crate::finding::{Edit, Finding, Severity};
use crate::policy::{Description, ReviewContext, ReviewError};
use crate::workload;

/// The findings that one review may return: ten for each container of a pod of a hundred.
const MOST_FINDINGS: usize = 1_000;
/// The edits of one finding, and those of one review: where one cannot be made, those before it are made again.
const MOST_EDITS: usize = 100;
const MOST_EDITS_IN_ALL: usize = 1_000;
/// The values of all edits, in bytes: an API server takes no larger objects (`MaxRequestBodyBytes`).
const LARGEST_EDITS: usize = 3 << 20;
/// The longest pointer, in bytes. Names in Kubernetes have 253 at most, with a prefix 317; and each part of a pointer
/// may make an object within an object.
const LONGEST_POINTER: usize = 1_024;

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

/// How bad something is.
pub(super) fn severity(severity: contract::Severity) -> Severity {
    match severity {
        contract::Severity::Info => Severity::Info,
        contract::Severity::Low => Severity::Low,
        contract::Severity::Medium => Severity::Medium,
        contract::Severity::High => Severity::High,
        contract::Severity::Critical => Severity::Critical,
    }
}

/// The findings of a review, within what anybody can read.
pub(super) fn findings(found: Vec<contract::Finding>, description: &Description) -> Result<Vec<Finding>, ReviewError> {
    if found.len() > MOST_FINDINGS {
        return Err(ReviewError::BadAnswer(format!(
            "it found {} things; more than {MOST_FINDINGS} are not read, and the object is too large to judge",
            found.len()
        )));
    }
    let edits: usize = found.iter().map(|found| found.fix.len()).sum();
    if edits > MOST_EDITS_IN_ALL {
        let problem = format!("{edits} edits in all repairs; at most {MOST_EDITS_IN_ALL} are made");
        return Err(ReviewError::BadAnswer(problem));
    }
    let size: usize = found.iter().flat_map(|found| &found.fix).map(value_size).sum();
    if size > LARGEST_EDITS {
        let (size, most) = (size.div_ceil(1 << 20), LARGEST_EDITS >> 20);
        return Err(ReviewError::BadAnswer(format!("its repairs hold {size} MiB; no object has more than {most} MiB")));
    }
    found.into_iter().map(|found| finding(found, description)).collect()
}

fn finding(found: contract::Finding, description: &Description) -> Result<Finding, ReviewError> {
    let Some(rule) = description.rules.iter().find(|rule| rule.id == found.rule) else {
        let rule = one_line(&found.rule);
        return Err(ReviewError::BadAnswer(format!("the rule \"{rule}\" is none of those that it describes")));
    };
    let severity = severity(found.severity);
    if severity > rule.severity {
        let problem = format!("a finding of {} is {severity}; the rule allows at most {}", rule.id, rule.severity);
        return Err(ReviewError::BadAnswer(problem));
    }
    if found.fix.len() > MOST_EDITS {
        return Err(ReviewError::BadAnswer(format!(
            "{} edits in one repair; at most {MOST_EDITS} are made",
            found.fix.len()
        )));
    }
    Ok(Finding {
        at: pointer(found.at, &found.rule)?,
        severity,
        message: one_line(&found.message),
        help: found.help.map(|help| lines(&help)),
        fix: found.fix.into_iter().map(|fix| edit(fix, &found.rule)).collect::<Result<_, _>>()?,
        rule: found.rule,
    })
}

fn edit(edit: contract::Edit, rule: &str) -> Result<Edit, ReviewError> {
    let parse = |json: String| {
        serde_json::from_str::<Value>(&json).map_err(|error| {
            ReviewError::BadAnswer(format!("the repair of {rule}: the value of an edit is not JSON: {error}"))
        })
    };
    Ok(match edit {
        contract::Edit::Set((place, json)) => Edit::Set(pointer(place, rule)?, parse(json)?),
        contract::Edit::Remove(place) => Edit::Remove(pointer(place, rule)?),
        contract::Edit::Append((place, json)) => Edit::Append(pointer(place, rule)?, parse(json)?),
        contract::Edit::MoveToSecret(secret_move) => Edit::MoveToSecret(pointer(secret_move.variable, rule)?),
    })
}

fn value_size(edit: &contract::Edit) -> usize {
    match edit {
        contract::Edit::Set((_, json)) | contract::Edit::Append((_, json)) => json.len(),
        contract::Edit::Remove(_) | contract::Edit::MoveToSecret(_) => 0,
    }
}

/// A place as a finding of this rule gives it. Messages quote it.
fn pointer(pointer: String, rule: &str) -> Result<String, ReviewError> {
    if pointer.len() > LONGEST_POINTER {
        let problem = format!("{rule} points at a place with {} bytes; at most {LONGEST_POINTER}", pointer.len());
        return Err(ReviewError::BadAnswer(problem));
    }
    if pointer.chars().any(char::is_control) {
        let pointer = one_line(&pointer);
        return Err(ReviewError::BadAnswer(format!("{rule} points at \"{pointer}\", which has control characters")));
    }
    if !pointer.is_empty() && !pointer.starts_with('/') {
        let problem = format!("{rule} points at \"{pointer}\"; a place begins with a slash: \"/spec/replicas\"");
        return Err(ReviewError::BadAnswer(problem));
    }
    Ok(pointer)
}
