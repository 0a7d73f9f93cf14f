//! The two forms of the reference database.

use std::fmt;

/// One server, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `manifests/single`: one server on one volume.
    Single,
    /// `manifests/replicated`: a primary, and copies that follow it.
    Replicated,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Single, Self::Replicated];

    /// The namespace that it is in if nobody says another.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Single => "mysql-single",
            Self::Replicated => "mysql",
        }
    }

    /// The label `app.kubernetes.io/instance` of all that belongs to it.
    pub(super) fn instance(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Replicated => "replicated",
        }
    }

    /// The kind of the workload.
    pub(super) fn workload(self) -> &'static str {
        match self {
            Self::Single => "Deployment",
            Self::Replicated => "StatefulSet",
        }
    }

    /// What selects its servers.
    pub(super) fn selector(self) -> &'static str {
        match self {
            Self::Single => {
                "app.kubernetes.io/name=mysql,app.kubernetes.io/instance=single,app.kubernetes.io/component=server"
            }
            Self::Replicated => "app.kubernetes.io/name=mysql,app.kubernetes.io/instance=replicated",
        }
    }

    /// The accounts that have a password; those without which it does not work come first.
    pub(super) fn accounts(self) -> &'static [&'static str] {
        match self {
            Self::Single => &["root", "app", "backup"],
            Self::Replicated => &["root", "app", "replication", "clone", "keeper", "backup"],
        }
    }

    /// The claim of the first server's volume.
    pub(super) fn first_claim(self) -> &'static str {
        match self {
            Self::Single => "mysql-pv-claim",
            Self::Replicated => "data-mysql-0",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.instance())
    }
}
