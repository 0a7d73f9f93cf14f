//! Code that is compiled, joined with documents: checks what they grant, and the settings that they give.

use std::sync::Arc;

use serde_json::Value;

use super::load::LoadError;
use super::module::WasmModule;
use super::schema;
use super::unfit_setting::{place, problem};
use crate::policy::{BUILTIN, Description, InstalledPolicy, Matcher, Module, PolicyDocument, ReviewError};

/// A policy's code, compiled, and asked what it is. Documents may install it more than once, each with settings of
/// its own.
pub struct LoadedCode {
    module: Arc<WasmModule>,
    digest: String,
    resolved: Option<String>,
    grants: bool,
}

impl LoadedCode {
    pub(super) fn new(module: WasmModule, digest: String, resolved: Option<String>, grants: bool) -> Self {
        Self { module: Arc::new(module), digest, resolved, grants }
    }

    /// What it says of itself.
    pub fn description(&self) -> &Description {
        self.module.description()
    }

    /// What it asks the cluster for and a document does not grant, as the lines to add; none if nothing is missing.
    /// A policy that is part of this program may read what it asks for.
    pub fn missing_reads(&self, document: &PolicyDocument) -> Option<String> {
        if document.spec.module.starts_with(BUILTIN) {
            return None;
        }
        let reads = self.description().reads.iter();
        let missing: Vec<String> = reads
            .filter(|read| !document.spec.reads.contains(read))
            .map(|read| format!("- {{ apiVersion: {}, kind: {} }}", read.api_version, read.kind))
            .collect();
        if missing.is_empty() { None } else { Some(missing.join(" and ")) }
    }

    /// Joins it with a document; `file` is where that was read from.
    ///
    /// # Errors
    /// [`LoadError::Reads`], [`LoadError::Settings`], [`LoadError::Match`], [`LoadError::Document`].
    pub fn install(&self, file: &str, document: &PolicyDocument) -> Result<InstalledPolicy, LoadError> {
        let name = document.metadata.name.clone();
        if let Some(missing) = self.missing_reads(document).filter(|_| !self.grants) {
            return Err(LoadError::Reads { file: file.to_owned(), policy: name, missing });
        }
        let settings = Value::Object(document.spec.settings.clone());
        check_settings(&self.module, &settings).map_err(|(path, problem)| LoadError::Settings {
            file: file.to_owned(),
            policy: name.clone(),
            path,
            problem,
        })?;
        let unusable = |source| LoadError::Match { file: file.to_owned(), policy: name.clone(), source };
        let matcher = Matcher::new(document.spec.matches.clone()).map_err(unusable)?;
        matcher.check_kinds(&self.description().kinds).map_err(unusable)?;
        Ok(InstalledPolicy {
            action: document.spec.action,
            on_error: document.spec.on_error,
            exceptions: document.spec.exceptions.severity(),
            matcher,
            settings: settings.to_string(),
            timeout: document.timeout(file)?,
            failure_policy: document.spec.failure_policy,
            rollout: document.spec.rollout,
            digest: self.digest.clone(),
            resolved: self.resolved.clone(),
            is_builtin: document.spec.module.starts_with(BUILTIN),
            module: Arc::clone(&self.module) as Arc<dyn Module>,
            name,
        })
    }
}

/// The path to the first setting that is wrong, and what is wrong with it.
fn check_settings(module: &WasmModule, settings: &Value) -> Result<(), (String, String)> {
    let all = || "spec.settings".to_owned();
    let schema = schema::validator(&module.description().settings_schema).map_err(|problem| (all(), problem))?;
    if let Err(error) = schema.validate(settings) {
        return Err((place(&error), problem(&error)));
    }
    module.check_settings(settings).map_err(|error| match error {
        ReviewError::Reported(problem) => (all(), problem),
        other => (all(), format!("the policy cannot check them: {other}")),
    })
}
