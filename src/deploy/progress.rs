//! What is told while a database comes up, and at its end.

/// What is told meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The cluster has no gate that is asked.
    NoGate,
    /// The passwords were made, or were there.
    Passwords(Passwords),
    /// An object is as it should be: `StatefulSet mysql/mysql`.
    Applied(String),
    /// What a pod does now, or what keeps it: `mysql-1: copies the primary's data`.
    Pod(String),
    /// What keeps a volume from being there, or pods from being made.
    Other(String),
    /// All servers are ready; what follows is tried.
    Ready,
    /// A text was written, and read again.
    Tried(String),
}

/// What became of the passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passwords {
    /// They were made.
    Made,
    /// They were there.
    Kept,
    /// They were there but for that of the account for backups, so that there are none.
    KeptWithoutBackups,
}

/// A database that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// How many servers.
    pub servers: u32,
    /// What the server says of its version.
    pub version: String,
}
