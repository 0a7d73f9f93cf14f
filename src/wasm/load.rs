//! From policy documents to the set in force: finds the code, compiles it, checks the settings.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use serde_json::Value;

use super::builtin::{builtin_names, component};
use super::module::WasmModule;
use super::runtime::{Runtime, RuntimeError};
use crate::policy::{
    DocumentError, InstalledPolicy, MatchError, Matcher, Module, PolicyDocument, PolicySet, ReviewError,
};

/// The largest component that is read from a file: Python's are 18.5 MB.
const LARGEST_COMPONENT: u64 = 64 << 20;

/// Why policies cannot be put in force. Every message says which policy, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// This program was built without its policies.
    #[error("this build has no built-in policies; build them with `make policies` and build tidegate again")]
    NoBuiltin,
    /// Two documents with one name.
    #[error("{file}: policy {policy} is defined twice; give one of them another name")]
    Twice {
        /// The second one's file.
        file: String,
        /// The name.
        policy: String,
    },
    /// `spec.module` names nothing that can be loaded.
    #[error("{file}: policy {policy}: spec.module: {problem}")]
    Module {
        /// The document's file.
        file: String,
        /// The document's name.
        policy: String,
        /// What is wrong.
        problem: String,
    },
    /// The code cannot be used.
    #[error("{file}: policy {policy}: {module}: {source}")]
    Component {
        /// The document's file.
        file: String,
        /// The document's name.
        policy: String,
        /// Where the code is.
        module: String,
        /// What is wrong with it.
        source: RuntimeError,
    },
    /// The settings do not fit their schema, or make no sense together.
    #[error("{file}: policy {policy}: {path}: {problem}")]
    Settings {
        /// The document's file.
        file: String,
        /// The document's name.
        policy: String,
        /// The path to the setting, for instance `spec.settings.allowed[0]`.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// `spec.match` cannot be used.
    #[error("{file}: policy {policy}: {source}")]
    Match {
        /// The document's file.
        file: String,
        /// The document's name.
        policy: String,
        /// What is wrong.
        source: MatchError,
    },
    /// A document's own field.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

/// Puts the built-in policies in force, as replaced, changed or switched off by `documents`, and
/// those that the documents add. Each document comes with the file that it was read from.
///
/// # Errors
/// [`LoadError`] on the first policy that cannot be put in force: a gate does not start with less
/// than it was told to enforce.
pub fn load_policies(runtime: &Arc<Runtime>, documents: Vec<(String, PolicyDocument)>) -> Result<PolicySet, LoadError> {
    if builtin_names().next().is_none() {
        return Err(LoadError::NoBuiltin);
    }
    let mut wanted: BTreeMap<String, (String, PolicyDocument)> = BTreeMap::new();
    for (file, document) in documents {
        let name = document.metadata.name.clone();
        if wanted.contains_key(&name) {
            return Err(LoadError::Twice { file, policy: name });
        }
        wanted.insert(name, (file, document));
    }
    for name in builtin_names() {
        wanted.entry(name.to_owned()).or_insert_with(|| ("built in".to_owned(), PolicyDocument::builtin(name)));
    }
    let enabled: Vec<_> = wanted.into_values().filter(|(_, document)| document.spec.enabled).collect();
    // Compiling takes a tenth of a second each where the cache is empty: all at once.
    let installed: Result<Vec<_>, LoadError> = thread::scope(|scope| {
        let running: Vec<_> =
            enabled.iter().map(|(file, document)| scope.spawn(move || install(runtime, file, document))).collect();
        running
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(installed) => installed,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    Ok(PolicySet::new(installed?))
}

fn install(runtime: &Arc<Runtime>, file: &str, document: &PolicyDocument) -> Result<InstalledPolicy, LoadError> {
    let name = document.metadata.name.clone();
    let code = code(file, document)?;
    let module = WasmModule::load(Arc::clone(runtime), &code).map_err(|source| LoadError::Component {
        file: file.to_owned(),
        policy: name.clone(),
        module: document.spec.module.clone(),
        source,
    })?;
    let settings = Value::Object(document.spec.settings.clone());
    check_settings(&module, &settings).map_err(|(path, problem)| LoadError::Settings {
        file: file.to_owned(),
        policy: name.clone(),
        path,
        problem,
    })?;
    let matcher = Matcher::new(document.spec.matches.clone()).map_err(|source| LoadError::Match {
        file: file.to_owned(),
        policy: name.clone(),
        source,
    })?;
    Ok(InstalledPolicy {
        action: document.spec.action,
        on_error: document.spec.on_error,
        exceptions: document.spec.exceptions.severity(),
        matcher,
        settings: settings.to_string(),
        timeout: document.timeout(file)?,
        module: Arc::new(module),
        name,
    })
}

fn code(file: &str, document: &PolicyDocument) -> Result<std::borrow::Cow<'static, [u8]>, LoadError> {
    let wrong =
        |problem: String| LoadError::Module { file: file.to_owned(), policy: document.metadata.name.clone(), problem };
    let module = document.spec.module.as_str();
    if let Some(name) = module.strip_prefix("builtin://") {
        return component(name).map(std::borrow::Cow::Borrowed).ok_or_else(|| {
            let names: Vec<_> = builtin_names().collect();
            wrong(format!("there is no built-in policy \"{name}\"; there are {}", names.join(", ")))
        });
    }
    let Some(path) = module.strip_prefix("file://") else {
        return Err(wrong(format!("\"{module}\" is neither builtin://NAME nor file://PATH")));
    };
    // A relative path is meant from the document's own folder, wherever the gate is started.
    let path = Path::new(file).parent().unwrap_or(Path::new("")).join(path);
    let unreadable = |error: std::io::Error| wrong(format!("{}: {error}", path.display()));
    let size = std::fs::metadata(&path).map_err(unreadable)?.len();
    if size > LARGEST_COMPONENT {
        let limit = LARGEST_COMPONENT >> 20;
        return Err(wrong(format!("{}: {} MiB; at most {limit} MiB are read", path.display(), size >> 20)));
    }
    std::fs::read(&path).map(std::borrow::Cow::Owned).map_err(unreadable)
}

/// The path to the first setting that is wrong, and what is wrong with it.
fn check_settings(module: &WasmModule, settings: &Value) -> Result<(), (String, String)> {
    let all = || "spec.settings".to_owned();
    let schema = jsonschema::validator_for(&module.description().settings_schema)
        .map_err(|error| (all(), format!("the policy's own schema is broken: {error}")))?;
    if let Err(error) = schema.validate(settings) {
        return Err((dotted(&error.instance_path().to_string()), error.to_string()));
    }
    module.check_settings(settings).map_err(|error| match error {
        ReviewError::Reported(problem) => (all(), problem),
        other => (all(), format!("the policy cannot check them: {other}")),
    })
}

/// `/allowed/0` as `spec.settings.allowed[0]`.
fn dotted(pointer: &str) -> String {
    let mut path = "spec.settings".to_owned();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str(&format!("[{part}]"));
        } else {
            path.push('.');
            path.push_str(&part);
        }
    }
    path
}
