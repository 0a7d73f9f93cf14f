//! Which resources a cluster has: how the API server calls the kinds that policies name, and which of them are ever
//! sent to the gate.

mod kubernetes;

use std::collections::BTreeMap;

/// What holds objects that are written all the time by Kubernetes itself, that are no objects but questions, or by
/// which the gate could shut itself out. None of it is ever sent.
///
/// The API server would not send webhook configurations either (apiserver, `exemptAdmissionConfigurationResource`).
const NEVER_SENT: &[&str] = &[
    "admissionregistration.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "coordination.k8s.io",
    "events.k8s.io",
    // Reports on what is found: the gate itself writes them.
    "openreports.io",
    "wgpolicyk8s.io",
    // The gate's own.
    "tidegate.dev",
];
/// The same in the first group, which has other kinds too.
const NEVER_SENT_CORE: &[&str] = &["Binding", "ComponentStatus", "Event"];

/// What nodes, controllers and the API server itself make for the cluster to go on: groups, and their kinds, all of
/// them if none is named.
const NEVER_WAITING: &[(&str, &[&str])] = &[
    ("", &["Endpoints", "Node", "ServiceAccount"]),
    ("apiextensions.k8s.io", &[]),
    ("apiregistration.k8s.io", &[]),
    ("apps", &["ControllerRevision"]),
    ("certificates.k8s.io", &[]),
    ("discovery.k8s.io", &[]),
    ("flowcontrol.apiserver.k8s.io", &[]),
    ("node.k8s.io", &[]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("scheduling.k8s.io", &[]),
    ("storage.k8s.io", &["CSINode", "CSIStorageCapacity", "VolumeAttachment"]),
];

/// How the API server calls a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The group, empty for Kubernetes' first one.
    pub group: String,
    /// The version that is sent; others are converted to it.
    pub version: String,
    /// For instance `Ingress`.
    pub kind: String,
    /// For instance `ingresses`.
    pub plural: String,
    /// Whether its objects are in namespaces.
    pub is_namespaced: bool,
}

impl Resource {
    /// For instance `networking.k8s.io/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether its objects may wait for a gate that does not answer. Without those that may not, a cluster gets no node
    /// on which a gate could run again.
    pub fn may_wait(&self) -> bool {
        let (group, kind) = (self.group.as_str(), self.kind.as_str());
        !NEVER_WAITING.iter().any(|(own, kinds)| *own == group && (kinds.is_empty() || kinds.contains(&kind)))
    }

    /// Whether its objects may be sent to the gate at all.
    pub fn is_sent(&self) -> bool {
        let (never, own) =
            if self.group.is_empty() { (NEVER_SENT_CORE, &self.kind) } else { (NEVER_SENT, &self.group) };
        !never.contains(&own.as_str())
    }
}

/// The resources that there are, in the order of their groups and names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources(BTreeMap<(String, String), Resource>);

impl Resources {
    /// Kubernetes' own, as every cluster has them.
    pub fn of_kubernetes() -> Self {
        kubernetes::resources(|_, _| true).collect()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.0.values()
    }

    /// The resource of a group and a plural.
    pub fn get(&self, group: &str, plural: &str) -> Option<&Resource> {
        self.0.get(&(group.to_owned(), plural.to_owned()))
    }
}

/// Kubernetes' own resource of a kind; none if it has none of that kind in the group.
pub fn of_kubernetes(group: &str, kind: &str) -> Option<Resource> {
    kubernetes::resources(|own_group, own| own_group == group && own == kind).next()
}

impl FromIterator<Resource> for Resources {
    fn from_iter<T: IntoIterator<Item = Resource>>(resources: T) -> Self {
        let mut all = Self::default();
        all.extend(resources);
        all
    }
}

impl Extend<Resource> for Resources {
    /// What is known already is taken as it is told now.
    fn extend<T: IntoIterator<Item = Resource>>(&mut self, resources: T) {
        let named = |resource: Resource| ((resource.group.clone(), resource.plural.clone()), resource);
        self.0.extend(resources.into_iter().map(named));
    }
}

impl IntoIterator for Resources {
    type Item = Resource;
    type IntoIter = std::collections::btree_map::IntoValues<(String, String), Resource>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}
