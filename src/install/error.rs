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
    #[error(
        "this cluster has no cert-manager (cert-manager.io/v1){}",
        if *.is_kept {
            ", and the gate that is there has its certificate from it: install cert-manager again; or take the gate out \
             with tidegate uninstall (the webhooks go first, so nobody is held up), delete the Secret tidegate-tls of its \
             namespace, and install the gate again, which makes its own certificate then"
        } else {
            ": install that first, or leave --cert-manager out"
        }
    )]
    NoCertManager {
        /// Whether it was chosen by an earlier installation, and not by this one.
        is_kept: bool,
    },
    /// Somebody else is to make the certificate, while the API server calls the gate.
    #[error(
        "the webhooks that are in force {}, so while that changes MySQL workloads could be neither created nor changed: \
         uninstall first (tidegate uninstall --namespace {namespace}; it takes the webhooks away first, so nobody is held \
         up, and policies and Secrets with passwords stay), delete the Secret tidegate-tls of that namespace, and install \
         with{} --cert-manager",
        if *.to_cert_manager {
            "believe another authority than cert-manager's"
        } else {
            "have their authority from cert-manager"
        },
        if *.to_cert_manager { "" } else { "out" }
    )]
    OtherCertificate {
        /// The gate's namespace.
        namespace: String,
        /// Whether cert-manager is to make it.
        to_cert_manager: bool,
    },
    /// Whom the API server is to believe is said nowhere.
    #[error(
        "the Secret {namespace}/tidegate-tls lacks ca.crt, which has to hold the authority that signed its certificate: \
         without it the API server does not believe the gate, so no webhook was registered. Delete the Secret and make it \
         with all three: kubectl create secret generic tidegate-tls --namespace {namespace} --type=kubernetes.io/tls \
         --from-file=tls.crt --from-file=tls.key --from-file=ca.crt; or delete it, and the gate makes its own"
    )]
    NoAuthority {
        /// The gate's namespace.
        namespace: String,
    },
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
