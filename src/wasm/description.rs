//! What a policy says of itself is read once, when it is loaded; what cannot be meant, or is more than anybody could
//! use, is refused then.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::bindings::tidegate::policy::types as contract;
use super::convert::{one_line, severity};
use super::schema;
use crate::finding::Rule;
use crate::lookup::ResourceType;
use crate::policy::{Concern, Description, JudgedKind};
use crate::workload;

/// The rules of one policy; those with the most have a dozen.
const MOST_RULES: usize = 500;
/// The kinds that one policy judges, or reads of the cluster.
const MOST_KINDS: usize = 100;
/// The longest title, in bytes: a line of a table.
const LONGEST_TITLE: usize = 300;
/// The longest name of a rule, in bytes; and of a kind, by Kubernetes' own limit for names that are DNS labels.
const LONGEST_NAME: usize = 63;
/// The longest `apiVersion`: a DNS subdomain, a stroke, and a version.
const LONGEST_API_VERSION: usize = 253 + 1 + LONGEST_NAME;

/// The description, or what is wrong with it, for the policy's author.
pub(super) fn checked(described: contract::Description) -> Result<Description, String> {
    if !is_dns_label(&described.name) {
        let name = one_line(&described.name);
        return Err(format!("its name is \"{name}\"; it has to be a DNS label, such as storage-class"));
    }
    let kinds: Option<Vec<String>> = extra(&described, "kinds", "a list of texts")?;
    let kinds = kinds.unwrap_or_else(|| workload::KINDS.iter().map(|kind| (*kind).to_owned()).collect());
    let kinds: Vec<JudgedKind> = kinds.iter().map(|kind| JudgedKind::parse(kind)).collect();
    at_most(kinds.len(), MOST_KINDS, "kinds")?;
    if let Some(kind) = kinds.iter().find(|kind| !is_judged_kind(kind)) {
        let kind = one_line(&kind.to_string());
        return Err(format!("it judges the kind \"{kind}\"; write Ingress, Certificate.cert-manager.io or *"));
    }
    let concern: Option<Concern> = extra(&described, "concern", "\"mysql\" or \"everything\"")?;
    Ok(Description {
        kinds,
        concern: concern.unwrap_or_default(),
        title: title(&described.title, "its title")?,
        rules: rules(described.rules)?,
        settings_schema: schema::parse(&described.settings_schema)?,
        reads: reads(described.reads)?,
        name: described.name,
    })
}

/// An entry of `extra`, if it is there.
fn extra<T: DeserializeOwned>(described: &contract::Description, name: &str, form: &str) -> Result<Option<T>, String> {
    let Some((_, json)) = described.extra.iter().find(|(known, _)| known == name) else { return Ok(None) };
    serde_json::from_str(json).map(Some).map_err(|_| format!("its {name} in extra has to be {form}"))
}

fn rules(described: Vec<contract::Rule>) -> Result<Vec<Rule>, String> {
    at_most(described.len(), MOST_RULES, "rules")?;
    let mut known = BTreeSet::new();
    for rule in &described {
        if !is_word(&rule.id, LONGEST_NAME) {
            let id = one_line(&rule.id);
            return Err(format!(
                "it has a rule named \"{id}\"; a rule's name has 1 to {LONGEST_NAME} letters, digits and - _ ."
            ));
        }
        if !known.insert(rule.id.clone()) {
            return Err(format!("it describes the rule {} twice", rule.id));
        }
    }
    let rule = |rule: contract::Rule| {
        let title = title(&rule.title, &format!("the title of its rule {}", rule.id))?;
        Ok(Rule { title, severity: severity(rule.severity), id: rule.id })
    };
    described.into_iter().map(rule).collect()
}

fn reads(described: Vec<contract::ResourceType>) -> Result<Vec<ResourceType>, String> {
    at_most(described.len(), MOST_KINDS, "kinds to read of the cluster")?;
    let read = |read: contract::ResourceType| {
        let read = ResourceType { api_version: read.api_version, kind: read.kind };
        let (group, version) = (read.group(), read.version());
        let is_group = group.is_empty() || group.split('.').all(is_dns_label);
        if !is_group || !is_dns_label(version) || read.api_version.len() > LONGEST_API_VERSION || !is_kind(&read.kind) {
            let (api_version, kind) = (one_line(&read.api_version), one_line(&read.kind));
            return Err(format!(
                "it reads apiVersion \"{api_version}\", kind \"{kind}\"; there can be no such type of objects"
            ));
        }
        Ok(read)
    };
    described.into_iter().map(read).collect()
}

fn title(text: &str, whose: &str) -> Result<String, String> {
    if text.len() > LONGEST_TITLE {
        return Err(format!("{whose} has {} bytes; at most {LONGEST_TITLE} fit on a line", text.len()));
    }
    Ok(one_line(text))
}

fn at_most(found: usize, most: usize, what: &str) -> Result<(), String> {
    if found <= most { Ok(()) } else { Err(format!("it has {found} {what}; at most {most} are read")) }
}

fn is_judged_kind(kind: &JudgedKind) -> bool {
    (kind.kind == "*" || is_kind(&kind.kind))
        && kind.group.as_ref().is_none_or(|group| group.is_empty() || group.split('.').all(is_dns_label))
}

fn is_kind(text: &str) -> bool {
    is_word(text, LONGEST_NAME) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// RFC 1123, as Kubernetes reads it.
fn is_dns_label(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}
