//! Policies as a custom resource: what a file with a policy document says, kept by the API server.

#![allow(clippy::duplicated_attributes, reason = "columns of one type are no duplicates")]

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::status::ClusterPolicyStatus;
use crate::policy::PolicySpec;

/// What a policy's object says: a policy document's `spec`.
#[derive(Debug, Clone, Serialize, Deserialize, CustomResource, JsonSchema)]
#[kube(
    group = "tidegate.dev",
    version = "v1alpha1",
    kind = "ClusterPolicy",
    plural = "clusterpolicies",
    shortname = "tgpol",
    category = "tidegate",
    status = "ClusterPolicyStatus",
    doc = "A policy of the gate: where its code is, what it judges, and what is done with what it finds. It replaces \
           the built-in policy of the same name, and is followed while the gate runs.",
    printcolumn(name = "Action", type_ = "string", json_path = ".spec.action"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].reason"#),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Module", type_ = "string", json_path = ".spec.module", priority = "1"),
    printcolumn(name = "Digest", type_ = "string", json_path = ".status.digest", priority = "1")
)]
#[serde(transparent)]
pub struct ClusterPolicySpec(pub PolicySpec);
