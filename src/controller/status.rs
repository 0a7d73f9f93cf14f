//! The status of a policy's and of an exception's object, field by field. The custom resources' schemas are made of
//! these types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of a policy, on all replicas of the gate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterPolicyStatus {
    /// The generation that every replica has seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`: whether the policy is in force as this document says. `Sent`, for a policy on everything: whether the
    /// API server sends what it judges.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// `sha256:…` of the component in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What the tag in `spec.module` of the version in force stood for when that was loaded. Every replica takes this
    /// very code, and a tag that is moved changes nothing until the document does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    /// The generation whose tag stands for what `resolved` says; an earlier one if what is in force is the last good
    /// version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_generation: Option<i64>,
    /// The rules of the component in force.
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub rules: Vec<String>,
    /// The replicas of the gate, and what each has in force.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub replicas: Vec<ReplicaStatus>,
}

/// One aspect of the policy's state, in the form that Kubernetes gives to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Which aspect: `Ready`, `Sent`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Whether it is so.
    pub status: ConditionStatus,
    /// The generation that this was said of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// When `status` changed last.
    #[schemars(extend("format" = "date-time"))]
    pub last_transition_time: String,
    /// Why, in one word.
    pub reason: String,
    /// Why, and the way out.
    pub message: String,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ConditionStatus {
    /// It does.
    True,
    /// It does not.
    False,
    /// Nobody can say.
    Unknown,
}

/// What one replica of the gate has in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaStatus {
    /// Its name.
    pub name: String,
    /// The revision of its whole set of policies: replicas with the same one judge alike.
    pub revision: String,
    /// Whether this policy is in force there as its document says.
    pub ready: bool,
    /// The generation that it has seen.
    pub observed_generation: i64,
}

/// Whether an exception holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyExceptionStatus {
    /// The generation that this was said of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Active`: whether the exception holds.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// The condition that says whether a policy is in force.
pub(super) const READY: &str = "Ready";
/// The condition that says whether an exception holds.
pub(super) const ACTIVE: &str = "Active";

impl ClusterPolicyStatus {
    /// The condition `Ready`, if it was said already.
    pub fn ready(&self) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.type_ == READY)
    }
}
