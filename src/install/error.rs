//! Why the gate cannot be installed, and the way out.

use crate::objects::ObjectError;

/// Why it cannot.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
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
    /// The API server is too old.
    #[error("the cluster is Kubernetes {0}; the gate needs 1.30 or later, for matchConditions of webhooks")]
    TooOld(String),
    /// The namespace is on its way out.
    #[error("namespace {0} is being deleted: wait until it is gone (kubectl get namespace {0}), and install again")]
    Terminating(String),
    /// It belongs to a gate elsewhere.
    #[error(
        "the {object} belongs to a gate in namespace {found}: say --namespace {found} if that is the one that is meant, or \
         take it out first with: tidegate uninstall --namespace {found}"
    )]
    AnotherGate {
        /// `ClusterRoleBinding tidegate`.
        object: String,
        /// Its namespace.
        found: String,
    },
    /// Something has the name that is not the gate's.
    #[error(
        "there is a {object} that was not made for tidegate (it has no label app.kubernetes.io/name: tidegate), and it is \
         left alone"
    )]
    Foreign {
        /// `Deployment shop/tidegate`.
        object: String,
    },
    /// The namespace is to be deleted, and is somebody else's.
    #[error(
        "namespace {0} was not made for tidegate (it has no label app.kubernetes.io/name: tidegate), so it is not deleted: \
         leave --with-namespace out"
    )]
    ForeignNamespace(String),
    /// cert-manager is to make the certificate, and is not there.
    #[error("this cluster has no cert-manager (cert-manager.io/v1): install that first, or leave --cert-manager out")]
    NoCertManager,
    /// Objects are stored in a version that this program does not know.
    #[error(
        "{name} has objects in version {version}, which this tidegate does not know: it is older than what was \
         installed. Use the newer one, or uninstall with --with-crds, which deletes those objects"
    )]
    NewerKinds {
        /// The definition.
        name: String,
        /// The version.
        version: String,
    },
    /// There is no image to take.
    #[error("name the gate's image with --image: build it with `make image`, and push it where the nodes can pull it")]
    NoImage,
    /// Something took too long.
    #[error("{what}; {way_out}")]
    TookTooLong {
        /// What was waited for, and what is known of it.
        what: String,
        /// What to do.
        way_out: String,
    },
    /// The gate answers, and the API server does not get through to it.
    #[error(
        "the API server cannot call the gate: {problem}; {}",
        if *.are_removed {
            "the webhooks were taken away again, so nobody is held up: see whether the control plane may reach the \
             pods on port 8443, then install again"
        } else {
            "until it can, MySQL workloads can be neither created nor changed; tidegate uninstall takes the webhooks away"
        }
    )]
    NotCalled {
        /// What the API server says.
        problem: String,
        /// Whether the webhooks are gone again.
        are_removed: bool,
    },
}
