//! What each replica says of itself, in a Lease of its own in the gate's namespace.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use kube::{Client, Error};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::in_force::InForceHere;
use super::problem::{Problem, Told};
use super::standing::{Reason, Standing};

/// The field manager of all that is written here.
pub(super) const MANAGER: &str = "tidegate";
/// The label by which the replicas' Leases are found.
pub(super) const REPLICAS: &str = "app.kubernetes.io/name=tidegate,app.kubernetes.io/component=replica";
/// A replica whose Lease did not change for so long is gone.
pub(super) const LENGTH: Duration = Duration::from_secs(30);
/// How often a replica says that it is there: three times in its Lease's length.
const RENEWAL: Duration = Duration::from_secs(10);
/// How long one write may take.
const CALL_LIMIT: Duration = Duration::from_secs(5);
const REVISION: &str = "tidegate.dev/policies-revision";
const POLICIES: &str = "tidegate.dev/policies";
/// How much of a failure's words is passed on. All annotations of an object have 256 KiB together.
const LONGEST_SUMMARY: usize = 300;

/// What a replica says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replica {
    pub(super) name: String,
    pub(super) revision: String,
    pub(super) policies: BTreeMap<String, Report>,
}

/// What a replica says of one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) generation: i64,
    pub(super) reason: Reason,
    /// What is wrong, if anything is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) summary: String,
}

impl From<&Standing> for Report {
    fn from(standing: &Standing) -> Self {
        let Standing { generation, reason, summary, .. } = standing;
        let is_worth_telling = reason.is_failure() || *reason == Reason::RightsMissing;
        let summary = if is_worth_telling { summary.chars().take(LONGEST_SUMMARY).collect() } else { String::new() };
        Self { generation: *generation, reason: *reason, summary }
    }
}

impl Replica {
    /// What this replica says.
    pub(super) fn of(identity: &str, here: &InForceHere) -> Self {
        Self {
            name: name(identity),
            revision: here.revision.clone(),
            policies: here.policies.iter().map(|(name, standing)| (name.clone(), Report::from(standing))).collect(),
        }
    }

    /// What another says in its Lease; none if that cannot be read: it is of another version.
    pub(super) fn read(name: &str, annotations: &BTreeMap<String, String>) -> Option<Self> {
        let policies = serde_json::from_str(annotations.get(POLICIES)?).ok()?;
        Some(Self { name: name.to_owned(), revision: annotations.get(REVISION)?.clone(), policies })
    }

    async fn write(&self, leases: &Api<Lease>) -> Result<(), Error> {
        let lease = json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                "name": self.name,
                "labels": { "app.kubernetes.io/name": "tidegate", "app.kubernetes.io/component": "replica" },
                // Texts and numbers can always be written.
                "annotations": { REVISION: self.revision, POLICIES: json!(self.policies).to_string() },
            },
            "spec": {
                "holderIdentity": self.name,
                "leaseDurationSeconds": LENGTH.as_secs(),
                "renewTime": MicroTime(Timestamp::now()),
            },
        });
        leases.patch(&self.name, &PatchParams::apply(MANAGER).force(), &Patch::Apply(lease)).await.map(drop)
    }
}

/// The name of a replica's Lease, which has to be that of a DNS subdomain.
pub(super) fn name(identity: &str) -> String {
    let word: String = identity
        .to_ascii_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '-' })
        .collect();
    format!("tidegate-replica-{}", word.trim_matches('-'))
}

/// Says what this replica has in force for as long as it runs, and takes its word back at the end.
pub(super) async fn say(
    client: Client,
    namespace: &str,
    identity: &str,
    mut here: watch::Receiver<Arc<InForceHere>>,
    mut stopping: watch::Receiver<bool>,
) {
    let leases: Api<Lease> = Api::namespaced(client, namespace);
    let mut told = Told::default();
    loop {
        let replica = Replica::of(identity, &here.borrow_and_update());
        let problem = match timeout(CALL_LIMIT, replica.write(&leases)).await {
            Ok(written) => written.err().map(|error| Problem::from(&error)),
            Err(_) => Some(Problem::Unreachable),
        };
        told.tell(problem, |problem| {
            tracing::warn!("what this replica has in force cannot be told to the others: {problem}");
        });
        tokio::select! {
            () = sleep(RENEWAL) => {}
            changed = here.changed() => if changed.is_err() { break },
            _ = stopping.wait_for(|stopping| *stopping) => break,
        }
    }
    // If it cannot be said, the Lease runs out.
    let _ = timeout(CALL_LIMIT, leases.delete(&name(identity), &DeleteParams::default())).await;
}
