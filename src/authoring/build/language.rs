//! In which language the policy of a folder is written, by its files: `Cargo.toml`, `package.json` with `policy.js` or
//! `policy.ts`, `policy.py`.

use std::path::Path;

use super::error::BuildError;
use crate::authoring::Language;

impl Language {
    /// The language of a folder, by the files in it. TypeScript goes before JavaScript: a `policy.js` beside it is
    /// what was made of it.
    pub(super) fn of(folder: &Path) -> Result<Self, BuildError> {
        let has = |name: &str| folder.join(name).is_file();
        let script = if has("policy.ts") { Self::TypeScript } else { Self::JavaScript };
        let found: Vec<Self> = [
            (Self::Rust, has("Cargo.toml")),
            (script, has("package.json") && (has("policy.ts") || has("policy.js"))),
            (Self::Python, has("policy.py")),
        ]
        .into_iter()
        .filter_map(|(language, is_there)| is_there.then_some(language))
        .collect();
        let shown = || folder.display().to_string();
        match found.as_slice() {
            [one] => Ok(*one),
            [] if !folder.is_dir() => Err(BuildError::file(folder, &"there is no such folder")),
            [] => Err(BuildError::NoPolicy(shown())),
            several => {
                let languages: Vec<_> = several.iter().map(|language| language.name()).collect();
                Err(BuildError::Several { folder: shown(), languages: languages.join(" and ") })
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_files_tell() {
        for (files, expected) in [
            (&["Cargo.toml"] as &[&str], "Rust"),
            (&["package.json", "policy.js"], "JavaScript"),
            (&["package.json", "policy.ts"], "TypeScript"),
            (&["package.json", "policy.ts", "policy.js"], "TypeScript"),
            (&["policy.py", "package.json"], "Python"),
            (&["policy.js"], "there is no policy in this folder; looked for Cargo.toml (Rust), package.json with"),
            (&["package.json"], "there is no policy in this folder"),
            (&[], "there is no policy in this folder"),
            (&["Cargo.toml", "policy.py"], "there are policies in Rust and Python in this folder"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            files.iter().for_each(|file| std::fs::write(folder.path().join(file), "").unwrap());
            let found = Language::of(folder.path()).map(|language| language.name().to_owned());
            let found = found.unwrap_or_else(|error| error.to_string());
            assert!(found.contains(expected), "{files:?}: {found}");
        }
        let nowhere = Language::of(Path::new("/nowhere")).unwrap_err().to_string();
        assert_eq!(nowhere, "/nowhere: there is no such folder");
    }
}
