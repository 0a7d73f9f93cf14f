//! Why reports are not up to date, and the way out.

use kube::Error;
use kube::api::ApiResource;
use kube::core::Status;

use crate::audit::InputProblem;
use crate::cluster::Unlisted;

/// Why reports, or some of them, are not up to date. It quotes nothing of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) words: String,
    /// Whether it may be over in a moment.
    pub(super) is_passing: bool,
}

impl Problem {
    fn lasting(words: String) -> Self {
        Self { words, is_passing: false }
    }

    pub(super) fn no_answer() -> Self {
        Self { words: "the API server did not answer in time".to_owned(), is_passing: true }
    }

    /// The Lease cannot be had.
    pub(super) fn of_lease(error: Error) -> Self {
        Self::of(error, None)
    }

    /// The API server does not tell which resources it has.
    pub(super) fn of_discovery(error: Error) -> Self {
        Self::of(error, None)
    }

    /// A report cannot be read or written.
    pub(super) fn of_report(error: Error, resource: &ApiResource) -> Self {
        Self::of(error, Some(resource))
    }

    /// Some objects could not be listed.
    pub(super) fn of_unlisted(unlisted: &Unlisted) -> Self {
        let Unlisted { kind, what, reason, .. } = unlisted;
        let words = format!(
            "{what}: {reason}, so what was reported of them stays as it is (webhook-deploy/25-rbac-reports.yaml has the \
             rights)"
        );
        // What is about no kind is about the API server as a whole.
        Self { words, is_passing: kind.is_none() }
    }

    /// An object could not be judged.
    pub(super) fn of_object(problem: &InputProblem) -> Self {
        Self::lasting(problem.message())
    }

    /// The API server's words on a right name the account, the verb and the kind.
    fn of(error: Error, resource: Option<&ApiResource>) -> Self {
        match (error, resource) {
            (Error::Api(status), _) if status.is_forbidden() => {
                Self::lasting(format!("{} (see webhook-deploy/25-rbac-reports.yaml)", status.message))
            }
            (Error::Api(status), Some(resource)) if status.code == 404 => Self::lasting(format!(
                "the API server knows no {} of {}: install its CustomResourceDefinition, as docs/reports.md says",
                resource.kind, resource.api_version
            )),
            // Too much is asked of it (429), or it is in trouble.
            (Error::Api(status), _) => Self {
                words: format!("the API server answered {}", status.code),
                is_passing: status.code == 429 || status.code >= 500,
            },
            (_, _) => Self { words: "the API server cannot be reached".to_owned(), is_passing: true },
        }
    }
}

/// Whether a namespace is on its way out: nothing can be made in it, and nothing needs to.
pub(super) fn is_of_an_ending_namespace(status: &Status) -> bool {
    let mut causes = status.details.iter().flat_map(|details| &details.causes);
    // The word is the API server's (apimachinery, `NamespaceTerminatingCause`).
    status.is_forbidden() && causes.any(|cause| cause.reason == "NamespaceTerminating")
}

/// What the log was told last: each problem is told once, until it is over.
#[derive(Default)]
pub(super) struct Told(Option<Problem>);

impl Told {
    pub(super) fn tell(&mut self, problem: Option<&Problem>) {
        if let Some(problem) = problem
            && self.0.as_ref() != Some(problem)
        {
            tracing::warn!("reports are not up to date: {}", problem.words);
        }
        self.0 = problem.cloned();
    }
}
