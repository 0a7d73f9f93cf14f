//! The policies that a command judges by: the built-in ones and those of `--policy`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::progress::Patience;
use crate::policy::{PolicySet, parse_documents};
use crate::wasm::{Runtime, load_policies};

/// Reads the documents and puts the policies in force. Compiled policies are kept in the named
/// folder, which must then be usable, or in that of the user, if that can be.
pub(crate) fn load(files: &[PathBuf], named_cache: Option<&Path>) -> anyhow::Result<Arc<PolicySet>> {
    let mut documents = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("{name}: the policy cannot be read"))?;
        documents.extend(parse_documents(&name, &text)?.into_iter().map(|document| (name.clone(), document)));
    }
    let runtime = runtime(named_cache)?;
    let _patience = Patience::with("compiling the policies, which takes seconds once: they are kept for the next time");
    Ok(Arc::new(load_policies(&runtime, documents)?))
}

/// What runs policies. Compiled ones are kept in the named folder, which must then be usable, or in that of the user,
/// if that can be.
pub(crate) fn runtime(named_cache: Option<&Path>) -> anyhow::Result<Arc<Runtime>> {
    Ok(Arc::new(match (named_cache, default_cache_directory()) {
        (Some(named), _) => Runtime::new(Some(named))?,
        // Nobody asked for this folder: without it the policies are compiled at each start.
        (None, Some(own)) => Runtime::new(Some(&own)).or_else(|_| Runtime::new(None))?,
        (None, None) => Runtime::new(None)?,
    }))
}

/// Where compiled policies are kept if no `--cache-dir` says so: `$XDG_CACHE_HOME/tidegate`, or
/// `~/.cache/tidegate`; nowhere if there is no home.
fn default_cache_directory() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("tidegate"))
}
