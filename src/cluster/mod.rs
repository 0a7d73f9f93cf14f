//! What may be read of a live cluster: by policies, one question at a time, and by audits, as lists.

mod listing;
mod live;
mod storage_classes;
mod unlisted;

#[cfg(test)]
mod tests;

pub use listing::{Listing, Wanted};
pub use live::LiveCluster;
pub use unlisted::Unlisted;
