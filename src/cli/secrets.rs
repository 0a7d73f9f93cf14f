//! The arguments of `serve` that say what is done with passwords and their Secrets.

use std::time::Duration;

use super::serve::parse_duration;
use crate::secrets::{ChangedPasswords, CleanUp, CleanUpScope};

/// How long the API server takes at most for a request, by default (kube-apiserver's
/// `--request-timeout`).
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// What is done with passwords and their Secrets.
#[derive(Debug, clap::Args)]
pub(super) struct SecretArguments {
    /// What is done when a manifest brings another password than its Secret holds, and a server keeps
    /// its data: such a server does not take it over.
    #[arg(long, value_name = "WHAT", value_enum, default_value = "refuse")]
    changed_passwords: Changed,
    /// Which Secrets are deleted that nothing uses any more.
    #[arg(long, value_name = "WHICH", value_enum, default_value = "off")]
    clean_up: Scope,
    /// How long a Secret has to be without its workload before it counts as unused; more than the API
    /// server's --request-timeout (1 minute).
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = parse_duration)]
    clean_up_after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Changed {
    /// Refuse the manifest, and say that the database comes first.
    Refuse,
    /// Put it into the Secret; the author sees to the database.
    Update,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Scope {
    /// None.
    Off,
    /// Those whose workload never came to be; those whose workload and claims are gone are reported.
    Strays,
    /// Those whose workload and claims are gone, too.
    Orphans,
}

impl SecretArguments {
    /// What is done with a changed password.
    pub(super) fn changed_passwords(&self) -> ChangedPasswords {
        match self.changed_passwords {
            Changed::Refuse => ChangedPasswords::Refuse,
            Changed::Update => ChangedPasswords::Update,
        }
    }

    /// How Secrets are cleaned up, if they are, by a gate in this namespace.
    pub(super) fn clean_up(&self, namespace: &str, identity: &str) -> Option<CleanUp> {
        let scope = match self.clean_up {
            Scope::Off => return None,
            Scope::Strays => CleanUpScope::Strays,
            Scope::Orphans => CleanUpScope::Orphans,
        };
        if self.clean_up_after < REQUEST_TIMEOUT {
            tracing::warn!(
                "--clean-up-after is shorter than the API server's --request-timeout by default, 1 minute: a Secret may go \
                 while its workload is still being stored"
            );
        }
        Some(CleanUp {
            scope,
            after: self.clean_up_after,
            namespace: namespace.to_owned(),
            identity: identity.to_owned(),
        })
    }
}
