//! Paths with `*` and its like, for shells that do not expand them.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::render::normal;

/// Whether a path has a character that stands for others.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(['*', '?', '[', '{']))
}

/// What the files have to fit: `*` stays in its folder, `**` goes through all below.
pub(super) fn matcher(path: &Path) -> Result<GlobMatcher, String> {
    let text = normal(path).to_string_lossy().into_owned();
    let glob = GlobBuilder::new(&text).literal_separator(true).build().map_err(|error| error.kind().to_string())?;
    Ok(glob.compile_matcher())
}

/// The folder that has to be searched: what stands before the first such character.
pub(super) fn folder(path: &Path) -> PathBuf {
    let fixed: PathBuf = path.components().take_while(|part| !is_pattern(Path::new(part))).collect();
    if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed }
}
