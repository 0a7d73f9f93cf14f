//! What a component says of itself, and what can be seen of it.

mod document;
mod rights;
mod text;

use serde::Serialize;
use serde_json::Value;

use super::opened::Opened;
use super::settings::{Setting, settings, whole_settings};
use crate::finding::Rule;
use crate::lookup::ResourceType;
use crate::policy::Concern;
use crate::wasm::one_line;

pub use document::policy_document;
pub use rights::rights;
pub use text::write_text;

/// All of it. Its fields are those of `--format json` and `--format yaml`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// Where it is, as it was named.
    pub module: String,
    /// Its policy's name.
    pub name: String,
    /// One line: what it sees to.
    pub title: String,
    /// What its findings name.
    pub rules: Vec<Rule>,
    /// The kinds of objects that it judges.
    pub kinds: Vec<String>,
    /// Which of them are its concern.
    pub concern: Concern,
    /// What it reads of the cluster.
    pub reads: Vec<ResourceType>,
    /// What can be set.
    pub settings: Vec<Setting>,
    /// The same, each whole.
    #[serde(skip)]
    whole_settings: Vec<Setting>,
    /// The language that it is written in, as far as it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<&'static str>,
    /// The version of the contract that it was made for.
    pub contract: String,
    /// What it imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    /// Its size in bytes.
    pub bytes: usize,
    /// `sha256:…` of its bytes.
    pub digest: String,
}

impl From<&Opened> for Inspection {
    fn from(opened: &Opened) -> Self {
        let described = opened.description();
        let lines = |names: &[String]| -> Vec<String> { names.iter().map(|name| one_line(name)).collect() };
        Self {
            module: opened.module.clone(),
            name: described.name.clone(),
            title: described.title.clone(),
            rules: described.rules.clone(),
            kinds: described.kinds.iter().map(ToString::to_string).collect(),
            concern: described.concern,
            reads: described.reads.clone(),
            settings: settings(&described.settings_schema),
            whole_settings: whole_settings(&described.settings_schema),
            language: tidegate_component::language_of(&opened.component).map(tidegate_component::Language::name),
            contract: one_line(&opened.surface.version),
            imports: lines(&opened.surface.imports),
            exports: lines(&opened.surface.exports),
            bytes: opened.component.len(),
            digest: opened.digest().to_owned(),
        }
    }
}

/// What of the objects of its kinds is a policy's concern, in words.
pub(super) fn concern_in_words(concern: Concern) -> &'static str {
    match concern {
        Concern::MySql => "those that have to do with MySQL",
        Concern::Everything => "all of them",
    }
}

/// A size as `policy build` and `make policies` tell it.
pub fn kilobytes(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}

/// A setting's value as JSON on one line: JSON escapes ends of lines, but not all that some readers take for one.
fn json(value: &Value) -> String {
    one_line(&value.to_string())
}

/// A type as `spec.reads` has it.
pub(super) fn read_line(read: &ResourceType) -> String {
    format!("- {{ apiVersion: {}, kind: {} }}", read.api_version, read.kind)
}
