//! What a policy would judge and is never asked about, and why.

use std::fmt;

/// Why a policy judges less than its document says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Its code judges any kind, and its document names none.
    NoKinds {
        /// The policy.
        policy: String,
    },
    /// The cluster has no such kind.
    Unknown {
        /// The policy.
        policy: String,
        /// The kind, as the document or the code names it.
        kind: String,
    },
    /// Objects of this kind are never sent.
    NeverSent {
        /// The policy.
        policy: String,
        /// The kind, as the document or the code names it.
        kind: String,
    },
}

impl Gap {
    /// The policy that it is about.
    pub fn policy(&self) -> &str {
        match self {
            Self::NoKinds { policy } | Self::Unknown { policy, .. } | Self::NeverSent { policy, .. } => policy,
        }
    }

    /// In one word, for a status.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::NoKinds { .. } => "NoKinds",
            Self::Unknown { .. } => "KindUnknown",
            Self::NeverSent { .. } => "NeverSent",
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKinds { policy } => write!(
                out,
                "policy {policy} judges any kind that its document names, and it names none: write them in \
                 spec.match.kinds, or \"*\" for all"
            ),
            Self::Unknown { policy, kind } => write!(
                out,
                "policy {policy}: the cluster has no kind {kind}; as soon as it has, its objects are judged"
            ),
            Self::NeverSent { policy, kind } => write!(
                out,
                "policy {policy}: objects of kind {kind} are never sent to the gate, because the cluster could not go \
                 on without it; take it out of spec.match.kinds"
            ),
        }
    }
}
