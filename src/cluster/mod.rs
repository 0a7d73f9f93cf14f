//! What may be read of a live cluster: by policies, one question at a time, and by audits, as lists.

mod api_server;
mod listing;
mod live;
mod pages;
mod snapshot;
mod storage_classes;
mod unlisted;

#[cfg(test)]
mod tests;

pub use api_server::resource_name;
pub use listing::{Extent, Listing, Wanted};
pub use live::LiveCluster;
pub use snapshot::Snapshot;
pub use unlisted::Unlisted;
