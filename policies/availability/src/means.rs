//! What keeps several servers up, apart and to themselves, and whether a workload has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Known, ResourceType, Selector, Value, Workload, cluster, pointer, raw};

pub(crate) const BUDGET: ResourceType = ResourceType::new("policy/v1", "PodDisruptionBudget");
pub(crate) const NETWORK_POLICY: ResourceType = ResourceType::new("networking.k8s.io/v1", "NetworkPolicy");

/// One of the means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub(crate) enum Means {
    /// A PodDisruptionBudget that selects the pods.
    PodDisruptionBudget,
    /// Anti-affinity or spread constraints.
    AntiAffinity,
    /// A NetworkPolicy that selects the pods and rules who may connect to them.
    NetworkPolicy,
}

/// A PodDisruptionBudget or a NetworkPolicy, as far as it matters here.
#[derive(Deserialize)]
struct Selecting {
    spec: Option<Spec>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    /// A budget's. None selects nothing (`policy/v1`).
    selector: Option<Selector>,
    /// A NetworkPolicy's. None is the same as an empty one, which selects everything.
    pod_selector: Option<Selector>,
    policy_types: Option<Vec<String>>,
}

impl Means {
    pub(crate) const ALL: &[Self] = &[Self::PodDisruptionBudget, Self::AntiAffinity, Self::NetworkPolicy];

    /// Whether the workload surely lacks it. What nobody can say is not missing.
    pub(crate) fn lacks(self, workload: &Workload) -> bool {
        match self {
            Self::PodDisruptionBudget => none_selects(&BUDGET, |budget| {
                budget.selector.as_ref().is_some_and(|selector| selector.selects(&workload.pod_labels))
            }),
            Self::NetworkPolicy => none_selects(&NETWORK_POLICY, |policy| {
                let rules_ingress =
                    policy.policy_types.as_ref().is_none_or(|types| types.iter().any(|kind| kind == "Ingress"));
                let selector = policy.pod_selector.as_ref();
                rules_ingress && selector.is_none_or(|selector| selector.selects(&workload.pod_labels))
            }),
            // Two servers with one port of the node cannot be on the same one.
            Self::AntiAffinity => !workload.host_network && !is_spread(workload),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PodDisruptionBudget => "PodDisruptionBudget",
            Self::AntiAffinity => "anti-affinity",
            Self::NetworkPolicy => "NetworkPolicy",
        }
    }

    /// What happens without it.
    pub(crate) fn consequence(self) -> &'static str {
        match self {
            Self::PodDisruptionBudget => "draining nodes may take all at once",
            Self::AntiAffinity => "one node may hold and lose all",
            Self::NetworkPolicy => "any pod may connect",
        }
    }

    /// What to add.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::PodDisruptionBudget => "a PodDisruptionBudget with maxUnavailable: 1 that selects the pods' labels",
            Self::AntiAffinity => "podAntiAffinity with topologyKey: kubernetes.io/hostname to the pod's affinity",
            Self::NetworkPolicy => "a NetworkPolicy that lets clients in to the server's port only",
        }
    }
}

fn none_selects(kind: &ResourceType, selects: impl Fn(&Spec) -> bool) -> bool {
    match cluster::find::<Selecting>(kind) {
        Known::Yes(objects) => !objects.iter().filter_map(|object| object.spec.as_ref()).any(selects),
        Known::No => true,
        Known::Unknown => false,
    }
}

/// Whether something spreads the pods over nodes or zones, strictly or if it can be.
fn is_spread(workload: &Workload) -> bool {
    let has_items = |steps: &[&str]| {
        let list: Option<Vec<Value>> = raw::at(&pointer::join(&workload.pod_spec, steps));
        list.is_some_and(|list| !list.is_empty())
    };
    let affinity = |when: &'static str| has_items(&["affinity", "podAntiAffinity", when]);
    affinity("requiredDuringSchedulingIgnoredDuringExecution")
        || affinity("preferredDuringSchedulingIgnoredDuringExecution")
        || has_items(&["topologySpreadConstraints"])
}
