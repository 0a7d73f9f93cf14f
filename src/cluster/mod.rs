//! What policies may read of a live cluster.

mod live;
mod storage_classes;

#[cfg(test)]
mod tests;

pub use live::LiveCluster;
