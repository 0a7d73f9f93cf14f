//! Why a Secret could not be made ready: in words for the author, and in words for the log.
//!
//! No variant can hold a value of a Secret.

use std::fmt;

use super::kept::Kept;

/// A Secret's name and namespace, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretName {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for SecretName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Secret \"{}\"", self.name)?;
        // A manifest need not say one.
        if self.namespace.is_empty() { Ok(()) } else { write!(out, " in namespace \"{}\"", self.namespace) }
    }
}

/// Why a Secret could not be made ready. `Display` is for the author of the manifest.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A Secret of that name exists, and somebody else made it.
    #[error(
        "{secret} exists and was not made by tidegate, so it is not touched. Keep the password in a Secret of your \
         own and refer to it in the manifest (env[].valueFrom.secretKeyRef), or rename the workload, or name another \
         Secret in the workload's annotation tidegate.dev/credentials-secret"
    )]
    NotOurs {
        /// The Secret.
        secret: SecretName,
    },
    /// The gate made it for another workload.
    #[error(
        "{secret} belongs to {found}, so {wanted} cannot have it too. Rename the workload, or refer in the manifest \
         to a Secret of your own (env[].valueFrom.secretKeyRef), or name another Secret in the annotation \
         tidegate.dev/credentials-secret of {wanted}; if {found} is gone for good, its Secret may be deleted"
    )]
    OtherWorkload {
        /// The Secret.
        secret: SecretName,
        /// Whose it is, for instance `StatefulSet "mysql"`.
        found: String,
        /// Who asked for it.
        wanted: String,
    },
    /// The key is there with another value.
    #[error("{secret} already holds another value for {kept}")]
    ValueDiffers {
        /// The Secret.
        secret: SecretName,
        /// The key, and why its value stays.
        kept: Box<Kept>,
    },
    /// The stored workload has another value, in plain text.
    #[error("{workload} is stored with another value of {kept}")]
    StoredDiffers {
        /// The workload, for instance `StatefulSet "mysql"`.
        workload: String,
        /// The key, and why its value stays.
        kept: Box<Kept>,
    },
    /// It is being deleted.
    #[error("{secret} is being deleted, and something keeps it back. Apply again when it is gone")]
    Ending {
        /// The Secret.
        secret: SecretName,
    },
    /// The values are larger than a Secret can be.
    #[error(
        "{secret} would hold {size} bytes, and a Secret holds at most {largest}. Nothing that large is a password: put \
         it into a file of a volume, or into Secrets of your own"
    )]
    TooLarge {
        /// The Secret.
        secret: SecretName,
        /// What its values would have in all, in bytes.
        size: usize,
        /// What they may have.
        largest: usize,
    },
    /// One object asks for two values under one key.
    #[error("{secret} would need two values for {key}. Refer in the manifest to a Secret of your own for one of them")]
    TwoValues {
        /// The Secret.
        secret: SecretName,
        /// The key in it.
        key: String,
    },
    /// It may not be changed, and lacks a key.
    #[error(
        "{secret} is immutable and has no {key}. Make a Secret of your own with all its keys and refer to that in \
         the manifest (env[].valueFrom.secretKeyRef)"
    )]
    Immutable {
        /// The Secret.
        secret: SecretName,
        /// The key that it lacks.
        key: String,
    },
    /// The object says no namespace and the request neither.
    #[error("Secret \"{name}\" cannot be made: it is not known in which namespace the workload is")]
    NoNamespace {
        /// The Secret's name.
        name: String,
    },
    /// The namespace does not exist.
    #[error("{secret} cannot be made: the namespace does not exist. Make it first (kubectl create namespace)")]
    NamespaceMissing {
        /// The Secret.
        secret: SecretName,
    },
    /// The namespace is being deleted.
    #[error("{secret} cannot be made: the namespace is being deleted. Wait until it is gone, then make it anew")]
    NamespaceEnding {
        /// The Secret.
        secret: SecretName,
    },
    /// The gate's own account lacks a right.
    #[error(
        "tidegate's own account may not {verb} {secret}. Whoever runs tidegate must grant it (get, create and patch \
         on secrets; see webhook-deploy/)"
    )]
    NotPermitted {
        /// The Secret.
        secret: SecretName,
        /// What it may not do, in RBAC's word.
        verb: &'static str,
    },
    /// The API server refused for another reason: a quota, another webhook, a value it does not accept.
    #[error("the API server refused to {verb} {secret}: {said}")]
    Refused {
        /// The Secret.
        secret: SecretName,
        /// What was tried.
        verb: &'static str,
        /// The status code.
        code: u16,
        /// The API server's own words, unless they quote a value.
        said: String,
    },
    /// Others kept changing it.
    #[error("{secret} was changed by others again and again meanwhile. Apply again")]
    Contended {
        /// The Secret.
        secret: SecretName,
    },
    /// The API server took too long.
    #[error("{secret} could not be made ready: the API server did not answer within {seconds} s. Apply again later")]
    Timeout {
        /// The Secret.
        secret: SecretName,
        /// What was tried.
        verb: &'static str,
        /// How long was waited.
        seconds: u64,
    },
    /// The API server could not be reached.
    #[error(
        "{secret} could not be made ready: tidegate cannot reach the API server. Apply again later; if it stays, \
         whoever runs tidegate finds the cause in its log"
    )]
    Unreachable {
        /// The Secret.
        secret: SecretName,
        /// What was tried.
        verb: &'static str,
        /// What the client says; about the connection, never about content.
        #[source]
        source: Box<kube::Error>,
    },
    /// The answer was not what an API server answers. Its text is dropped: it may quote the Secret.
    #[error("{secret} could not be made ready: the API server's answer could not be read. Apply again later")]
    Unreadable {
        /// The Secret.
        secret: SecretName,
        /// What was tried.
        verb: &'static str,
    },
    /// The gate runs without a cluster.
    #[error(
        "the password has to be moved into a Secret, and tidegate runs without a cluster to make it in. Whoever runs \
         tidegate must give it one (KUBECONFIG, or its pod's service account)"
    )]
    NoCluster,
}

impl SecretError {
    /// The status code of the admission response.
    ///
    /// A refusal is 403 and never 409: clients and the API server itself take a conflict for
    /// something that a retry cures (kubectl's patcher retries it five times).
    pub fn status_code(&self) -> u16 {
        match self {
            Self::NotOurs { .. }
            | Self::OtherWorkload { .. }
            | Self::ValueDiffers { .. }
            | Self::StoredDiffers { .. }
            | Self::Ending { .. }
            | Self::TooLarge { .. }
            | Self::TwoValues { .. }
            | Self::Immutable { .. }
            | Self::NoNamespace { .. }
            | Self::NamespaceMissing { .. }
            | Self::NamespaceEnding { .. } => 403,
            Self::Refused { code, .. } if (400..500).contains(code) && *code != 429 => 403,
            Self::NotPermitted { .. } | Self::Unreadable { .. } => 500,
            Self::Refused { .. } | Self::Contended { .. } | Self::Unreachable { .. } | Self::NoCluster => 503,
            Self::Timeout { .. } => 504,
        }
    }

    /// What the log should hold: the same, and what only whoever runs the gate can use.
    pub fn log_message(&self) -> String {
        match self {
            Self::Refused { verb, code, .. } => format!("{self} ({verb} answered {code})"),
            Self::Timeout { verb, .. } | Self::Unreadable { verb, .. } => format!("{self} ({verb})"),
            Self::Unreachable { verb, source, .. } => format!("{self} ({verb}: {})", chain(source.as_ref())),
            _ => self.to_string(),
        }
    }
}

/// An error with all its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
