//! As whom a container runs, by what the pod says.

use serde::Deserialize;
use tidegate_policy::{Container, Workload, raw};

/// A securityContext, of a pod or of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Context {
    pub(crate) run_as_user: Option<i64>,
    pub(crate) run_as_group: Option<i64>,
    pub(crate) run_as_non_root: Option<bool>,
    pub(crate) fs_group: Option<i64>,
    pub(crate) fs_group_change_policy: Option<String>,
}

/// What the pod says for all its containers.
pub(crate) struct Pod {
    pub(crate) context: Context,
    /// Where it says so; the pod's spec if it says nothing.
    pub(crate) at: String,
}

/// As whom a container runs, as far as that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As root.
    Root,
    /// As this user, who is not root.
    User(i64),
    /// As whomever the image says, who must not be root.
    NotRoot,
    /// As whomever the image says.
    Nothing,
}

impl Pod {
    pub(crate) fn of(workload: &Workload) -> Self {
        let at = workload.pod_spec_path(["securityContext"]);
        match raw::at(&at) {
            Some(context) => Self { context, at },
            None => Self { context: Context::default(), at: workload.pod_spec.clone() },
        }
    }

    /// The container's own context, with the pod's where it says nothing.
    pub(crate) fn context_of(&self, container: &Container) -> Context {
        raw::at::<Context>(&container.path(["securityContext"])).unwrap_or_default().over(&self.context)
    }
}

impl Context {
    fn over(self, pod: &Self) -> Self {
        Self {
            run_as_user: self.run_as_user.or(pod.run_as_user),
            run_as_group: self.run_as_group.or(pod.run_as_group),
            run_as_non_root: self.run_as_non_root.or(pod.run_as_non_root),
            ..pod.clone()
        }
    }

    /// As whom it makes a container run.
    pub(crate) fn written(&self) -> Written {
        match self.run_as_user {
            Some(0) => Written::Root,
            Some(user) => Written::User(user),
            None if self.run_as_non_root == Some(true) => Written::NotRoot,
            None => Written::Nothing,
        }
    }
}

/// Whether a container runs as long as the pod does.
pub(crate) fn stays(container: &Container) -> bool {
    matches!(container.placement.as_str(), "container" | "sidecar")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_policy::json;

    #[test]
    fn the_container_counts_before_the_pod() {
        let context = |json| Context::deserialize::<tidegate_policy::Value>(json).unwrap();
        for (container, pod, expected) in [
            (json!({}), json!({}), Written::Nothing),
            (json!({}), json!({ "runAsUser": 999 }), Written::User(999)),
            (json!({ "runAsUser": 0 }), json!({ "runAsUser": 999 }), Written::Root),
            (json!({ "runAsUser": 999 }), json!({ "runAsUser": 0 }), Written::User(999)),
            (json!({}), json!({ "runAsNonRoot": true }), Written::NotRoot),
            (json!({ "runAsNonRoot": false }), json!({ "runAsNonRoot": true }), Written::Nothing),
        ] {
            let text = format!("{container} {pod}");
            assert_eq!(context(container).over(&context(pod)).written(), expected, "{text}");
        }
    }
}
