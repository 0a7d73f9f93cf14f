//! What is told while a database comes up, and at its end.

/// What is told meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The cluster has no gate that is asked.
    NoGate,
    /// The passwords were made, or were there.
    Passwords {
        /// Whether they are new.
        are_new: bool,
    },
    /// An object is as it should be: `StatefulSet mysql/mysql`.
    Applied(String),
    /// What a pod does now, or what keeps it: `mysql-1: copies the primary's data`.
    Pod(String),
    /// What keeps a volume from being there.
    Volume(String),
    /// All servers are ready; what follows is tried.
    Ready,
    /// A text was written, and read again.
    Tried(String),
}

/// A database that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// How many servers.
    pub servers: u32,
    /// What the server says of its version.
    pub version: String,
}
