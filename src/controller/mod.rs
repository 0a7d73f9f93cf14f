//! Policies as custom resources, followed while the gate runs.

mod definitions;
mod resource;
mod status;
mod validations;

pub use definitions::{definitions, definitions_yaml};
pub use resource::{ClusterPolicy, ClusterPolicySpec};
pub use status::{ClusterPolicyStatus, Condition, ConditionStatus, ReplicaStatus};
