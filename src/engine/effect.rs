//! What has to be done outside before the answer is given. The engine only names it.

use secrecy::SecretString;

/// The Secret of a workload, and what must be in it before the object may pass.
#[derive(Debug, Clone)]
pub struct WorkloadSecret {
    /// The namespace; none in an audit of a file that does not say one.
    pub namespace: Option<String>,
    /// The Secret's name.
    pub name: String,
    /// The kind of the workload that it belongs to, for instance `Deployment`.
    pub owner_kind: String,
    /// The name of the workload, or its `generateName`.
    pub owner_name: String,
    /// What is to be known of the workload to decide whether a value may change.
    pub owner: Owner,
    /// Its entries, one a key; never none.
    pub entries: Vec<SecretEntry>,
}

/// What decides how long a workload's values have to be kept, and whether they may change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// True if the object is being made, so that nothing of it is stored yet.
    pub is_new: bool,
    /// True if its pods are stored and cannot change any more.
    pub is_fixed: bool,
    /// Whether a server of it keeps its data when its pods go: with the data, the password of an
    /// initialised server is kept.
    pub data: Data,
    /// The claims that its pods use, in order. Those that a StatefulSet makes have a number at their
    /// end, for which a `*` stands: `data-mysql-*`.
    pub claims: Vec<String>,
}

/// Where the data of a workload's servers are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Data {
    /// They go with the pods, or there is no server.
    #[default]
    Passing,
    /// In claims.
    InClaims,
    /// Also in volumes that nobody can ask about: a folder of a node, a file server.
    Elsewhere,
}

/// One entry of a workload's Secret.
///
/// `Debug` prints no value, and the value is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct SecretEntry {
    /// The key. If it holds another value that has to stay, the value gets a key of its own.
    pub key: String,
    /// The value, as the container is to see it.
    pub value: SecretString,
    /// The container whose variable it was.
    pub container: String,
    /// The variable that it was.
    pub variable: String,
    /// The variable's JSON Pointer in the repaired object.
    pub at: String,
    /// What the variable has in the stored object, on an update: whether it changes is told by that.
    pub before: Option<Before>,
}

/// What a variable has in the stored object of an update.
#[derive(Debug, Clone)]
pub enum Before {
    /// A literal, as the container sees it.
    Literal(SecretString),
    /// What a Secret of the same namespace holds.
    InSecret {
        /// The Secret's name.
        name: String,
        /// The key in it.
        key: String,
    },
}
