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

/// The Secret of a workload: `<workload>-credentials`.
///
/// A name that would be too long is cut, and a hash of the whole stands for the rest.
pub(super) fn secret_name(workload: &str) -> String {
    format!("{}{SUFFIX}", shortened(workload.trim_end_matches(['-', '.']), LONGEST - SUFFIX.len()))
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
        assert_eq!(secret_name("mysql"), "mysql-credentials");
        assert_eq!(secret_name("batch-"), "batch-credentials");
        let long = secret_name(&"a".repeat(253));
        assert_eq!(long.len(), LONGEST);
        assert_ne!(long, secret_name(&"a".repeat(252)));
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
