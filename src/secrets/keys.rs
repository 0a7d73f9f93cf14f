//! The keys under which a Secret holds the values of one variable, one after the other, and how values are
//! compared.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::engine::SecretEntry;

/// The longest key (apimachinery, `IsConfigMapKey`).
const LONGEST_KEY: usize = 253;

/// The keys that the values of a variable get, one after the other: `MYSQL_PWD`, `MYSQL_PWD.2`, …
pub(super) fn keys_of(key: &str) -> impl Iterator<Item = String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let first = key.rsplit_once('.').filter(|(_, number)| is_number(number)).map_or(key, |(first, _)| first).to_owned();
    let numbered = {
        let first = first.clone();
        (2..).map(move |number: usize| {
            let number = format!(".{number}");
            // Keys are ASCII.
            format!("{}{number}", &first[..first.len().min(LONGEST_KEY - number.len())])
        })
    };
    std::iter::once(first).chain(numbered)
}

/// The key under which a Secret has an entry's value, if it has: its own, or one of those that later values
/// got. All of them are compared, so that the time does not tell which it is.
pub(super) fn holds(present: &BTreeMap<String, ByteString>, entry: &SecretEntry) -> Option<String> {
    let mut found = None;
    for key in std::iter::once(entry.key.clone()).chain(keys_of(&entry.key).take(present.len() + 1)) {
        let is_it = present.get(&key).is_some_and(|value| is_same(entry, &value.0));
        if is_it && found.is_none() {
            found = Some(key);
        }
    }
    found
}

/// Compares in a time that tells neither how much of the value is right nor how long it is: digests,
/// in constant time.
pub(super) fn is_same(entry: &SecretEntry, value: &[u8]) -> bool {
    let wanted = Sha256::digest(entry.value.expose_secret().as_bytes());
    wanted.ct_eq(&Sha256::digest(value)).into()
}
