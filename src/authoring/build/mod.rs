//! From a policy's folder to its component, in whatever language it is written.
//!
//! A component may import nothing but the contract, and what a language's own runtime asks of its system is
//! satisfied within the component, by stubs that give nothing away: there are no files, no network, no environment
//! and no arguments; the clock traps (QuickJS, Python); and random numbers are the same sequence in every instance,
//! so that the same object always gets the same answer. In Rust nothing is stubbed: the target has no system at all.

mod error;
mod folder;
mod javascript;
mod language;
mod python;
mod rust;
mod tool;
mod wit;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::folder::Folder;
use super::check::check;
use super::opened::BUILD;
use crate::authoring::Language;
use crate::files;
use crate::wasm::Runtime;

pub use error::BuildError;

/// How it is built.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the component goes; else to `build/NAME.wasm` in the folder, by the name that the policy gives itself.
    pub output: Option<PathBuf>,
    /// Whether the types of JavaScript and Python stay unchecked.
    pub skip_types: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Built {
    /// The component's file.
    pub file: PathBuf,
    /// Its language.
    pub language: Language,
    /// Its size in bytes.
    pub bytes: usize,
    /// `sha256:…` of its bytes.
    pub digest: String,
    /// How long it took, with the check.
    pub time: Duration,
    /// What should be better.
    pub warnings: Vec<String>,
}

/// Builds the policy of a folder, and checks its component as the gate does. `tell` is told, in a few words, what
/// takes long, and what there is to know.
///
/// # Errors
/// [`BuildError`]. A component that was there before stays as it was.
pub fn build(
    folder: &Path,
    options: &Options,
    runtime: &Arc<Runtime>,
    tell: &mut dyn FnMut(&str),
) -> Result<Built, BuildError> {
    let start = Instant::now();
    let language = Language::of(folder)?;
    let folder = Folder::open(folder)?;
    if let Some(note) = wit::look(&folder, language)? {
        tell(&note);
    }
    let component = match language {
        Language::Rust => rust::build(&folder)?,
        Language::JavaScript | Language::TypeScript => javascript::build(&folder, language, options, tell)?,
        Language::Python => python::build(&folder, options, tell)?,
    };
    // It is judged before it takes the place of one that works.
    let draft = folder.scratch()?;
    let path = draft.path().join("component.wasm");
    fs::write(&path, &component).map_err(|error| BuildError::file(&path, &error))?;
    let (opened, verdict) =
        check(&path.display().to_string(), runtime).map_err(|error| BuildError::Refused(vec![error.reason()]))?;
    if !verdict.errors.is_empty() {
        return Err(BuildError::Refused(verdict.errors));
    }
    let file = match &options.output {
        Some(output) => output.clone(),
        None => folder.path.join(BUILD).join(format!("{}.wasm", opened.description().name)),
    };
    if let Some(above) = file.parent().filter(|above| !above.as_os_str().is_empty()) {
        fs::create_dir_all(above).map_err(|error| BuildError::file(above, &error))?;
    }
    files::put(&file, &component).map_err(|error| BuildError::file(&file, &error))?;
    Ok(Built {
        file,
        language,
        bytes: component.len(),
        digest: opened.digest().to_owned(),
        time: start.elapsed(),
        warnings: verdict.warnings,
    })
}
