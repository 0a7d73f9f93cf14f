//! Why code cannot be had. No message holds a credential, nor anything that a server said of its own.

use std::time::Duration;

/// Why the code of a document cannot be had. Whoever tells of it names the document.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// No such kind of address.
    #[error(
        "\"{0}\" is none of builtin://NAME, file://PATH, https://…, configmap://NAMESPACE/NAME/KEY and \
         oci://REGISTRY/REPOSITORY:TAG"
    )]
    UnknownKind(String),
    /// Anybody on the way could change it.
    #[error("{0}: http:// is not accepted, since anybody on the way could put other code in its place; use https://")]
    PlainHttp(String),
    /// The address is not what its kind needs.
    #[error("{address}: {problem}")]
    Address {
        /// The address as it may be shown.
        address: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// Nobody said what the code has to be.
    #[error(
        "{address}: code from https:// needs spec.digest, so that nobody can put other code in its place{}",
        match .found {
            Some(digest) => format!("; what is there now would need the line \"digest: {digest}\": compare it with what its author says"),
            None => String::new(),
        }
    )]
    NoDigest {
        /// The address as it may be shown.
        address: String,
        /// What is there now, if it could be had.
        found: Option<String>,
    },
    /// It is not what it has to be.
    #[error("{address}: what is there is {found}, and spec.digest says {expected}")]
    WrongDigest {
        /// The address as it may be shown.
        address: String,
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// There is no TLS, mostly for lack of authorities.
    #[error("TLS cannot be set up: {0}; SSL_CERT_FILE can name a file with the certificates of authorities to trust")]
    Tls(String),
    /// No connection, or it broke.
    #[error("{address}: {problem}{}", hint(.problem))]
    Unreachable {
        /// The address as it may be shown.
        address: String,
        /// What the system or TLS says.
        problem: String,
    },
    /// It takes too long.
    #[error("{address}: not there after {} s; it is slow or cannot be reached", .after.as_secs())]
    TooSlow {
        /// The address as it may be shown.
        address: String,
        /// How long was waited.
        after: Duration,
    },
    /// The server has nothing, or does not want to give it.
    #[error("{address}: the server answers {status}{}", about_status(*.status))]
    Status {
        /// The address as it may be shown.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// It would be too much to hold.
    #[error("{address}: more than {} MiB; that much code is not loaded", .limit >> 20)]
    TooLarge {
        /// The address as it may be shown.
        address: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The registry wants to know who asks, or does not like who does.
    #[error("{address}: the registry does not let {}{}", if *.known { "these credentials do that" } else { "anybody do that without credentials: give some by `docker login`, or by spec.pullSecrets" }, told(.problems))]
    Denied {
        /// The address as it may be shown.
        address: String,
        /// Whether credentials were found.
        known: bool,
        /// Where some were looked for and could not be read.
        problems: Vec<String>,
    },
    /// The registry asks for credentials in a way in which none are given.
    #[error("{address}: {problem}")]
    Authorization {
        /// The address as it may be shown.
        address: String,
        /// What is wrong.
        problem: String,
    },
    /// There is no such artefact.
    #[error("{address}: there is no such artefact in the registry; `tidegate policy push` puts one there")]
    NoArtifact {
        /// The address as it may be shown.
        address: String,
    },
    /// What the tag was resolved to is gone.
    #[error(
        "{address}: its tag meant {digest} when this document was first loaded, and the registry does not have that any \
         more; change the document to have the tag looked up again"
    )]
    Gone {
        /// The address as it may be shown.
        address: String,
        /// The digest of the manifest.
        digest: String,
    },
    /// It is something else than an artefact with a component.
    #[error("{address}: {problem}")]
    NotAnArtifact {
        /// The address as it may be shown.
        address: String,
        /// What it is, and what would be right.
        problem: String,
    },
    /// Its content is not what its digest says.
    #[error(
        "{address}: the {part} is damaged: it should be {expected} and is {found}; nothing of it is used. Push the \
         artefact again"
    )]
    Damaged {
        /// The address as it may be shown.
        address: String,
        /// Which part.
        part: &'static str,
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// There is no cluster to ask.
    #[error("{0}: no cluster is at hand; set KUBECONFIG")]
    NoCluster(String),
    /// The cluster does not have it, or does not give it.
    #[error("{address}: {problem}")]
    Cluster {
        /// The address as it may be shown.
        address: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The folder for what was fetched cannot be used.
    #[error("the cache {directory} cannot be used: {problem}; name another with --cache-dir")]
    Cache {
        /// The folder.
        directory: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The registry does not take it.
    #[error("{address}: it cannot be pushed: {problem}")]
    Push {
        /// The address as it may be shown.
        address: String,
        /// What went wrong.
        problem: String,
    },
}

/// What helps where a certificate is not trusted.
fn hint(problem: &str) -> &'static str {
    // An authority that has the name of a trusted one, and another key, makes the signature wrong.
    if problem.contains("UnknownIssuer") || problem.contains("BadSignature") {
        "; its certificate is of an authority that is not trusted here: SSL_CERT_FILE can name a file with the \
         certificates of those to trust"
    } else if problem.contains("InvalidContentType") {
        "; the server does not speak TLS: a registry that is meant to do without is named by --insecure-registry"
    } else {
        ""
    }
}

/// What a status is likely to mean for whoever wrote the address.
fn about_status(status: u16) -> &'static str {
    match status {
        401 | 403 => {
            ": it wants credentials, and none are sent there; code has to be there for everybody, or in a registry"
        }
        404 | 410 => ": there is nothing at this address",
        429 => ": it is asked too often; try again later",
        500.. => ": it has trouble of its own; try again later",
        _ => "",
    }
}

fn told(problems: &[String]) -> String {
    problems.iter().map(|problem| format!("; {problem}")).collect()
}
