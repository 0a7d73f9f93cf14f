//! Exceptions from policies as a custom resource.

#![allow(clippy::duplicated_attributes, reason = "columns of one type are no duplicates")]

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::status::PolicyExceptionStatus;
use crate::policy::ExceptionSpec;

/// What an exception's object says: an exception document's `spec`.
#[derive(Debug, Clone, Serialize, Deserialize, CustomResource, JsonSchema)]
#[kube(
    group = "tidegate.dev",
    version = "v1alpha1",
    kind = "PolicyException",
    plural = "policyexceptions",
    namespaced,
    shortname = "tgex",
    category = "tidegate",
    status = "PolicyExceptionStatus",
    doc = "An exception from rules of the gate's policies, for objects of its own namespace, with a reason and an end.",
    printcolumn(name = "Rules", type_ = "string", json_path = ".spec.rules"),
    printcolumn(name = "Expires", type_ = "string", json_path = ".spec.expires"),
    printcolumn(name = "Active", type_ = "string", json_path = r#".status.conditions[?(@.type=="Active")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = ".spec.reason"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(transparent)]
pub struct PolicyExceptionSpec(pub ExceptionSpec);
