//! A new policy: a folder that builds and passes its own tests at once, wherever it stands.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::embedded::below;
use super::language::Language;
use crate::files::{self, FileError};

/// The longest name: that of a DNS label (RFC 1123).
const LONGEST_NAME: usize = 63;
/// How much of the name the rule's id begins with.
const RULE_LETTERS: usize = 4;
/// The text of a language about itself, which is a part of the README and no file.
const ABOUT: &str = "about.md";

/// Why there is no new policy.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// It cannot be called so.
    #[error(
        "{0:?} cannot be a policy's name: up to 63 small letters, digits and dashes can, with a letter first and no \
         dash last, for instance backup-deadline"
    )]
    Name(String),
    /// There is one that is called so.
    #[error("{0} is a policy that tidegate brings, and a document of that name would replace it; choose another name")]
    Taken(String),
    /// Somebody's files are there.
    #[error("{} is there and not empty; name another folder with --folder", .0.display())]
    NotEmpty(PathBuf),
    /// The folder cannot be looked into, or made.
    #[error("{}: {source}", .path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What stands against it.
        source: FileError,
    },
}

/// A file of a new policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path in the folder.
    pub path: String,
    /// What stands in it.
    pub content: String,
}

/// Whether a policy can be called so. Cargo wants a letter first, which DNS does not.
///
/// # Errors
/// [`NewError::Name`], [`NewError::Taken`] for one of those that there are.
pub fn check_name<'a>(name: &str, taken: impl IntoIterator<Item = &'a str>) -> Result<(), NewError> {
    let fits = name.len() <= LONGEST_NAME
        && name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-');
    if !fits {
        return Err(NewError::Name(name.to_owned()));
    }
    if taken.into_iter().any(|own| own == name) { Err(NewError::Taken(name.to_owned())) } else { Ok(()) }
}

/// Whether a folder is free for a new policy: it is not there, or empty.
///
/// # Errors
/// [`NewError::NotEmpty`], [`NewError::Folder`].
pub fn check_folder(folder: &Path) -> Result<(), NewError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(NewError::NotEmpty(folder.to_owned())),
            None => Ok(()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(NewError::Folder { path: folder.to_owned(), source }),
    }
}

/// The files of a new policy, in the order of their paths.
pub fn files(name: &str, language: Language) -> Vec<NewFile> {
    let templates = format!("src/authoring/templates/{}", language.word());
    let about = below(&format!("{templates}/{ABOUT}")).map(|(_, text)| text).next().unwrap_or_default();
    let filled = |text: &str| {
        text.replace("{{language}}", about.trim_end()).replace("{{name}}", name).replace("{{rule}}", &rule(name))
    };
    let mut files = Vec::new();
    for place in ["src/authoring/templates/common", &templates] {
        files.extend(
            below(place)
                .filter(|(path, _)| *path != ABOUT)
                .map(|(path, text)| NewFile { path: path.to_owned(), content: filled(text) }),
        );
    }
    for (place, folder) in vendored(language) {
        files.extend(below(place).map(|(path, text)| NewFile {
            path: if path.is_empty() { (*folder).to_owned() } else { format!("{folder}/{path}") },
            content: text.to_owned(),
        }));
    }
    for lock in files.iter_mut().filter(|file| file.path == "Cargo.lock") {
        lock.content = in_order(&lock.content);
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Writes the files of a new policy, and makes their folders.
///
/// # Errors
/// [`NewError::Folder`], [`NewError::File`]; what was written before stays.
pub fn write(folder: &Path, files: &[NewFile]) -> Result<(), NewError> {
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| NewError::Folder { path: parent.to_owned(), source })?;
        }
        files::create(&path, file.content.as_bytes(), false).map_err(|source| NewError::File { path, source })?;
    }
    Ok(())
}

/// What is copied as it is: where it stands in the project, and where it goes.
fn vendored(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Rust => &[("policies/wit", "wit"), ("policies/sdk", "sdk")],
        Language::JavaScript | Language::TypeScript => &[("policies/wit", "wit"), ("policies/sdk-javascript", "sdk")],
        Language::Python => &[
            ("policies/wit", "wit"),
            ("policies/sdk-python/tidegate", "tidegate"),
            ("policies/sdk-python/README.md", "tidegate/README.md"),
            ("policies/sdk-python/stubs", "stubs"),
        ],
    }
}

/// The id of the first rule: `BACK001` for `backup-deadline`. `MY` alone is tidegate's own beginning.
fn rule(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).take(RULE_LETTERS).collect();
    match letters.to_ascii_uppercase().as_str() {
        "MY" => "OWN001".to_owned(),
        letters => format!("{letters}001"),
    }
}

/// A lock file with its packages in the order in which cargo writes them: the policy's own, whose name
/// was not known, is put where it belongs.
fn in_order(lock: &str) -> String {
    const PACKAGE: &str = "[[package]]\n";
    let mut parts = lock.split(PACKAGE);
    let head = parts.next().unwrap_or_default();
    let mut packages: Vec<&str> = parts.map(str::trim_end).collect();
    // The name is the first line of each, and sorting is stable: versions of one name stay in order.
    packages.sort_by_key(|package| package.lines().next().unwrap_or_default());
    let packages: Vec<String> = packages.into_iter().map(|package| format!("{PACKAGE}{package}\n")).collect();
    format!("{head}{}", packages.join("\n"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels_that_are_free() {
        for name in ["a", "backup-deadline", "mysql-8", &"a".repeat(63)] {
            assert!(check_name(name, ["probes"]).is_ok(), "{name}");
        }
        for name in ["", "-", "a-", "-a", "8-mysql", "Backup", "a_b", "a.b", "a b", "ä", &"a".repeat(64)] {
            assert!(matches!(check_name(name, []), Err(NewError::Name(_))), "{name}");
        }
        assert!(matches!(check_name("probes", ["memory", "probes"]), Err(NewError::Taken(_))));
    }

    #[test]
    fn a_rule_begins_as_the_policy_does() {
        for (name, expected) in
            [("backup-deadline", "BACK001"), ("a1-b2", "AB001"), ("my", "OWN001"), ("my-own", "MYOW001")]
        {
            assert_eq!(rule(name), expected);
        }
    }

    #[test]
    fn every_language_has_what_a_policy_needs() {
        for (language, own) in [
            (Language::Rust, ["src/lib.rs", "Cargo.lock", ".cargo/config.toml", "sdk/derive/src/lib.rs"]),
            (Language::JavaScript, ["policy.js", "package-lock.json", "jsconfig.json", "sdk/tidegate.js"]),
            (Language::TypeScript, ["policy.ts", "package-lock.json", "tsconfig.json", "sdk/types/policy.d.ts"]),
            (Language::Python, ["policy.py", "requirements.txt", "pyproject.toml", "tidegate/README.md"]),
        ] {
            let files = files("backup-deadline", language);
            let all = ["README.md", "policy.yaml", "wit/policy.wit", ".gitignore", "cases/hasty.yaml"];
            for path in own.iter().chain(&all) {
                assert!(files.iter().any(|file| file.path == *path), "{language:?} lacks {path}");
            }
            for file in &files {
                let gap = ["{{language}}", "{{name}}", "{{rule}}"].iter().find(|gap| file.content.contains(**gap));
                assert_eq!(gap, None, "{language:?}: {}", file.path);
            }
            let mut paths: Vec<_> = files.iter().map(|file| &file.path).collect();
            paths.dedup();
            assert_eq!(paths.len(), files.len(), "{language:?} has a file twice");
        }
    }

    #[test]
    fn the_own_package_stands_where_cargo_puts_it() {
        let lock =
            "version = 4\n\n[[package]]\nname = \"b\"\n\n[[package]]\nname = \"d\"\n\n[[package]]\nname = \"c\"\n";
        let ordered =
            "version = 4\n\n[[package]]\nname = \"b\"\n\n[[package]]\nname = \"c\"\n\n[[package]]\nname = \"d\"\n";
        assert_eq!(in_order(lock), ordered);
    }

    #[test]
    fn what_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/policy");
        check_folder(&place).unwrap();
        write(&place, &files("policy", Language::Python)).unwrap();
        assert!(matches!(check_folder(&place), Err(NewError::NotEmpty(_))));
        assert!(matches!(check_folder(&place.join("README.md")), Err(NewError::Folder { .. })));
        assert!(matches!(write(&place, &files("policy", Language::Python)), Err(NewError::File { .. })));
    }
}
