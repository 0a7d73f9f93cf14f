//! Whether the gate wants requests, as `/readyz` says it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const STARTING: u8 = 0;
const READY: u8 = 1;
const STOPPING: u8 = 2;

/// Whether the gate wants requests. It does not depend on the API server: that would take the gate
/// away from all when one of them is in trouble.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicU8>);

impl Readiness {
    /// Policies are loaded and connections are accepted.
    pub fn set_ready(&self) {
        self.0.store(READY, Ordering::Release);
    }

    /// No new requests should come; those that come all the same are still answered.
    pub fn set_stopping(&self) {
        self.0.store(STOPPING, Ordering::Release);
    }

    /// Why no requests are wanted.
    ///
    /// # Errors
    /// A sentence for whoever asks `/readyz`.
    pub fn check(&self) -> Result<(), &'static str> {
        match self.0.load(Ordering::Acquire) {
            READY => Ok(()),
            STARTING => Err("starting: the policies are not all in force yet"),
            _ => Err("shutting down"),
        }
    }
}
