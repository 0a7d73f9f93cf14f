//! Why objects cannot be applied, and the way out.

use std::fmt::Write as _;

/// Why they cannot.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The API server does not answer.
    #[error("the API server cannot be reached ({0}): is it the right context? kubectl config get-contexts shows them")]
    Unreachable(String),
    /// The account may not do all that has to be done.
    #[error("{}", missing_rights(.0))]
    Rights(Vec<Right>),
    /// The API server refuses what was asked of it.
    #[error("{object}: the API server says: {problem}")]
    Refused {
        /// `Deployment tidegate-system/tidegate`, or what was to be read.
        object: String,
        /// What the API server says.
        problem: String,
    },
}

/// A right that is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// The API group.
    pub group: String,
    /// The resources, in plural; `pods/exec` for a part of them.
    pub resource: String,
    /// The verb.
    pub verb: String,
    /// The namespace; none: cluster-wide.
    pub namespace: Option<String>,
    /// The one object; none: all of the kind.
    pub name: Option<String>,
}

fn missing_rights(rights: &[Right]) -> String {
    let mut text = "the account of this context may not do all that has to be done; it lacks:".to_owned();
    for right in rights {
        let wherever =
            right.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in namespace {namespace}"));
        let only = right.name.as_ref().map_or_else(String::new, |name| format!(", resourceNames: [{name}]"));
        let _ = write!(
            text,
            "\n- {{ apiGroups: [\"{}\"], resources: [{}]{only}, verbs: [{}] }}{wherever}",
            right.group, right.resource, right.verb
        );
    }
    text.push_str("\nAsk for these rules in a ClusterRole, or let somebody do it who has cluster-admin");
    text
}
