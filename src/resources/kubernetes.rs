//! The resources that Kubernetes itself has, for those who have no cluster to ask.
//!
//! Those that can be created or updated, in the version that is stable (`k8s.io/api`); a test holds them against an
//! API server.

use super::Resource;

/// A kind with its plural.
type Kind = (&'static str, &'static str);

/// Group and version, whether its objects have namespaces, and kinds.
const KINDS: &[(&str, &str, bool, &[Kind])] = &[
    (
        "",
        "v1",
        true,
        &[
            ("ConfigMap", "configmaps"),
            ("Endpoints", "endpoints"),
            ("Event", "events"),
            ("LimitRange", "limitranges"),
            ("PersistentVolumeClaim", "persistentvolumeclaims"),
            ("Pod", "pods"),
            ("PodTemplate", "podtemplates"),
            ("ReplicationController", "replicationcontrollers"),
            ("ResourceQuota", "resourcequotas"),
            ("Secret", "secrets"),
            ("Service", "services"),
            ("ServiceAccount", "serviceaccounts"),
        ],
    ),
    ("", "v1", false, &[("Namespace", "namespaces"), ("Node", "nodes"), ("PersistentVolume", "persistentvolumes")]),
    (
        "admissionregistration.k8s.io",
        "v1",
        false,
        &[
            ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
            ("ValidatingAdmissionPolicy", "validatingadmissionpolicies"),
            ("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings"),
            ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
        ],
    ),
    ("apiextensions.k8s.io", "v1", false, &[("CustomResourceDefinition", "customresourcedefinitions")]),
    ("apiregistration.k8s.io", "v1", false, &[("APIService", "apiservices")]),
    (
        "apps",
        "v1",
        true,
        &[
            ("ControllerRevision", "controllerrevisions"),
            ("DaemonSet", "daemonsets"),
            ("Deployment", "deployments"),
            ("ReplicaSet", "replicasets"),
            ("StatefulSet", "statefulsets"),
        ],
    ),
    ("autoscaling", "v2", true, &[("HorizontalPodAutoscaler", "horizontalpodautoscalers")]),
    ("batch", "v1", true, &[("CronJob", "cronjobs"), ("Job", "jobs")]),
    ("certificates.k8s.io", "v1", false, &[("CertificateSigningRequest", "certificatesigningrequests")]),
    ("coordination.k8s.io", "v1", true, &[("Lease", "leases")]),
    ("discovery.k8s.io", "v1", true, &[("EndpointSlice", "endpointslices")]),
    ("events.k8s.io", "v1", true, &[("Event", "events")]),
    (
        "flowcontrol.apiserver.k8s.io",
        "v1",
        false,
        &[("FlowSchema", "flowschemas"), ("PriorityLevelConfiguration", "prioritylevelconfigurations")],
    ),
    ("networking.k8s.io", "v1", true, &[("Ingress", "ingresses"), ("NetworkPolicy", "networkpolicies")]),
    ("networking.k8s.io", "v1", false, &[("IngressClass", "ingressclasses")]),
    ("node.k8s.io", "v1", false, &[("RuntimeClass", "runtimeclasses")]),
    ("policy", "v1", true, &[("PodDisruptionBudget", "poddisruptionbudgets")]),
    (
        "rbac.authorization.k8s.io",
        "v1",
        false,
        &[("ClusterRole", "clusterroles"), ("ClusterRoleBinding", "clusterrolebindings")],
    ),
    ("rbac.authorization.k8s.io", "v1", true, &[("Role", "roles"), ("RoleBinding", "rolebindings")]),
    ("scheduling.k8s.io", "v1", false, &[("PriorityClass", "priorityclasses")]),
    (
        "storage.k8s.io",
        "v1",
        false,
        &[
            ("CSIDriver", "csidrivers"),
            ("CSINode", "csinodes"),
            ("StorageClass", "storageclasses"),
            ("VolumeAttachment", "volumeattachments"),
        ],
    ),
    ("storage.k8s.io", "v1", true, &[("CSIStorageCapacity", "csistoragecapacities")]),
];

/// Those that are wanted.
pub(super) fn resources(wanted: impl Fn(&str, &str) -> bool) -> impl Iterator<Item = Resource> {
    let all = KINDS.iter().flat_map(|(group, version, is_namespaced, kinds)| {
        kinds.iter().map(move |(kind, plural)| (*group, *version, *is_namespaced, *kind, *plural))
    });
    all.filter(move |(group, _, _, kind, _)| wanted(group, kind)).map(
        |(group, version, is_namespaced, kind, plural)| Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            plural: plural.to_owned(),
            is_namespaced,
        },
    )
}
