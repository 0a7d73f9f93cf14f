//! What is kept in the Secret: the authorities that are believed, the newest one's key, the certificate in use.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use k8s_openapi::ByteString;
use x509_parser::pem::Pem;
use zeroize::Zeroizing;

use super::authority::Pair;
use super::plan::{Dates, Stand};

/// The keys of a Secret of type `kubernetes.io/tls`, and where cert-manager, too, keeps the authority.
const CERTIFICATE: &str = "tls.crt";
const KEY: &str = "tls.key";
const AUTHORITIES: &str = "ca.crt";
/// Only the gate's own Secret has the authority's key: whose has not was made by somebody else, and is left alone.
const AUTHORITY_KEY: &str = "ca.key";

/// All of it, in PEM.
pub(super) struct Kept {
    /// The newest first.
    pub(super) authorities: Vec<String>,
    pub(super) authority_key: Zeroizing<String>,
    pub(super) pair: Pair,
}

/// Why a Secret cannot be used. No message holds anything of what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// Something is not there.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// Something is not what it should be.
    #[error("its {0} is not in PEM")]
    NotPem(&'static str),
}

/// A Secret's content.
pub(super) enum Found {
    /// The gate's own.
    Own(Kept),
    /// Somebody else's pair, which somebody else renews.
    Others(Pair),
}

impl Found {
    /// Reads it.
    pub(super) fn read(data: &BTreeMap<String, ByteString>) -> Result<Self, KeptError> {
        let pair = Pair { certificate: text(data, CERTIFICATE)?.to_string(), key: text(data, KEY)? };
        if !data.contains_key(AUTHORITY_KEY) {
            return Ok(Self::Others(pair));
        }
        let authorities = split(&text(data, AUTHORITIES)?).ok_or(KeptError::NotPem(AUTHORITIES))?;
        Ok(Self::Own(Kept { authorities, authority_key: text(data, AUTHORITY_KEY)?, pair }))
    }
}

impl Kept {
    /// What the Secret is to hold.
    pub(super) fn data(&self) -> BTreeMap<String, ByteString> {
        let entry = |key: &str, value: &str| (key.to_owned(), ByteString(value.as_bytes().to_vec()));
        BTreeMap::from([
            entry(CERTIFICATE, &self.pair.certificate),
            entry(KEY, &self.pair.key),
            entry(AUTHORITIES, &self.bundle()),
            entry(AUTHORITY_KEY, &self.authority_key),
        ])
    }

    /// All authorities that are believed, for `caBundle`.
    pub(super) fn bundle(&self) -> String {
        self.authorities.concat()
    }

    /// How it stands. What cannot be read counts as not there.
    pub(super) fn stand(&self, trusted_since: Option<Timestamp>) -> Option<Stand> {
        Some(Stand {
            authorities: self.authorities.iter().filter_map(|authority| dates(authority)).collect(),
            certificate: dates(&self.pair.certificate)?,
            trusted_since,
        })
    }
}

/// What the first certificate of a chain in PEM says of itself.
pub(super) fn dates(chain: &str) -> Option<Dates> {
    let pem = Pem::iter_from_buffer(chain.as_bytes()).next()?.ok()?;
    let certificate = pem.parse_x509().ok()?;
    let at = |seconds: i64| Timestamp::from_second(seconds).ok();
    Some(Dates {
        subject: certificate.subject().as_raw().to_vec(),
        issuer: certificate.issuer().as_raw().to_vec(),
        from: at(certificate.validity().not_before.timestamp())?,
        until: at(certificate.validity().not_after.timestamp())?,
    })
}

fn text(data: &BTreeMap<String, ByteString>, key: &'static str) -> Result<Zeroizing<String>, KeptError> {
    let bytes = &data.get(key).ok_or(KeptError::Missing(key))?.0;
    let text = std::str::from_utf8(bytes).map_err(|_| KeptError::NotPem(key))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Each certificate of a bundle.
fn split(bundle: &str) -> Option<Vec<String>> {
    const END: &str = "-----END CERTIFICATE-----";
    let mut all = Vec::new();
    for part in bundle.split_inclusive(END).map(str::trim).filter(|part| !part.is_empty()) {
        if !part.starts_with("-----BEGIN CERTIFICATE-----") || !part.ends_with(END) {
            return None;
        }
        let mut one = String::with_capacity(part.len() + 1);
        // Writing into a text cannot fail.
        let _ = writeln!(one, "{part}");
        all.push(one);
    }
    (!all.is_empty()).then_some(all)
}
