//! Whether a component is older than what it was made of.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The endings of files that components are made of.
const SOURCES: [&str; 6] = ["rs", "js", "mjs", "ts", "py", "wit"];
/// Folders with what is made, or fetched, or only tried.
const NO_SOURCES: [&str; 5] = ["build", "target", "node_modules", "cases", "__pycache__"];

/// The newest source below a policy's folder that was changed after the component was made.
pub fn newer_source(folder: &Path, component: &Path) -> Option<PathBuf> {
    let made = changed(component)?;
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // A link may lead in a circle.
            if path.is_dir() && !path.is_symlink() && !name.starts_with('.') && !NO_SOURCES.contains(&name.as_str()) {
                folders.push(path);
                continue;
            }
            let is_source = path.extension().is_some_and(|ending| SOURCES.iter().any(|source| ending == *source));
            let Some(time) = changed(&path).filter(|time| is_source && *time > made) else { continue };
            if newest.as_ref().is_none_or(|(before, _)| time > *before) {
                newest = Some((time, path));
            }
        }
    }
    newest.map(|(_, path)| path)
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().ok().filter(std::fs::Metadata::is_file)?.modified().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::fs::{self, File};
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_sources_make_a_component_old() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let begin = SystemTime::now();
        let write = |name: &str, seconds: u64| {
            fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            let file = File::create(path(name)).unwrap();
            file.set_modified(begin + Duration::from_secs(seconds)).unwrap();
        };
        write("build/a.wasm", 10);
        write("src/lib.rs", 5);
        for later in ["README.md", "cases/a.rs", "node_modules/x/a.js", ".git/a.py", "target/a.rs"] {
            write(later, 20);
        }
        assert_eq!(newer_source(folder.path(), &path("build/a.wasm")), None);
        write("src/a.py", 11);
        write("policy.ts", 12);
        assert_eq!(newer_source(folder.path(), &path("build/a.wasm")), Some(path("policy.ts")));
    }
}
