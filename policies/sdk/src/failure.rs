//! Mistakes of a policy that show while it judges: kept here, so that its code need not carry a
//! `Result` through, and given to the host as the review's error afterwards.

use std::cell::RefCell;

thread_local! {
    static FIRST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the first mistake.
pub(crate) fn record(text: impl FnOnce() -> String) {
    FIRST.with_borrow_mut(|first| {
        first.get_or_insert_with(text);
    });
}

/// The mistake, if there was one.
pub(crate) fn take() -> Option<String> {
    FIRST.take()
}
