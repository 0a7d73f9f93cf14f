//! A release as Helm stores it: JSON, packed by gzip, written in base64.

use std::io::{ErrorKind, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// What a release may unpack to. Helm stores it in base64 in one object, which holds 1 MiB at most: 0.75 MiB of gzip.
/// YAML and JSON pack about ten times, which makes 8 MiB; gzip itself could make 750 MiB of it.
pub(super) const LARGEST: usize = 16 << 20;

/// How gzip begins (RFC 1952). Helm 2 stored its first releases unpacked, and Helm still reads them.
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];

/// Why a release cannot be read. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// The object has no release in it.
    #[error("it is stored as a Helm release, and has no data.release")]
    Absent,
    /// It is not written in base64.
    #[error("it is no Helm release: data.release is not base64")]
    NotBase64,
    /// The end is missing.
    #[error("the Helm release is cut off: its gzip data ends before its end")]
    CutOff,
    /// Gzip's own marks or sums do not fit.
    #[error("the Helm release is damaged: its gzip data cannot be unpacked")]
    Damaged,
    /// It unpacks to more than is read.
    #[error("the Helm release unpacks to more than {} MiB, and is not read any further", LARGEST >> 20)]
    TooLarge,
    /// What was packed is not JSON.
    #[error("it is no Helm release: what it holds is not JSON")]
    NotJson,
    /// What was packed is other JSON.
    #[error("it is no Helm release: its JSON lacks name and manifest, or has them in another form")]
    NotARelease,
}

/// What object keeps a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// A Secret, whose values are written in base64 once more.
    Secret,
    /// A ConfigMap: Helm's storage driver `configmap`.
    ConfigMap,
}

/// A release, as far as an audit reads it.
///
/// It is not `Debug`: it may hold passwords.
#[derive(Deserialize)]
pub(super) struct Release {
    pub name: String,
    /// All objects that it made, as YAML.
    pub manifest: String,
    #[serde(default)]
    pub version: i64,
    pub namespace: Option<String>,
    pub info: Option<Info>,
    pub hooks: Option<Vec<Hook>>,
    /// The values that were given.
    pub config: Option<Value>,
    pub chart: Option<Chart>,
}

#[derive(Deserialize)]
pub(super) struct Info {
    pub status: Option<String>,
    pub last_deployed: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Hook {
    pub manifest: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Chart {
    pub metadata: Option<ChartMetadata>,
    /// The defaults.
    pub values: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct ChartMetadata {
    pub name: Option<String>,
}

/// Reads the text of `data.release`.
pub(super) fn decode(storage: Storage, text: &str) -> Result<Release, ReleaseError> {
    let mut bytes = from_base64(text.as_bytes())?;
    if storage == Storage::Secret {
        bytes = from_base64(&bytes)?;
    }
    if bytes.starts_with(GZIP) {
        bytes = unpack(&bytes)?;
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| if error.is_data() { ReleaseError::NotARelease } else { ReleaseError::NotJson })
}

fn from_base64(text: &[u8]) -> Result<Vec<u8>, ReleaseError> {
    STANDARD.decode(text.trim_ascii()).map_err(|_| ReleaseError::NotBase64)
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, ReleaseError> {
    let mut bytes = Vec::new();
    // One byte more than is allowed is enough to see that it is too much.
    MultiGzDecoder::new(packed).take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|error| {
        if error.kind() == ErrorKind::UnexpectedEof { ReleaseError::CutOff } else { ReleaseError::Damaged }
    })?;
    if bytes.len() > LARGEST { Err(ReleaseError::TooLarge) } else { Ok(bytes) }
}
