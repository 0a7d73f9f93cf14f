//! Why the webhook configurations may not be what policies need, and the way out.

use kube::Error;

use super::merge::MergeError;
use super::template::TemplateError;

/// Where the rights are.
const RIGHTS: &str = "webhook-deploy/20-rbac.yaml and 27-rbac-webhooks.yaml have the rights";

/// Why the configurations are not kept current. It quotes nothing of an object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Problem {
    words: String,
    pub(super) nature: Nature,
}

/// What is to be expected of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// It may be over in a moment.
    Passing,
    /// Somebody has to mend it.
    Lasting,
    /// There is nothing that the gate is to keep, which may be as it should.
    NothingToKeep,
}

impl Problem {
    pub(super) fn no_answer() -> Self {
        Self { words: "the API server did not answer in time".to_owned(), nature: Nature::Passing }
    }

    /// There is no configuration of that name.
    pub(super) fn absent(kind: &str, name: &str) -> Self {
        Self { words: format!("there is no {kind} {name}; webhook-deploy/ has it"), nature: Nature::NothingToKeep }
    }

    /// Somebody else's configuration, or one that is kept by hand.
    pub(super) fn not_ours(kind: &str, name: &str, label: &str) -> Self {
        Self {
            words: format!("the {kind} {name} has no label {label}, so it is left as it is"),
            nature: Nature::NothingToKeep,
        }
    }

    /// Others changed it each time that it was to be written.
    pub(super) fn contended(kind: &str) -> Self {
        Self { words: format!("others are changing the {kind} all the time"), nature: Nature::Passing }
    }

    pub(super) fn of_discovery(error: &Error) -> Self {
        Self::of(error, "told its resources")
    }

    pub(super) fn of_status(error: &Error) -> Self {
        Self::of(error, "was told what policies are asked about")
    }

    pub(super) fn of_lease(error: &Error) -> Self {
        Self::of(error, "was asked for the Lease")
    }

    pub(super) fn of_configuration(error: &Error, kind: &str) -> Self {
        Self::of(error, &format!("was asked for the {kind}"))
    }

    fn of(error: &Error, occasion: &str) -> Self {
        match error {
            // Its words name the account, the verb and the kind.
            Error::Api(status) if status.is_forbidden() => Self::lasting(format!("{} ({RIGHTS})", status.message)),
            Error::Api(status) => Self {
                words: format!("the API server answered {} as it {occasion}", status.code),
                nature: Nature::Passing,
            },
            _ => Self { words: format!("the API server gave no answer as it {occasion}"), nature: Nature::Passing },
        }
    }

    fn lasting(words: String) -> Self {
        Self { words, nature: Nature::Lasting }
    }
}

impl From<MergeError> for Problem {
    fn from(error: MergeError) -> Self {
        Self::lasting(error.to_string())
    }
}

impl From<TemplateError> for Problem {
    fn from(error: TemplateError) -> Self {
        Self::lasting(error.to_string())
    }
}
