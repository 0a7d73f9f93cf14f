//! Why some objects of a cluster could not be listed, and the way out.

use std::time::Duration;

use kube::core::Status;

use super::pages::Choice;

/// Objects that could not be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// Their kind; none if it is about more than one.
    pub kind: Option<String>,
    /// Which: `Secret objects in all namespaces`.
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
    /// The API server has no such type.
    NotServed,
    /// Nobody answers, in the words of the library.
    Unreachable(String),
    /// There is no answer in time.
    TooLate(Duration),
    /// The answer is no list.
    Unusable,
    /// Whoever asked does not wait any longer.
    Stopped,
}

const BUSY: Option<&str> = Some("it may be busy: audit again, or one namespace at a time");

impl Why {
    pub(super) fn of(status: Box<Status>) -> Self {
        let metadata = status.metadata.as_ref().filter(|_| status.code == 410);
        let next = metadata.and_then(|metadata| metadata.continue_.clone()).filter(|token| !token.is_empty());
        Self::Refused { status, next }
    }

    /// Whether every other list would come to the same.
    pub(super) fn is_about_all(&self, has_selector: bool) -> bool {
        match self {
            Self::Unreachable(_) | Self::Stopped => true,
            Self::Refused { status, .. } => status.code == 401 || (has_selector && status.code == 400),
            Self::NotServed | Self::TooLate(_) | Self::Unusable => false,
        }
    }
}

impl Unlisted {
    pub(super) fn of(choice: &Choice<'_>, why: Why) -> Self {
        let kind = &choice.kind.kind;
        let whose = match choice.namespace {
            Some(namespace) => format!(" in namespace {namespace}"),
            None if choice.is_cluster_scoped => String::new(),
            None => " in all namespaces".to_owned(),
        };
        let what = format!("{kind} objects{whose}");
        let the_cluster = || "the cluster".to_owned();
        let own = (!why.is_about_all(choice.labels.is_some())).then(|| kind.clone());
        let (what, reason, way_out) = match why {
            Why::Refused { status, .. } if status.is_forbidden() => {
                let could_be_less = choice.namespace.is_none() && !choice.is_cluster_scoped;
                (what, "this account may not list them".to_owned(), Some(if could_be_less { LESS } else { RIGHTS }))
            }
            Why::Refused { status, .. } if status.code == 401 => (
                the_cluster(),
                "the API server does not know who asks".to_owned(),
                Some("kubectl auth whoami says whether the kubeconfig and its context can be used"),
            ),
            Why::NotServed => (what, NOT_SERVED.to_owned(), None),
            Why::Refused { status, .. } if status.code == 404 => (what, NOT_SERVED.to_owned(), None),
            Why::Refused { status, .. } if status.code == 400 && choice.labels.is_some() => (
                format!("the selector {}", choice.labels.unwrap_or_default()),
                "the API server does not understand it".to_owned(),
                Some("write it as for kubectl get -l: app=mysql,tier!=test, or 'tier in (a, b)'"),
            ),
            Why::Refused { status, .. } => (what, format!("the API server answered {}", status.code), BUSY),
            Why::Unreachable(cause) => (
                the_cluster(),
                format!("the API server cannot be reached ({cause}), and nothing more was asked for"),
                Some("kubectl version says whether the kubeconfig and its context can be used"),
            ),
            Why::TooLate(limit) => (what, format!("the API server did not answer within {} s", limit.as_secs()), BUSY),
            Why::Unusable => (what, "the API server's answer is no list of them".to_owned(), None),
            Why::Stopped => (the_cluster(), format!("stopped before all was listed: {what}, and what follows"), None),
        };
        Self { kind: own, what, reason, way_out }
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

const NOT_SERVED: &str = "the API server does not serve them";
/// For whoever may not list something everywhere.
const LESS: &str = "audit with an account that has the verb list for them, or name the namespaces that it may read";
/// For whoever asked for no more than was necessary.
const RIGHTS: &str =
    "audit with an account that has the verb list for them: kubectl auth can-i --list says what this one may do";
