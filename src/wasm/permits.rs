//! Lets at most so many reviews run at once as the pool has instances for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of places, taken and given back.
pub(super) struct Permits {
    free: Mutex<u32>,
    returned: Condvar,
}

/// A place that is taken until this is dropped.
pub(super) struct Permit<'a>(&'a Permits);

impl Permits {
    pub(super) fn new(places: u32) -> Self {
        Self { free: Mutex::new(places), returned: Condvar::new() }
    }

    /// Waits for a place. Every review ends by its deadline, so the wait ends too.
    pub(super) fn take(&self) -> Permit<'_> {
        let mut free = self.free();
        while *free == 0 {
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Permit(self)
    }

    fn free(&self) -> MutexGuard<'_, u32> {
        // A counter cannot be left half-changed: a panic elsewhere does no harm to it.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.returned.notify_one();
    }
}
