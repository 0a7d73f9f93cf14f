//! Documents as they are written: by hand, or as `kubectl get -o yaml` prints the objects that were made of them.
//!
//! What the API server has added there is passed over. Any other field that documents do not have is a slip, and is
//! told.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::{Metadata, PolicyDocument};
use super::exception::{ExceptionDocument, ExceptionSpec};
use super::spec::PolicySpec;

/// A document with this `spec`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Written<Spec> {
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: Spec,
    #[serde(default, rename = "status")]
    _status: IgnoredAny,
}

/// `metadata`, with what belongs to the API server and to controllers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrittenMetadata {
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(default, rename = "uid")]
    _uid: IgnoredAny,
    #[serde(default, rename = "generation")]
    _generation: IgnoredAny,
    #[serde(default, rename = "resourceVersion")]
    _resource_version: IgnoredAny,
    #[serde(default, rename = "creationTimestamp")]
    _creation_timestamp: IgnoredAny,
    #[serde(default, rename = "deletionTimestamp")]
    _deletion_timestamp: IgnoredAny,
    #[serde(default, rename = "deletionGracePeriodSeconds")]
    _deletion_grace_period_seconds: IgnoredAny,
    #[serde(default, rename = "finalizers")]
    _finalizers: IgnoredAny,
    #[serde(default, rename = "ownerReferences")]
    _owner_references: IgnoredAny,
    #[serde(default, rename = "managedFields")]
    _managed_fields: IgnoredAny,
    #[serde(default, rename = "selfLink")]
    _self_link: IgnoredAny,
}

impl From<WrittenMetadata> for Metadata {
    fn from(written: WrittenMetadata) -> Self {
        let WrittenMetadata { name, namespace, labels, annotations, .. } = written;
        Self { name, namespace, labels, annotations }
    }
}

impl From<Written<PolicySpec>> for PolicyDocument {
    fn from(written: Written<PolicySpec>) -> Self {
        let Written { api_version, kind, metadata, spec, .. } = written;
        Self { api_version, kind, metadata, spec }
    }
}

impl From<Written<ExceptionSpec>> for ExceptionDocument {
    fn from(written: Written<ExceptionSpec>) -> Self {
        let Written { api_version, kind, metadata, spec, .. } = written;
        Self { api_version, kind, metadata, spec }
    }
}
