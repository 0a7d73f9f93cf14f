//! Why the API server does not give what is asked of it, and the way out. Nothing of an object is quoted.

use kube::Error;
use kube::runtime::watcher;

/// What the API server said, as far as somebody can act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// It knows no such kind.
    NotInstalled,
    /// The gate's account may not; its words name the account, the right and the kind.
    Forbidden(String),
    /// It answered with this code.
    Answered(u16),
    /// It did not answer.
    Unreachable,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Api(status) if status.is_forbidden() => Self::Forbidden(status.message.clone()),
            Error::Api(status) if status.code == 404 => Self::NotInstalled,
            Error::Api(status) => Self::Answered(status.code),
            _ => Self::Unreachable,
        }
    }
}

impl From<&watcher::Error> for Problem {
    fn from(error: &watcher::Error) -> Self {
        match error {
            watcher::Error::InitialListFailed(error)
            | watcher::Error::WatchStartFailed(error)
            | watcher::Error::WatchFailed(error) => Self::from(error),
            watcher::Error::WatchError(status) => Self::Answered(status.code),
            watcher::Error::NoResourceVersion => Self::Unreachable,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotInstalled => out.write_str("the API server knows no such kind (see webhook-deploy/05-crds.yaml)"),
            Self::Forbidden(words) => write!(out, "{words} (see webhook-deploy/20-rbac.yaml)"),
            Self::Answered(code) => write!(out, "the API server answered {code}"),
            Self::Unreachable => out.write_str("the API server cannot be reached"),
        }
    }
}

/// What the log was told last of one thing: each problem is told once, until it is over.
#[derive(Default)]
pub(super) struct Told(Option<Problem>);

impl Told {
    /// Tells a new problem by `warn`; that it is over needs no line.
    pub(super) fn tell(&mut self, problem: Option<Problem>, warn: impl FnOnce(&Problem)) {
        if let Some(problem) = problem.as_ref().filter(|problem| self.0.as_ref() != Some(problem)) {
            warn(problem);
        }
        self.0 = problem;
    }
}
