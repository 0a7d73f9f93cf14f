//! Why the certificate may not be what it should, and the way out.

use kube::Error;

use super::kept::KeptError;

/// Why the certificate cannot be kept. It quotes nothing of a Secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Problem(String);

impl Problem {
    pub(super) fn no_answer() -> Self {
        Self("the API server did not answer in time".to_owned())
    }

    pub(super) fn of_content(secret: &str, error: &KeptError) -> Self {
        Self(format!("Secret {secret}: {error}; delete it, and the gate makes another one"))
    }

    pub(super) fn of_making(error: &rcgen::Error) -> Self {
        Self(format!("a certificate cannot be made: {error}"))
    }

    pub(super) fn of(error: &Error, what: &str) -> Self {
        Self(match error {
            // Its words name the account, the verb and the kind.
            Error::Api(status) if status.is_forbidden() => {
                format!("{} (webhook-deploy/20-rbac.yaml and 27-rbac-webhooks.yaml have the rights)", status.message)
            }
            Error::Api(status) => format!("the API server answered {} when asked for {what}", status.code),
            _ => format!("the API server gave no answer when asked for {what}"),
        })
    }
}
