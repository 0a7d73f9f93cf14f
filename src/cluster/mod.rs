//! What may be read of a live cluster: by policies, one question at a time, and by audits, as lists.

mod api_server;
mod bounded;
mod discovery;
mod listing;
mod live;
mod pages;
mod snapshot;
mod storage_classes;
mod types;
mod unlisted;

#[cfg(test)]
mod tests;

pub use discovery::discover;
pub use listing::{Extent, Listing, Wanted};
pub use live::LiveCluster;
pub use snapshot::Snapshot;
pub use types::{ServedType, TypeError, Types, resource_name};
pub use unlisted::Unlisted;
