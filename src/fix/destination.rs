//! Where passwords go that are taken out of manifests.

use std::path::Path;

use crate::engine::{EditError, WorkloadSecret};
use crate::files::{FileError, WorkTreeError};
use crate::secrets::{Applied, SecretError, SecretName, SecretTextError};

/// Why a password stays in its manifest if nobody said where else it may be.
pub(super) const NO_DESTINATION: &str = "the password stays in the file until you say where its Secret goes: --secrets \
     FILE (a Secret manifest outside of Git), --secrets apply (the cluster), or --seal PROGRAM (kubeseal or sops, say)";

/// A place for the Secrets of workloads.
pub trait Destination {
    /// Takes note of a Secret that has to be there, for a manifest in this folder. Nothing is written yet.
    ///
    /// # Errors
    /// [`DestinationError`] if it cannot be there: the password then stays in the manifest.
    fn take(&mut self, secret: &WorkloadSecret, folder: Option<&Path>) -> Result<Applied, DestinationError>;

    /// Writes all that was taken note of.
    ///
    /// # Errors
    /// [`DestinationError`] if it is not all written: no manifest may be changed then.
    fn commit(&mut self) -> Result<Vec<Kept>, DestinationError>;
}

/// A Secret that was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// Where: a file, or a cluster.
    pub place: String,
    /// Which.
    pub secret: String,
}

impl Kept {
    pub(super) fn new(place: String, secret: &WorkloadSecret) -> Self {
        let name = SecretName { namespace: secret.namespace.clone().unwrap_or_default(), name: secret.name.clone() };
        Self { place, secret: name.to_string() }
    }
}

/// Why passwords cannot go where they should. Holds none of them.
#[derive(Debug, thiserror::Error)]
pub enum DestinationError {
    /// The rules of Secrets say no.
    #[error("{0}")]
    Secret(Box<SecretError>),
    /// The file with Secrets cannot be used.
    #[error("{file}: {error}")]
    File {
        /// The file.
        file: String,
        /// Why not.
        error: FileError,
    },
    /// It is where Git would find it.
    #[error("{file}: {error}")]
    WorkTree {
        /// The file.
        file: String,
        /// Why not.
        error: WorkTreeError,
    },
    /// What stands in it cannot be used.
    #[error("{file}: {error}")]
    Text {
        /// The file.
        file: String,
        /// Why not.
        error: SecretTextError,
    },
    /// Others may read it.
    #[error("{file}: everybody may read it (mode {mode:o}), and it is to hold passwords; chmod 600 it")]
    Readable {
        /// The file.
        file: String,
        /// Its mode.
        mode: u32,
    },
    /// A sealed Secret cannot be added to.
    #[error(
        "{file} is there already, and what is sealed cannot be added to. If a run that was stopped left it, remove it \
         and run again: the password still is in the manifest"
    )]
    SealedBefore {
        /// The file.
        file: String,
    },
    /// Another Secret is to be sealed into the same file.
    #[error("{file} takes one sealed Secret; leave --secrets away, or name a folder")]
    OneSealed {
        /// The file.
        file: String,
    },
    /// There is no folder to put it in.
    #[error("a manifest from standard input has no folder to put the sealed Secret in; name one by --secrets")]
    NoFolder,
    /// The program that seals failed.
    #[error("{program:?} did not seal {secret}: {why}. No file was changed")]
    Seal {
        /// As it was named.
        program: String,
        /// Which Secret.
        secret: String,
        /// What happened.
        why: String,
    },
    /// The Secret became another one between two looks at it.
    #[error("{secret} was changed by somebody else meanwhile; run again")]
    ChangedMeanwhile {
        /// Which.
        secret: String,
    },
    /// Two manifests would be one workload of the cluster.
    #[error(
        "another of these manifests has another password for the key {key} of {secret}, and in a cluster the two are \
         one workload. Repair them apart, each with its own --context"
    )]
    TwoPasswords {
        /// Which Secret.
        secret: SecretName,
        /// The key in it.
        key: String,
    },
    /// The workload cannot refer to the key that its password got.
    #[error("{0}")]
    Reference(#[from] EditError),
    /// The user's own account lacks a right.
    #[error(
        "the account of the kubeconfig may not {verb} {secret} in {cluster}. It needs get, create and patch on \
         secrets: kubectl auth can-i --list says what it may"
    )]
    NotPermitted {
        /// Which Secret.
        secret: SecretName,
        /// What it may not do, in RBAC's word.
        verb: &'static str,
        /// What people call the cluster.
        cluster: String,
    },
    /// Nobody answers.
    #[error("{secret} could not be made: {cluster} cannot be reached. kubectl version says whether anybody reaches it")]
    Unreachable {
        /// Which Secret.
        secret: SecretName,
        /// What people call the cluster.
        cluster: String,
    },
}

impl DestinationError {
    /// Whether the place could not be used at all. Otherwise it is for a person to decide where the password goes.
    pub(super) fn is_failure(&self) -> bool {
        match self {
            // What the gate would not answer with a refusal for the author.
            Self::Secret(error) => error.status_code() >= 500,
            Self::SealedBefore { .. }
            | Self::OneSealed { .. }
            | Self::NoFolder
            | Self::TwoPasswords { .. }
            | Self::Reference(_) => false,
            _ => true,
        }
    }
}

impl From<SecretError> for DestinationError {
    fn from(error: SecretError) -> Self {
        Self::Secret(Box::new(error))
    }
}
