//! Why a database cannot be deployed, and the way out.

use super::Kind;
use crate::objects::ObjectError;

/// Why it cannot.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// What this program was built with cannot be read.
    #[error("{file} cannot be read, which is a fault of tidegate: {problem}")]
    Embedded {
        /// The file.
        file: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The API server does not answer, refuses an object, or the account may not do all that has to be done.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The namespace is on its way out.
    #[error("namespace {0} is being deleted: wait until it is gone (kubectl get namespace {0}), and deploy again")]
    Terminating(String),
    /// What is in the gate's namespace is not judged.
    #[error("namespace {0} is the gate's own, in which nothing is judged: name another one with --namespace")]
    GatesNamespace(String),
    /// The usual class would have to be made.
    #[error(
        "the StorageClass mysql-gp2 would have to be made, which this account may not: name one that is there with \
         --storage-class (kubectl get storageclass shows them)"
    )]
    NoRightToClass,
    /// Something of an earlier database is on its way out.
    #[error("{0} is being deleted: wait until it is gone, and deploy again")]
    Ending(String),
    /// Somebody has stopped it.
    #[error(
        "{0} was scaled to 0, and stays so: kubectl scale it to as many servers as there are to be, and deploy again"
    )]
    ScaledToNothing(String),
    /// Something has the name that is not this database's.
    #[error(
        "there is a {object} that was not made for this (by its labels app.kubernetes.io/name and instance, which would be \
         {kind}), and it is left alone: name another namespace with --namespace"
    )]
    Foreign {
        /// `Deployment shop/mysql`.
        object: String,
        /// The form.
        kind: Kind,
    },
    /// There is no such database to be removed.
    #[error("there is no MySQL of tidegate deploy {kind} in namespace {namespace}")]
    None {
        /// The form.
        kind: Kind,
        /// The namespace.
        namespace: String,
    },
    /// The named class of volumes is not there.
    #[error("there is no StorageClass {name}{}", classes(.there))]
    NoClass {
        /// The name.
        name: String,
        /// Those that are there.
        there: Vec<String>,
    },
    /// The driver of the usual class is not there.
    #[error(
        "the class mysql-gp2 of manifests/ is for Amazon's EBS CSI driver, which this cluster does not have: name \
         another one with --storage-class{}", classes(.there)
    )]
    NoDriver {
        /// The classes that are there.
        there: Vec<String>,
    },
    /// Volumes cannot be changed in this way.
    #[error(
        "{what} is {found}, and what is wanted is {wanted}: Kubernetes cannot change that for volumes that are there. \
         Leave --{option} out to keep it"
    )]
    Fixed {
        /// `the storage class`.
        what: &'static str,
        /// As it is.
        found: String,
        /// As it was asked for.
        wanted: String,
        /// The option that asks for it.
        option: &'static str,
    },
    /// There are data, and not the passwords that they were made with.
    #[error(
        "the claim {claim} in namespace {namespace} may hold data, but the Secret mysql-passwords with their passwords is \
         gone, and new ones would not fit: put it back, or delete the claim if nobody needs the data"
    )]
    LostPasswords {
        /// The claim.
        claim: &'static str,
        /// The namespace.
        namespace: String,
    },
    /// The Secret is there, and not complete.
    #[error(
        "the Secret mysql-passwords in namespace {namespace} has no fit {}: add what is missing, and mend what is not 1 to \
         32 letters and digits", .missing.join(", ")
    )]
    IncompletePasswords {
        /// The namespace.
        namespace: String,
        /// The keys.
        missing: Vec<&'static str>,
    },
    /// There is nothing that random numbers come from.
    #[error("no random numbers can be had from this machine: {0}")]
    NoRandomness(String),
    /// Something took too long.
    #[error(
        "not all servers are ready after {seconds} s; what was applied stays, and whoever runs this again goes on with it{}",
        listed(.known)
    )]
    TookTooLong {
        /// How long was waited.
        seconds: u64,
        /// What is known of what is missing.
        known: Vec<String>,
    },
    /// A command in a pod failed.
    #[error("pod {pod}: {problem}")]
    Exec {
        /// The pod.
        pod: String,
        /// What it said.
        problem: String,
    },
    /// The servers are ready, and do not do what they should.
    #[error("all servers are ready, but {0}")]
    Smoke(String),
}

fn classes(there: &[String]) -> String {
    match there {
        [] => "; the cluster has none".to_owned(),
        some => format!("; there are: {}", some.join(", ")),
    }
}

fn listed(known: &[String]) -> String {
    known.iter().map(|one| format!("\n- {one}")).collect::<String>()
}
