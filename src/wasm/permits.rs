//! A number of places that are taken and given back, such as those that the pool has for instances.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A number of places. Copies share them.
#[derive(Clone)]
pub(super) struct Permits(Arc<Places>);

struct Places {
    total: u32,
    free: Mutex<u32>,
    returned: Condvar,
}

/// A place that is taken until this is dropped.
pub(super) struct Permit(Permits);

impl Permits {
    pub(super) fn new(places: u32) -> Self {
        Self(Arc::new(Places { total: places, free: Mutex::new(places), returned: Condvar::new() }))
    }

    /// How many places there are, free or taken.
    pub(super) fn total(&self) -> u32 {
        self.0.total
    }

    /// Waits for a place. Whoever holds one gives it back: a review by its deadline.
    pub(super) fn take(&self) -> Permit {
        let mut free = self.free();
        while *free == 0 {
            free = self.0.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Permit(self.clone())
    }

    fn free(&self) -> MutexGuard<'_, u32> {
        // A counter cannot be left half-changed: a panic elsewhere does no harm to it.
        self.0.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.0.returned.notify_one();
    }
}
