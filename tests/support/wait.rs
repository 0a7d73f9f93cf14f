//! Waiting for something to become true, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// How long to rest between two looks. Most look by kubectl, which takes a tenth of a second of a processor.
const PAUSE: Duration = Duration::from_millis(150);

/// Looks until `look` finds something, and gives up when the time is over.
pub(crate) fn poll<T>(within: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(PAUSE);
    }
}

/// Like [`poll`], but panics with `what` was awaited when the time is over.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, within: Duration, look: impl FnMut() -> Option<T>) -> T {
    match poll(within, look) {
        Some(found) => found,
        None => panic!("waited {within:?} in vain for: {what}"),
    }
}
