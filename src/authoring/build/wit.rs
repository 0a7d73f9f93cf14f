//! The folder's copy of the contract, which JavaScript and Python are built against.

use std::fs;
use std::io::ErrorKind;

use tidegate_component::{TEXT, version_of};

use super::error::BuildError;
use super::folder::Folder;
use crate::authoring::Language;

/// Looks at the copy, and says what there is to know about it. Where one is needed and missing, it is written.
pub(super) fn look(folder: &Folder, language: Language) -> Result<Option<String>, BuildError> {
    let path = folder.whole.join("wit/policy.wit");
    let shown = folder.path.join("wit/policy.wit");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        // A crate may bring its own: that of tidegate's SDK does.
        Err(error) if error.kind() == ErrorKind::NotFound && language == Language::Rust => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder.whole.join("wit")).map_err(|error| BuildError::file(&shown, &error))?;
            fs::write(&path, TEXT).map_err(|error| BuildError::file(&shown, &error))?;
            return Ok(Some(format!("{}, the contract, was missing and is written", shown.display())));
        }
        Err(error) => return Err(BuildError::file(&shown, &error)),
    };
    if text == TEXT {
        return Ok(None);
    }
    let own = version_of(TEXT).unwrap_or_default();
    let note = match version_of(&text) {
        None => {
            let problem =
                "it is not the contract tidegate:policy; delete it, and `tidegate policy build` writes it anew";
            return Err(BuildError::file(&shown, &problem));
        }
        Some(version) if version == own => {
            "differs from the contract that this tidegate has, of the same version; delete \
                                            it, and it is written anew"
                .to_owned()
        }
        Some(version) => format!(
            "is version {version} of the contract, and this tidegate has {own}; gates that keep either load the policy \
             as long as the first number is the same"
        ),
    };
    Ok(Some(format!("{} {note}", shown.display())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_copy_of_the_contract() {
        let other = TEXT.replacen("policy@1.0.0;", "policy@1.3.0;", 1);
        let changed = format!("{TEXT}\n// mine\n");
        for (text, language, expected) in [
            (Some(TEXT), Language::Python, "None"),
            (None, Language::Rust, "None"),
            (None, Language::Python, "wit/policy.wit, the contract, was missing and is written"),
            (
                Some(other.as_str()),
                Language::JavaScript,
                "wit/policy.wit is version 1.3.0 of the contract, and this tidegate has 1.0.0",
            ),
            (Some(changed.as_str()), Language::Rust, "wit/policy.wit differs from the contract that this tidegate has"),
            (Some("package a:b;"), Language::Rust, "wit/policy.wit: it is not the contract tidegate:policy; delete it"),
        ] {
            let place = tempfile::tempdir().unwrap();
            if let Some(text) = text {
                fs::create_dir(place.path().join("wit")).unwrap();
                fs::write(place.path().join("wit/policy.wit"), text).unwrap();
            }
            let folder = Folder::open(place.path()).unwrap();
            let found = match look(&folder, language) {
                Ok(note) => note.unwrap_or_else(|| "None".to_owned()),
                Err(error) => error.to_string(),
            };
            assert!(found.contains(expected), "{found}");
            assert!(language == Language::Rust || place.path().join("wit/policy.wit").exists());
        }
    }
}
