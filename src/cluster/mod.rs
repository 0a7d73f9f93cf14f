//! What policies may read of a live cluster.

mod live;
mod storage_classes;

pub use live::LiveCluster;
