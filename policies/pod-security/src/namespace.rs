//! Whether OpenShift gives the pods their users and groups.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Known, Request, ResourceType, cluster};

pub(crate) const NAMESPACE: ResourceType = ResourceType::new("v1", "Namespace");

/// What OpenShift writes on each namespace (`openshift.io/sa.scc.uid-range` and others): the ranges
/// from which its pods get their users and groups. Others are refused.
const RANGES: &str = "openshift.io/sa.scc.";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Namespace {
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    annotations: Option<BTreeMap<String, String>>,
}

/// Namespaces that every OpenShift has, and OpenShift for small devices too. They tell it also before
/// the ranges are written on a namespace that was made a moment ago.
const ITS_OWN: &[&str] = &["openshift", "openshift-service-ca"];

/// The platform, asked for only if it matters.
pub(crate) struct Platform<'a> {
    namespace: Option<&'a str>,
    has_ranges: OnceCell<Known>,
}

impl<'a> Platform<'a> {
    pub(crate) fn of(request: &'a Request) -> Self {
        Self { namespace: request.object.namespace.as_deref(), has_ranges: OnceCell::new() }
    }

    /// Whether ranges are written on the namespace.
    pub(crate) fn has_ranges(&self) -> Known {
        *self.has_ranges.get_or_init(|| {
            let Some(name) = self.namespace else { return Known::Unknown };
            match cluster::get::<Namespace>(&NAMESPACE, name) {
                Known::Yes(namespace) => namespace.has_ranges().into(),
                Known::No => Known::No,
                Known::Unknown => Known::Unknown,
            }
        })
    }

    /// Whether it is OpenShift. What nobody can say may be: a group that is written would be refused.
    pub(crate) fn is_openshift(&self) -> Known {
        if self.has_ranges().is_yes() {
            return Known::Yes(());
        }
        let mut answer = Known::No;
        for name in ITS_OWN {
            match cluster::exists(&NAMESPACE, name) {
                Known::Yes(()) => return Known::Yes(()),
                Known::No => {}
                Known::Unknown => answer = Known::Unknown,
            }
        }
        answer
    }
}

impl Namespace {
    fn has_ranges(&self) -> bool {
        self.metadata.annotations.iter().flatten().any(|(name, _)| name.starts_with(RANGES))
    }
}
