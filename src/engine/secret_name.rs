//! The names of Secrets and of the keys in them: the same on every replica, after every apply, and
//! in every use of the engine.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::request::Request;

/// What follows the workload's name.
const SUFFIX: &str = "-credentials";
/// The longest name of a Secret, and the longest key (apimachinery, `IsDNS1123Subdomain` and
/// `IsConfigMapKey`).
const LONGEST: usize = 253;
/// Hexadecimal digits that stand for what was cut: 40 bits.
const HASH_DIGITS: usize = 10;

/// The name that a workload's Secret is called after: its own, or its `generateName`.
pub(super) fn owner_name(request: &Request) -> Option<&str> {
    request
        .name
        .as_deref()
        .or_else(|| request.object.pointer("/metadata/generateName").and_then(Value::as_str))
        .filter(|name| !name.is_empty())
}

/// The annotation by which an author names the Secret, where the name that follows from the
/// workload's is taken.
const ANNOTATION: &str = "tidegate.dev/credentials-secret";

/// The Secret of an object: the one that its author names, or `<workload>-credentials`; none if the
/// object has no name that it could follow from.
///
/// # Errors
/// What its author wrote, if it cannot be the name of such a Secret.
pub(super) fn secret_name(request: &Request) -> Result<Option<String>, String> {
    let named = request.object.pointer("/metadata/annotations").and_then(|all| all.get(ANNOTATION)?.as_str());
    match named {
        Some(name) if is_secret_name(name) => Ok(Some(name.to_owned())),
        Some(name) => Err(name.chars().take(LONGEST).collect()),
        None => Ok(owner_name(request).map(following)),
    }
}

/// A name that would be too long is cut, and a hash of the whole stands for the rest.
fn following(workload: &str) -> String {
    format!("{}{SUFFIX}", shortened(workload.trim_end_matches(['-', '.']), LONGEST - SUFFIX.len()))
}

/// Whether an author may name a Secret so. The end has to be the same as ever: who may make a
/// workload but no Secret should not choose any name for one by way of the gate.
fn is_secret_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    name.len() <= LONGEST && name.ends_with(SUFFIX) && name.split('.').all(is_part)
}

/// The key of a variable: its name, or `<container>.<VARIABLE>` where containers differ.
pub(super) fn secret_key(container: Option<&str>, variable: &str) -> String {
    let whole = match container {
        Some(container) => format!("{container}.{variable}"),
        None => variable.to_owned(),
    };
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if whole.bytes().all(is_key) && whole != "." && !whole.starts_with("..") {
        return shortened(&whole, LONGEST);
    }
    // Since Kubernetes 1.34 a variable's name may hold almost any ASCII character; a key may not.
    let kept: String = whole.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    format!("{}-{}", shortened(&kept, LONGEST - HASH_DIGITS - 1), hash(&whole))
}

fn shortened(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let mut end = longest - HASH_DIGITS - 1;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}-{}", text[..end].trim_end_matches(['-', '.']), hash(text))
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .take(HASH_DIGITS)
        .map(|half| char::from_digit(u32::from(half), 16).unwrap_or('0'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_short_enough() {
        assert_eq!(following("mysql"), "mysql-credentials");
        assert_eq!(following("batch-"), "batch-credentials");
        let long = following(&"a".repeat(253));
        assert_eq!(long.len(), LONGEST);
        assert_ne!(long, following(&"a".repeat(252)));
        assert!(is_secret_name(&long));
    }

    #[test]
    fn an_author_may_name_the_secret() {
        for (name, valid) in [
            ("shop-db-credentials", true),
            ("a.b-credentials", true),
            ("-credentials", false),
            ("credentials", false),
            ("shop-tls", false),
            ("Shop-credentials", false),
            ("../x-credentials", false),
            ("a..b-credentials", false),
        ] {
            assert_eq!(is_secret_name(name), valid, "{name}");
        }
    }

    #[test]
    fn keys_are_variables_or_what_stands_for_them() {
        assert_eq!(secret_key(None, "MYSQL_PWD"), "MYSQL_PWD");
        assert_eq!(secret_key(Some("db"), "MYSQL_PWD"), "db.MYSQL_PWD");
        let odd = secret_key(None, "MY SQL:PWD");
        assert!(odd.starts_with("MY_SQL_PWD-"), "{odd}");
        assert_ne!(odd, secret_key(None, "MY:SQL PWD"));
    }
}
