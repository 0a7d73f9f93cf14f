//! How much is loaded at one time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::policy::{BUILTIN, FILE};

/// Loads of code that is elsewhere. Each may hold code of 64 MiB, and a registry that hangs holds one of them up for
/// two minutes. How many compile at once is another matter (`wasm::Runtime`).
const ELSEWHERE: usize = 6;
/// Loads of code that is here. Together with the others they are no more than the threads that `serve` has for loads:
/// those of reviews are not theirs.
const HERE: usize = 2;

/// Who may load. What needs no network does not wait for what does: a registry that is away keeps nothing else out of
/// force.
#[derive(Clone)]
pub(super) struct Permits {
    elsewhere: Arc<Semaphore>,
    here: Arc<Semaphore>,
}

impl Default for Permits {
    fn default() -> Self {
        Self { elsewhere: Arc::new(Semaphore::new(ELSEWHERE)), here: Arc::new(Semaphore::new(HERE)) }
    }
}

impl Permits {
    /// Waits until the code of `spec.module` may be loaded; the permit ends with what is returned. Without one only if
    /// nobody gives any more, which does not happen.
    pub(super) async fn acquire(&self, module: &str) -> Option<OwnedSemaphorePermit> {
        let is_here = module.starts_with(BUILTIN) || module.starts_with(FILE);
        let permits = if is_here { &self.here } else { &self.elsewhere };
        Arc::clone(permits).acquire_owned().await.ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn what_needs_no_network_does_not_wait_for_what_does() {
        let permits = Permits::default();
        let acquire = |module: &str| permits.acquire(module).now_or_never().map(Option::unwrap);
        let hanging: Vec<_> = (0..ELSEWHERE).map(|_| acquire("oci://away.example/p:1").unwrap()).collect();
        for (module, is_at_once) in [
            ("oci://registry.example/p:1", false),
            ("https://modules.example/p.wasm", false),
            ("configmap://shop/code/p.wasm", false),
            ("file:///p.wasm", true),
            ("builtin://probes", true),
        ] {
            assert_eq!(acquire(module).is_some(), is_at_once, "{module}");
        }
        drop(hanging);
        assert!(acquire("oci://registry.example/p:1").is_some());
        let local: Vec<_> = (0..HERE).map(|_| acquire("builtin://probes").unwrap()).collect();
        assert!(acquire("file:///p.wasm").is_none(), "reviews keep their threads");
        drop(local);
    }
}
