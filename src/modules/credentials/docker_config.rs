//! Docker's configuration: `auths`, `credHelpers`, `credsStore`.
//!
//! Read here and not by a crate: those at hand print what they read by `Debug`, quote what a helper says, and wait for
//! a helper for ever.

use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Credentials, helper, host};

/// What `auths` are encoded with; some programs leave the `=` away.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A `config.json` of Docker, or the content of a pull secret.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DockerConfig {
    auths: BTreeMap<String, Entry>,
    /// Programs, by registry.
    cred_helpers: BTreeMap<String, String>,
    /// The program for every other registry.
    creds_store: Option<String>,
}

/// What is known of one registry.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    /// `NAME:PASSWORD` in base64.
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl DockerConfig {
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        // The parser's own words may quote a value.
        serde_json::from_slice(text).map_err(|error| {
            format!("it is not Docker's configuration: line {}, column {}", error.line(), error.column())
        })
    }

    /// What a pull secret knows: no program is started for what somebody stored in the cluster.
    pub(super) fn of_secret(&self, registry: &str, repository: &str) -> Option<Credentials> {
        self.best(&self.auths, registry, repository).and_then(|(_, entry)| entry.credentials())
    }

    /// What the user of this machine has: the registry's helper, the store, what is written down, in this order, as
    /// Docker looks.
    pub(super) async fn of_user(&self, registry: &str, repository: &str) -> Result<Option<Credentials>, String> {
        if let Some((name, program)) = self.best(&self.cred_helpers, registry, repository) {
            return helper::ask(program, name).await;
        }
        let written = self.best(&self.auths, registry, repository);
        if let Some(program) = self.creds_store.as_deref().filter(|program| !program.is_empty()) {
            // What has an entry is known to the store under the entry's name.
            let name = written.map_or(registry, |(name, _)| name);
            if let Some(credentials) = helper::ask(program, name).await? {
                return Ok(Some(credentials));
            }
        }
        Ok(written.and_then(|(_, entry)| entry.credentials()))
    }

    /// The entry whose path says most of the repository; of two that say the same, the one without `*`.
    fn best<'a, T>(
        &self,
        entries: &'a BTreeMap<String, T>,
        registry: &str,
        repository: &str,
    ) -> Option<(&'a str, &'a T)> {
        entries
            .iter()
            .filter_map(|(name, entry)| Some((host::fit(name, registry, repository)?, name, entry)))
            .max_by_key(|(length, name, _)| (*length, !name.contains('*')))
            .map(|(_, name, entry)| (name.as_str(), entry))
    }
}

impl Entry {
    fn credentials(&self) -> Option<Credentials> {
        let encoded = self.auth.as_deref().filter(|auth| !auth.is_empty());
        if let Some(decoded) = encoded.and_then(|auth| BASE64.decode(auth).ok()) {
            let text = String::from_utf8(decoded).ok()?;
            let (username, password) = text.trim_end_matches('\0').split_once(':')?;
            return Some(Credentials::new(username, password));
        }
        Some(Credentials::new(self.username.as_deref()?, self.password.as_deref()?))
    }
}

impl Credentials {
    pub(super) fn new(username: &str, password: &str) -> Self {
        Self { username: SecretString::from(username), password: SecretString::from(password) }
    }
}
