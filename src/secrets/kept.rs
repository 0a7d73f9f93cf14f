//! Why a key of a Secret keeps its value when another one arrives; with the way out.

use std::fmt;

/// A key whose value another one does not replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The key in the Secret.
    pub key: String,
    /// The container whose variable it is.
    pub container: String,
    /// The variable.
    pub variable: String,
    /// Why it stays.
    pub why: WhyKept,
}

impl fmt::Display for Kept {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, container, variable, why } = self;
        write!(out, "{key} (variable {variable} of container {container}). {why}")
    }
}

/// Why another value does not replace the one that a Secret holds; with the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhyKept {
    /// A server keeps its data, and with them its password.
    #[error(
        "A changed variable never changes the password of a database that is initialised: change it in the database \
         first (ALTER USER), then in the Secret, then apply again and restart the pods; or write the value that the \
         Secret holds"
    )]
    DataAreKept,
    /// The same, where the value that is stored is in no Secret yet.
    #[error(
        "A changed variable never changes the password of a database that is initialised: apply the stored value, \
         which moves it into a Secret; then change it in the database (ALTER USER), then in the Secret, and restart \
         the pods"
    )]
    DataAreKeptInPlainText,
    /// The pods that read it cannot change.
    #[error("A stored {kind} cannot change its variables: delete it and create it again")]
    PodsAreFixed {
        /// The kind.
        kind: String,
    },
}
