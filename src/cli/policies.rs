//! The policies that a command judges by: the built-in ones and those of `--policy`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use crate::policy::{PolicySet, parse_documents};
use crate::wasm::{Runtime, load_policies};

/// Reads the documents and puts the policies in force.
pub(crate) fn load(files: &[PathBuf], cache_directory: Option<&Path>) -> anyhow::Result<Arc<PolicySet>> {
    let mut documents = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("{name}: the policy cannot be read"))?;
        documents.extend(parse_documents(&name, &text)?.into_iter().map(|document| (name.clone(), document)));
    }
    let runtime = Arc::new(Runtime::new(cache_directory)?);
    Ok(Arc::new(load_policies(&runtime, documents)?))
}

/// Where compiled policies are kept if no `--cache-dir` says so: `$XDG_CACHE_HOME/tidegate`, or
/// `~/.cache/tidegate`; nowhere if there is no home.
pub(crate) fn default_cache_directory() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("tidegate"))
}
