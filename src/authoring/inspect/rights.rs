//! The rights that the gate needs in a cluster, to ask what a policy asks it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Inspection;
use crate::cluster;

/// A ClusterRole, and what binds it to the gate's account in this namespace, which is called as `webhook-deploy/` calls
/// it; only a comment if it reads nothing.
pub fn rights(inspection: &Inspection, gate_namespace: &str) -> String {
    let name = &inspection.name;
    if inspection.reads.is_empty() {
        return format!("# {name} reads nothing of the cluster: the gate needs no right for it.\n");
    }
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut notes = String::new();
    for read in &inspection.reads {
        match cluster::resource_name(read) {
            Ok((group, resource)) if group.is_empty() && resource == "secrets" => notes.push_str(
                "# Of Secrets it can ask only whether one is there, which tidegate's own role lets it see.\n",
            ),
            Ok((group, resource)) => groups.entry(group).or_default().push(resource),
            Err(unavailable) => {
                // Writing into a text cannot fail.
                let _ = writeln!(notes, "# {} {}: {unavailable}.", read.api_version, read.kind);
            }
        }
    }
    if groups.is_empty() {
        return notes;
    }
    let mut text = format!(
        "{notes}# What tidegate has to be allowed to read for the policy {name}. The resources' names follow from the kinds,\n\
         # as the gate asks for them; `kubectl api-resources` shows what the cluster calls them.\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: tidegate-policy-{name}\nrules:\n"
    );
    for (group, mut resources) in groups {
        resources.sort();
        resources.dedup();
        let group = if group.is_empty() { "\"\"".to_owned() } else { group };
        let _ = writeln!(
            text,
            "  - apiGroups: [{group}]\n    resources: [{}]\n    verbs: [get, list]",
            resources.join(", ")
        );
    }
    let _ = write!(
        text,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  \
         name: tidegate-policy-{name}\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  \
         name: tidegate-policy-{name}\nsubjects:\n  - kind: ServiceAccount\n    namespace: {gate_namespace}\n    \
         name: tidegate\n"
    );
    text
}
