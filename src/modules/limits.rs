//! How much may come in, and how long it may take.

use std::time::Duration;

/// Bounds for everything that is fetched.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest component, in bytes.
    pub component: u64,
    /// How long a connection may take to stand, TLS included.
    pub connect: Duration,
    /// How long nothing may come in.
    pub silence: Duration,
    /// How long one document's code may take in all, repeated attempts included.
    pub whole: Duration,
}

impl Limits {
    /// What is usual, for components of so many bytes: half a megabyte a second is enough for the largest.
    pub fn of_component(bytes: u64) -> Self {
        Self {
            component: bytes,
            connect: Duration::from_secs(5),
            silence: Duration::from_secs(15),
            whole: Duration::from_mins(2),
        }
    }
}
