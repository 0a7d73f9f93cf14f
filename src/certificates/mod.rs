//! The gate's own authority and certificate: made, kept in a Secret, renewed, and told to the API server.
//!
//! The Secret is of type `kubernetes.io/tls`. One that somebody else made, by hand or with cert-manager, is served as it
//! is and left alone. What is to be done is said by `plan`, which is pure; one replica does it (`keeper`), and all take
//! what the Secret holds.

mod authority;
mod bundle;
mod keeper;
mod kept;
mod plan;
mod problem;
mod secret;

pub use keeper::{Choice, Keeper};
pub use kept::KeptError;
pub use problem::Problem;

/// When a certificate ends: the first of a chain in PEM.
pub fn ends_at(chain: &str) -> Option<jiff::Timestamp> {
    kept::dates(chain).map(|dates| dates.until)
}

/// A certificate and its key, in PEM, to be served.
#[derive(Clone)]
pub struct Served {
    /// The chain.
    pub certificate: String,
    /// The private key.
    pub key: zeroize::Zeroizing<String>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
