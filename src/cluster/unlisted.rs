//! Why some objects of a cluster could not be listed, and the way out.

use std::time::Duration;

use kube::core::Status;

use crate::lookup::ResourceType;

/// Objects that could not be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// Their kind; none if it is about more than one.
    pub kind: Option<String>,
    /// Which: `Secret objects of all namespaces`.
    pub what: String,
    /// Why not; holds nothing of an object.
    pub reason: String,
    /// What can be done about it.
    pub way_out: Option<&'static str>,
}

/// An answer that is not the list.
pub(super) enum Why {
    /// The API server refuses it.
    Refused {
        status: Box<Status>,
        /// With what the list can go on all the same.
        next: Option<String>,
    },
    /// Nobody answers, in the words of the library.
    Unreachable(String),
    /// There is no answer in time.
    TooLate(Duration),
    /// The answer is no list.
    Unusable,
}

impl Why {
    pub(super) fn of(status: Box<Status>) -> Self {
        let metadata = status.metadata.as_ref().filter(|_| status.code == 410);
        let next = metadata.and_then(|metadata| metadata.continue_.clone()).filter(|token| !token.is_empty());
        Self::Refused { status, next }
    }

    fn words(self) -> (String, Option<&'static str>) {
        match self {
            Self::Refused { status, .. } if status.is_forbidden() => (
                "this account may not list them".to_owned(),
                Some("audit with an account that has the verb list for them, or name the namespaces that it may read"),
            ),
            Self::Refused { status, .. } if status.code == 401 => (
                "the API server does not know who asks".to_owned(),
                Some("kubectl auth whoami says whether the kubeconfig and its context can be used"),
            ),
            Self::Refused { status, .. } if status.code == 404 => {
                ("the API server does not serve them".to_owned(), None)
            }
            Self::Refused { status, .. } => (
                format!("the API server answered {}", status.code),
                Some("it may be busy: audit again, or one namespace at a time"),
            ),
            Self::Unreachable(cause) => (
                format!("the API server cannot be reached ({cause}), and nothing more was asked for"),
                Some("kubectl version says whether the kubeconfig and its context can be used"),
            ),
            Self::TooLate(limit) => (
                format!("the API server did not answer within {} s", limit.as_secs()),
                Some("it may be busy: audit again, or one namespace at a time"),
            ),
            Self::Unusable => ("the API server's answer is no list of them".to_owned(), None),
        }
    }
}

impl Unlisted {
    pub(super) fn of(kind: &ResourceType, namespace: Option<&str>, why: Why) -> Self {
        let is_about_all = matches!(why, Why::Unreachable(_));
        let (reason, way_out) = why.words();
        if is_about_all {
            return Self { kind: None, what: "the cluster".to_owned(), reason, way_out };
        }
        let whose = match namespace {
            Some(namespace) => format!(" in namespace {namespace}"),
            None if kind.is_cluster_scoped() => String::new(),
            None => " in all namespaces".to_owned(),
        };
        let what = format!("{} objects{whose}", kind.kind);
        Self { kind: Some(kind.kind.clone()), what, reason, way_out }
    }

    pub(super) fn no_namespace(name: &str) -> Self {
        Self {
            kind: None,
            what: format!("namespace {name}"),
            reason: "there is no such namespace".to_owned(),
            way_out: Some("kubectl get namespaces lists those that there are"),
        }
    }
}
