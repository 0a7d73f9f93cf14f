//! From policy documents to the set in force: finds the code, compiles it, installs it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use super::builtin::builtin_names;
use super::loaded::LoadedCode;
use super::local::LocalCode;
use super::module::WasmModule;
use super::priority;
use super::runtime::{Runtime, RuntimeError};
use crate::policy::{CodeSource, DocumentError, InstalledPolicy, MatchError, PolicyDocument, PolicySet};

/// Why policies cannot be put in force. Every message says which policy, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// This program was built without its policies.
    #[error("this build has no built-in policies; build them with `make policies` and build tidegate again")]
    NoBuiltin,
    /// Two documents with one name.
    #[error("{file}: policy {policy} is defined twice, {}; remove one of the two, or give it another name", if before == file {
        "both times in this file".to_owned()
    } else {
        format!("before in {before}")
    })]
    Twice {
        /// The second one's file.
        file: String,
        /// The first one's file.
        before: String,
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
    /// It reads what its document does not grant.
    #[error(
        "{file}: policy {policy}: its code reads of the cluster what the document does not grant; if it may, add to spec.reads: {missing}"
    )]
    Reads {
        /// The document's file.
        file: String,
        /// The document's name.
        policy: String,
        /// The lines to add.
        missing: String,
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
/// those that the documents add, with code that is built in or in files.
///
/// # Errors
/// As [`Loader::load`].
pub fn load_policies(runtime: &Arc<Runtime>, documents: Vec<(String, PolicyDocument)>) -> Result<PolicySet, LoadError> {
    Loader::new(Arc::clone(runtime), Arc::new(LocalCode)).load(documents)
}

/// Makes sets of policies out of documents.
#[derive(Clone)]
pub struct Loader {
    runtime: Arc<Runtime>,
    source: Arc<dyn CodeSource>,
    grants: bool,
}

impl Loader {
    /// A loader that finds code by `source`.
    pub fn new(runtime: Arc<Runtime>, source: Arc<dyn CodeSource>) -> Self {
        Self { runtime, source, grants: false }
    }

    /// Lets policies read what they ask for, whatever their documents grant: to try one out, on objects that were
    /// made for it.
    pub fn granting_reads(self) -> Self {
        Self { grants: true, ..self }
    }

    /// Puts the built-in policies in force, as replaced, changed or switched off by `documents`, and
    /// those that the documents add. Each document comes with the file that it was read from.
    ///
    /// # Errors
    /// [`LoadError`] on the first policy that cannot be put in force: a gate does not start with less
    /// than it was told to enforce.
    pub fn load(&self, documents: Vec<(String, PolicyDocument)>) -> Result<PolicySet, LoadError> {
        let installed: Result<Vec<_>, LoadError> =
            self.load_each(documents)?.into_iter().map(|(_, installed)| installed).collect();
        Ok(PolicySet::new(installed?))
    }

    /// As [`Loader::load`], but tells of each policy that is not switched off whether it can be put in force.
    ///
    /// # Errors
    /// [`LoadError::NoBuiltin`], [`LoadError::Twice`].
    #[expect(clippy::type_complexity, reason = "a name and what came of it")]
    pub fn load_each(
        &self,
        documents: Vec<(String, PolicyDocument)>,
    ) -> Result<Vec<(String, Result<InstalledPolicy, LoadError>)>, LoadError> {
        if builtin_names().next().is_none() {
            return Err(LoadError::NoBuiltin);
        }
        let mut wanted: BTreeMap<String, (String, PolicyDocument)> = BTreeMap::new();
        for (file, document) in documents {
            let name = document.metadata.name.clone();
            if let Some((before, _)) = wanted.get(&name) {
                return Err(LoadError::Twice { file, before: before.clone(), policy: name });
            }
            wanted.insert(name, (file, document));
        }
        for name in builtin_names() {
            wanted.entry(name.to_owned()).or_insert_with(|| ("built in".to_owned(), PolicyDocument::builtin(name)));
        }
        let enabled: Vec<_> = wanted.into_iter().filter(|(_, (_, document))| document.spec.enabled).collect();
        // Compiling takes a tenth of a second each where the cache is empty: all at once.
        Ok(thread::scope(|scope| {
            let running: Vec<_> = enabled
                .iter()
                .map(|(name, (file, document))| {
                    let loading = scope.spawn(move || self.install(file, document));
                    (name, loading)
                })
                .collect();
            running
                .into_iter()
                .map(|(name, thread)| match thread.join() {
                    Ok(installed) => (name.clone(), installed),
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        }))
    }

    /// Finds and compiles the code that a document names, and asks it what it is. The document's settings, and what it
    /// grants, come into play when the code is installed.
    ///
    /// # Errors
    /// [`LoadError::Module`], [`LoadError::Component`].
    pub fn load_code(&self, file: &str, document: &PolicyDocument) -> Result<LoadedCode, LoadError> {
        let name = document.metadata.name.clone();
        let wrong = |problem: String| LoadError::Module { file: file.to_owned(), policy: name.clone(), problem };
        let code = self.source.code(file, document).map_err(wrong)?;
        if let Some(expected) = document.spec.digest.as_ref().filter(|expected| **expected != code.digest) {
            let problem = format!("its code is {}, and spec.digest says {expected}", code.digest);
            return Err(wrong(problem));
        }
        let module =
            WasmModule::load(Arc::clone(&self.runtime), &code.component).map_err(|source| LoadError::Component {
                file: file.to_owned(),
                policy: name.clone(),
                // Behind a `?` may be a signature.
                module: document.spec.module.split('?').next().unwrap_or_default().to_owned(),
                source,
            })?;
        Ok(LoadedCode::new(module, code.digest, code.resolved, self.grants))
    }

    /// Joins one document with its code, whether it is switched on or not. It may take as long as a download does.
    ///
    /// # Errors
    /// [`LoadError`], but for [`LoadError::NoBuiltin`] and [`LoadError::Twice`].
    pub fn install(&self, file: &str, document: &PolicyDocument) -> Result<InstalledPolicy, LoadError> {
        self.load_code(file, document)?.install(file, document)
    }

    /// The same on a thread of its own, which works after those that review.
    ///
    /// # Errors
    /// As [`Loader::install`].
    pub fn install_aside(&self, file: &str, document: &PolicyDocument) -> Result<InstalledPolicy, LoadError> {
        let installed = thread::scope(|scope| {
            let loading = scope.spawn(|| {
                priority::lower();
                self.install(file, document)
            });
            loading.join()
        });
        installed.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}
