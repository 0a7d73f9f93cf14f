//! A component, opened: its bytes, and what the gate makes of it when it loads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_component::{Refusal, Surface};

use crate::policy::{BUILTIN, CodeSource, Description, InstalledPolicy, PolicyDocument};
use crate::wasm::{LoadError, Loader, LocalCode, Runtime, one_line};

/// Where a policy's folder has its component.
pub(super) const BUILD: &str = "build";

/// Why a component cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("{0}")]
    Nothing(String),
    /// There is no component in a policy's folder.
    #[error("{0}/{BUILD} has no component; make it with `tidegate policy build {0}`")]
    NotBuilt(String),
    /// There is more than one.
    #[error("{folder}/{BUILD} has more than one component ({names}); name the file that is meant")]
    Several {
        /// The policy's folder.
        folder: String,
        /// The components' names.
        names: String,
    },
    /// It is no policy.
    #[error("{file}: {problem}")]
    Refused {
        /// The file.
        file: String,
        /// Why; it may quote names of the component.
        problem: String,
    },
    /// The gate cannot use it.
    #[error("{file}: {problem}")]
    Unusable {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl OpenError {
    /// What is wrong, without the file that it is wrong with.
    pub fn reason(&self) -> String {
        match self {
            Self::Refused { problem, .. } | Self::Unusable { problem, .. } => problem.clone(),
            other => other.to_string(),
        }
    }
}

/// A component that the gate can use.
pub struct Opened {
    /// Where it is, as it was named.
    pub module: String,
    /// Its bytes.
    pub component: Vec<u8>,
    /// What it shows to its host.
    pub surface: Surface,
    policy: InstalledPolicy,
}

impl Opened {
    /// What it says of itself.
    pub fn description(&self) -> &Description {
        self.policy.module.description()
    }

    /// `sha256:…` of its bytes.
    pub fn digest(&self) -> &str {
        &self.policy.digest
    }

    /// Whether it is one that is part of this program.
    pub fn is_builtin(&self) -> bool {
        self.module.starts_with(BUILTIN)
    }
}

/// Opens a component: a file, the folder of a policy that is built, or `builtin://NAME`. It is loaded as the gate loads
/// it, with no settings.
///
/// # Errors
/// [`OpenError`].
pub fn open(module: &str, runtime: &Arc<Runtime>) -> Result<Opened, OpenError> {
    let in_folder = in_folder(Path::new(module))?.map(|file| file.display().to_string());
    let module = in_folder.as_deref().unwrap_or(module);
    let document = document_of(module);
    let code = LocalCode.code("", &document).map_err(OpenError::Nothing)?;
    let component = code.component.into_owned();
    let refused =
        |refusal: Refusal| OpenError::Refused { file: module.to_owned(), problem: one_line(&refusal.to_string()) };
    let surface = tidegate_component::check(&component).map_err(refused)?;
    let policy =
        install(&document, runtime).map_err(|problem| OpenError::Unusable { file: module.to_owned(), problem })?;
    Ok(Opened { module: module.to_owned(), component, surface, policy })
}

/// The component of a policy's folder, if it is a folder.
///
/// # Errors
/// As [`component_in`].
pub fn in_folder(path: &Path) -> Result<Option<PathBuf>, OpenError> {
    path.is_dir().then(|| component_in(path)).transpose()
}

/// The component of a policy's folder, as `policy build` has made it.
///
/// # Errors
/// [`OpenError::NotBuilt`], [`OpenError::Several`].
pub fn component_in(folder: &Path) -> Result<PathBuf, OpenError> {
    let shown = folder.display().to_string();
    let entries = std::fs::read_dir(folder.join(BUILD)).into_iter().flatten().flatten();
    let is_component = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    let mut built: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_component).collect();
    built.sort();
    match built.as_slice() {
        [component] => Ok(component.clone()),
        [] => Err(OpenError::NotBuilt(shown)),
        several => {
            let names = several.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy());
            Err(OpenError::Several { folder: shown, names: names.collect::<Vec<_>>().join(", ") })
        }
    }
}

/// A document that installs it.
fn document_of(module: &str) -> PolicyDocument {
    let name = module.strip_prefix(BUILTIN).unwrap_or("policy");
    let mut document = PolicyDocument::builtin(name);
    if !module.starts_with(BUILTIN) {
        document.spec.module = format!("file://{module}");
    }
    document
}

/// The policy, loaded alone.
fn install(document: &PolicyDocument, runtime: &Arc<Runtime>) -> Result<InstalledPolicy, String> {
    Loader::new(Arc::clone(runtime), Arc::new(LocalCode)).granting_reads().install("", document).map_err(words)
}

/// What is wrong, without the document that nobody wrote.
fn words(error: LoadError) -> String {
    match error {
        LoadError::Component { source, .. } => source.to_string(),
        LoadError::Settings { problem, .. } => format!("it does not take its own default settings: {problem}"),
        LoadError::Module { problem, .. } => problem,
        other => other.to_string(),
    }
}
