//! What a policy document says, field by field. The custom resource's schema is made of these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::limit::ExceptionLimit;
use crate::lookup::ResourceType;

/// What is done with the findings of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// What can be repaired is repaired; the rest denies from severity high up and warns below.
    #[default]
    Fix,
    /// Every finding keeps the object out.
    Deny,
    /// Every finding is told to the author; the object passes.
    Warn,
    /// Every finding is recorded; the author is told nothing.
    Audit,
}

/// What happens to an object when the policy itself fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It stays out.
    #[default]
    Deny,
    /// It passes, and the log says so.
    Allow,
}

/// What becomes of objects while no gate answers, of kinds and objects that have nothing to do with MySQL. Those of
/// MySQL wait in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum FailurePolicy {
    /// They pass unjudged: a gate that is down stops nobody.
    #[default]
    Ignore,
    /// They are refused until a gate answers.
    Fail,
}

/// A policy on probation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rollout {
    /// In how many of a hundred namespaces it acts. Which ones follows from their names, so that every replica and
    /// every audit agrees; a larger share holds the smaller one.
    #[serde(default = "all")]
    #[schemars(range(min = 0, max = 100))]
    pub percent: u8,
    /// What it does where it does not act.
    #[serde(default)]
    pub elsewhere: Elsewhere,
}

/// What a policy does in namespaces in which it does not act yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Elsewhere {
    /// It judges, and what it would do is counted and logged; nothing of it reaches the object or its author.
    #[default]
    Shadow,
    /// Nothing.
    Off,
}

/// A Secret with credentials for a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PullSecret {
    /// Its name.
    pub name: String,
}

/// What a policy document says.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicySpec {
    /// Where the code is: `builtin://NAME`, `file://PATH`, `configmap://NAMESPACE/NAME/KEY`,
    /// `https://…` with `digest`, or `oci://REGISTRY/REPOSITORY` with a tag or `@sha256:…`.
    #[schemars(length(min = 1, max = 2048))]
    pub module: String,
    /// What the code must be, whatever is found at `module`: `sha256:…` of the component. Needed for `https://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^sha256:[0-9a-f]{64}$"))]
    pub digest: Option<String>,
    /// Secrets of the gate's namespace with credentials for the registry of an `oci://` module, of type
    /// `kubernetes.io/dockerconfigjson`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pull_secrets: Vec<PullSecret>,
    /// False switches the policy off.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What is done with its findings.
    #[serde(default)]
    pub action: Action,
    /// Which objects it judges; everything if it says nothing.
    #[serde(default, rename = "match")]
    pub matches: MatchSpec,
    /// What its code may read of the cluster. A built-in policy may read what it asks for; to any other
    /// nothing is granted that is not listed here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<ResourceType>,
    /// The policy's own settings, by its schema.
    #[serde(default)]
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub settings: Map<String, Value>,
    /// What happens if the policy itself fails.
    #[serde(default)]
    pub on_error: OnError,
    /// What happens to the objects that it judges while no gate answers.
    #[serde(default)]
    pub failure_policy: FailurePolicy,
    /// Where it acts yet; everywhere if it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// Up to which severity authors may except their objects by an annotation.
    #[serde(default)]
    pub exceptions: ExceptionLimit,
    /// How long one review may take, for instance `100ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]+(us|ms|s)$"))]
    pub timeout: Option<String>,
}

/// Which objects a policy judges. Every part that is there must agree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MatchSpec {
    /// Kinds, for instance `Deployment`, or `Certificate.cert-manager.io` where the group matters; empty: all that
    /// the policy's code judges.
    #[schemars(length(max = 1000), inner(length(max = 320)))]
    pub kinds: Vec<String>,
    /// Namespaces, `*` and `?` allowed; empty: all.
    #[schemars(length(max = 1000), inner(length(max = 253)))]
    pub namespaces: Vec<String>,
    /// Labels that the namespace must have.
    pub namespace_selector: Option<LabelSelector>,
    /// Labels that the object must have.
    pub object_selector: Option<LabelSelector>,
    /// What is left out although the rest agrees.
    pub exclude: Exclude,
}

/// What is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Exclude {
    /// Kinds.
    #[schemars(length(max = 1000), inner(length(max = 320)))]
    pub kinds: Vec<String>,
    /// Namespaces, `*` and `?` allowed.
    #[schemars(length(max = 1000), inner(length(max = 253)))]
    pub namespaces: Vec<String>,
    /// Names of objects, `*` and `?` allowed.
    #[schemars(length(max = 1000), inner(length(max = 253)))]
    pub names: Vec<String>,
}

/// A Kubernetes label selector.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LabelSelector {
    /// Labels that must be there with these values.
    pub match_labels: BTreeMap<String, String>,
    /// Further conditions.
    pub match_expressions: Vec<LabelRequirement>,
}

/// One condition of a label selector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelRequirement {
    /// The label.
    pub key: String,
    /// How it is compared.
    pub operator: LabelOperator,
    /// With what; empty for `Exists` and `DoesNotExist`.
    #[serde(default)]
    pub values: Vec<String>,
}

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LabelOperator {
    /// It has one of the values.
    In,
    /// It has none of the values, or is not there.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

fn all() -> u8 {
    100
}

fn yes() -> bool {
    true
}
