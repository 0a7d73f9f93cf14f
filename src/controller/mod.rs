//! Policies as custom resources, followed while the gate runs.
//!
//! `watched` knows the objects that there are. The `follower` loads what changed beside the set in force and swaps the
//! set whole; `objects` decides, without a clock or a cluster, what has to be loaded and which set follows. Each
//! `replica` says in a Lease of its own what it has in force, and the `leader` among them writes the objects' status
//! after what all say (`aggregate`).

mod aggregate;
mod code_version;
mod definitions;
mod events;
mod exception_resource;
mod exceptions;
mod follower;
mod in_force;
mod kinds;
mod leader;
mod objects;
mod permits;
mod problem;
mod replica;
mod resource;
mod rights;
mod standing;
mod status;
mod stored;
mod text;
mod told;
mod validations;
mod watched;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

use std::sync::Arc;

use kube::Client;
use kube::runtime::watcher;
use tokio::sync::watch;

use crate::metrics::PolicyMetrics;
use crate::policy::{CurrentPolicies, PolicySet};
use crate::wasm::Loader;
use follower::{Follower, Given};
use in_force::InForceHere;
use kinds::{exceptions_api, leases_api, policies_api};
use leader::{Followed, Leader};
use replica::{REPLICAS, say};
use watched::{Known, follow};

pub use definitions::{definitions, definitions_yaml};
pub use exception_resource::{PolicyException, PolicyExceptionSpec};
pub use resource::{ClusterPolicy, ClusterPolicySpec};
pub use status::{ClusterPolicyStatus, Condition, ConditionStatus, PolicyExceptionStatus, ReplicaStatus};

/// Takes a set that is in force, and whether it has every policy that the cluster wants in force. If not, other
/// replicas may have more.
pub type Announce = Box<dyn Fn(Arc<PolicySet>, bool) + Send + Sync>;

/// Follows the policies and exceptions that the API server has.
pub struct Controller {
    /// The gate's own namespace, for Leases.
    pub namespace: String,
    /// Who this replica is, among the others.
    pub identity: String,
    /// Finds and loads the policies' code.
    pub loader: Loader,
    /// The set of files and of the program: what is in force where no object says otherwise.
    pub beneath: Arc<PolicySet>,
    /// The set in force.
    pub current: Arc<CurrentPolicies>,
    /// What is counted.
    pub metrics: PolicyMetrics,
    /// Is told of each set that is put in force, after it was.
    pub announce: Announce,
    /// Becomes true when the objects that there are have been put in force, or it was waited for long enough.
    pub first: watch::Sender<bool>,
}

impl Controller {
    /// Goes on until `stopping` is true. What cannot be done now is tried again.
    pub async fn run(self, client: Client, mut stopping: watch::Receiver<bool>) {
        let Self { namespace, identity, loader, beneath, current, metrics, announce, first } = self;
        let (policies_seen, policies) = watch::channel(Known::default());
        let (exceptions_seen, exceptions) = watch::channel(Known::default());
        let (here, heard) = watch::channel(Arc::new(InForceHere::default()));
        let given = Given { client: client.clone(), loader, beneath, current, metrics, announce, here, first };
        let everything = watcher::Config::default;
        let seen_here = heard.clone();
        let followed = async {
            tokio::join!(
                follow(policies_api(&client), everything(), "clusterpolicies", policies_seen),
                follow(exceptions_api(&client, None), everything(), "policyexceptions", exceptions_seen),
                Follower::new(given).run(policies.clone(), exceptions.clone()),
                lead(&client, &namespace, &identity, (policies.clone(), exceptions.clone(), seen_here.clone())),
            )
        };
        let said = async {
            // Where the kinds are not installed, nobody reads what a replica says.
            tokio::select! {
                () = until_there_are(policies.clone()) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
            say(client.clone(), &namespace, &identity, heard, stopping).await;
        };
        // What is said is taken back at the end; all else ends as it stands.
        tokio::select! {
            _ = followed => {}
            () = said => {}
        }
    }
}

/// Writes the status of all objects, if this replica leads and once there are such kinds.
async fn lead(
    client: &Client,
    namespace: &str,
    identity: &str,
    (policies, exceptions, here): (watch::Receiver<Known>, watch::Receiver<Known>, watch::Receiver<Arc<InForceHere>>),
) {
    until_there_are(policies.clone()).await;
    let (leases_seen, leases) = watch::channel(Known::default());
    let replicas = watcher::Config::default().labels(REPLICAS);
    tokio::join!(
        follow(leases_api(client, namespace), replicas, "leases", leases_seen),
        Leader::new(client.clone(), namespace, identity).run(Followed { policies, exceptions, leases, here }),
    );
}

/// Waits until the API server has said which policies it has.
async fn until_there_are(mut policies: watch::Receiver<Known>) {
    if policies.wait_for(|known| matches!(known, Known::Objects(_))).await.is_err() {
        // Nobody is left who could say it.
        std::future::pending::<()>().await;
    }
}
