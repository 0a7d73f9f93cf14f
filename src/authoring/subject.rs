//! The policy that is tried: its component, its document and its cases, found where `policy new` puts them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::case::Case;
use super::opened::{BUILD, OpenError, component_in};
use crate::policy::{BUILTIN, DocumentError, InstalledPolicy, PolicyDocument, parse_documents};
use crate::wasm::{LoadError, LoadedCode, Loader, LocalCode, Runtime};

/// A policy's document, in its folder.
const DOCUMENT: &str = "policy.yaml";
/// The folder of a policy's cases, in its own.
const CASES: &str = "cases";
/// Where the components of this project's own policies are, beside their folders.
const COMPONENTS: &str = "target/components";

/// Why there is no policy to try. Every message says what is missing, and how to get it.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is no such folder or file.
    #[error("{0}: there is no such policy; name its folder, its component (a file .wasm), or builtin://NAME")]
    Nothing(String),
    /// The folder has no component, or several.
    #[error(transparent)]
    Component(#[from] OpenError),
    /// The document cannot be read.
    #[error("{file}: {problem}")]
    Document {
        /// The document's file.
        file: String,
        /// What the system says.
        problem: String,
    },
}

/// What is named beside the policy.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The folder of its cases; else `cases` in its folder.
    pub cases: Option<PathBuf>,
    /// Its document; else `policy.yaml` in its folder, if that is there.
    pub document: Option<PathBuf>,
}

/// Where a policy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name, if its document gives it no other.
    pub name: String,
    /// Its folder; none if there is only a component.
    pub folder: Option<PathBuf>,
    /// Its component; none if it is part of this program.
    pub component: Option<PathBuf>,
    /// Its document.
    pub document: Option<PathBuf>,
    /// The folder of its cases.
    pub cases: PathBuf,
}

impl Place {
    /// Finds a policy by its folder, its component, or `builtin://NAME`.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn find(target: &str, given: Given) -> Result<Self, PlaceError> {
        if let Some(name) = target.strip_prefix(BUILTIN) {
            let usual = Self::builtin(name);
            return Ok(Self { document: given.document, cases: given.cases.unwrap_or(usual.cases), ..usual });
        }
        let path = Path::new(target);
        let (folder, component) = if path.is_dir() {
            (path.to_owned(), component_of(path)?)
        } else if path.is_file() {
            // `FOLDER/build/NAME.wasm`, or a component beside its cases.
            let beside = path.parent().unwrap_or(Path::new(""));
            let is_built = beside.file_name().is_some_and(|name| name == BUILD);
            let folder = if is_built { beside.parent().unwrap_or(beside) } else { beside };
            (folder.to_owned(), path.to_owned())
        } else {
            return Err(PlaceError::Nothing(target.to_owned()));
        };
        let usual = Some(folder.join(DOCUMENT)).filter(|document| document.is_file());
        Ok(Self {
            name: component.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            component: Some(component),
            document: given.document.or(usual),
            cases: given.cases.unwrap_or_else(|| folder.join(CASES)),
            folder: Some(folder),
        })
    }

    /// A policy that is part of this program. Its cases are where this project has them.
    pub(super) fn builtin(name: &str) -> Self {
        let cases = Path::new("policies").join(name).join(CASES);
        Self { name: name.to_owned(), folder: None, component: None, document: None, cases }
    }

    /// The document that installs it: the one that there is, or one that says nothing.
    fn read_document(&self) -> Result<(String, PolicyDocument), SubjectError> {
        let module = match &self.component {
            // Wherever the document is, the component is this one.
            Some(component) => format!("file://{}", absolute(component)?.display()),
            None => format!("{BUILTIN}{}", self.name),
        };
        let (file, mut document) = match &self.document {
            None => (self.name.clone(), PolicyDocument::builtin(&self.name)),
            Some(path) => {
                let file = path.display().to_string();
                let text = std::fs::read_to_string(path)
                    .map_err(|error| PlaceError::Document { file: file.clone(), problem: error.to_string() })?;
                let mut all = parse_documents(&file, &text)?.policies.into_iter();
                let own = all.clone().find(|document| document.metadata.name == self.name).or_else(|| all.next());
                let problem = "there is no document in it".to_owned();
                (file.clone(), own.ok_or(PlaceError::Document { file, problem })?)
            }
        };
        let spec = &mut document.spec;
        // It is tried as if it were in force everywhere.
        (spec.module, spec.digest, spec.enabled, spec.rollout) = (module, None, true, None);
        Ok((file, document))
    }
}

/// The component of a policy's folder; of a policy of this project, where all of them are built.
fn component_of(folder: &Path) -> Result<PathBuf, PlaceError> {
    component_in(folder).or_else(|error| {
        let whole = absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
        let own = name.zip(whole.parent()).map(|(name, all)| all.join(COMPONENTS).join(format!("{name}.wasm")));
        let is_missing = matches!(error, OpenError::NotBuilt(_));
        own.filter(|own| is_missing && own.is_file()).ok_or(PlaceError::Component(error))
    })
}

fn absolute(path: &Path) -> Result<PathBuf, PlaceError> {
    path.canonicalize()
        .map_err(|error| PlaceError::Document { file: path.display().to_string(), problem: error.to_string() })
}

/// Why a policy cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// It is not there.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Its document cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Its component cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// A policy that is compiled, to be tried on cases.
pub struct Subject {
    /// Its document's name.
    pub name: String,
    /// What its document does not grant although its code asks for it, as a sentence. The gate would not load it.
    pub ungranted: Option<String>,
    file: String,
    document: PolicyDocument,
    code: LoadedCode,
}

impl Subject {
    /// Compiles the policy of a place.
    ///
    /// # Errors
    /// [`SubjectError`].
    pub fn load(place: &Place, runtime: &Arc<Runtime>) -> Result<Self, SubjectError> {
        let (file, document) = place.read_document()?;
        let loader = Loader::new(Arc::clone(runtime), Arc::new(LocalCode)).granting_reads();
        let code = loader.load_code(&file, &document)?;
        let missing = place.document.as_ref().and_then(|_| code.missing_reads(&document));
        let ungranted = missing.map(|missing| {
            LoadError::Reads { file: file.clone(), policy: document.metadata.name.clone(), missing }.to_string()
        });
        Ok(Self { name: document.metadata.name.clone(), ungranted, file, document, code })
    }

    /// Its code.
    pub fn code(&self) -> &LoadedCode {
        &self.code
    }

    /// Its document, and the file of that.
    pub fn document(&self) -> (&str, &PolicyDocument) {
        (&self.file, &self.document)
    }

    /// The policy as its document has it.
    ///
    /// # Errors
    /// [`LoadError::Settings`], [`LoadError::Match`], [`LoadError::Document`].
    pub(super) fn plain(&self) -> Result<InstalledPolicy, LoadError> {
        self.code.install(&self.file, &self.document)
    }

    /// The policy as a case wants it.
    ///
    /// # Errors
    /// What is said of settings that are refused: the path to the setting, and what is wrong with it.
    pub fn installed(&self, case: &Case) -> Result<InstalledPolicy, String> {
        let mut document = self.document.clone();
        if let Some(settings) = &case.settings {
            document.spec.settings = settings.clone();
        }
        document.spec.action = case.action.unwrap_or(document.spec.action);
        self.code.install(&self.file, &document).map_err(|error| match error {
            LoadError::Settings { path, problem, .. } => format!("{path}: {problem}"),
            other => other.to_string(),
        })
    }
}
