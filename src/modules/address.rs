//! Addresses of code, and how they are shown: never with a user's name, a password, or what stands behind a `?`, which
//! may be a signature.

use reqwest::Url;

use super::error::ModuleError;

/// What a `configmap://` address names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConfigMapKey<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) key: &'a str,
}

/// An address as it may be shown.
pub(super) fn shown(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let address = &address[..end];
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// Reads an address of `https://`.
pub(super) fn https(address: &str) -> Result<Url, ModuleError> {
    let wrong = |problem: String| ModuleError::Address { address: shown(address), problem };
    let url = Url::parse(address).map_err(|error| wrong(format!("it is no address: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a name or password has no place in a policy document; take it out".to_owned()));
    }
    Ok(url)
}

/// Reads what follows `configmap://`.
pub(super) fn config_map(rest: &str) -> Option<ConfigMapKey<'_>> {
    let mut parts = rest.split('/');
    let key = ConfigMapKey { namespace: parts.next()?, name: parts.next()?, key: parts.next()? };
    // They become parts of an address of the API server: letters and digits at both ends, and what may be between.
    let is_name = |text: &str, between: &str| {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric();
        text.starts_with(is_plain)
            && text.ends_with(is_plain)
            && text.len() <= 253
            && text.chars().all(|letter| is_plain(letter) || between.contains(letter))
    };
    let is_key = !key.key.is_empty()
        && key.key.len() <= 253
        && key.key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    (parts.next().is_none() && is_name(key.namespace, "-") && is_name(key.name, "-.") && is_key).then_some(key)
}
