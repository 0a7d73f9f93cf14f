//! Writes what is found in the objects that a cluster stores into the cluster, as reports that other tools read.
//!
//! One replica goes through the cluster, again and again: it judges each object just as `tidegate audit --cluster`
//! does, and writes a report beside it if that says something else than the one that is there. A report belongs to
//! its object, so that Kubernetes removes it together with the object. What is said in a report is decided in
//! `content`, without a client; `store` is the only file that writes one.

mod api;
mod content;
mod problem;
mod scan;
mod store;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::audit::policy_report::ReportApi;
use crate::leadership::{Leadership, RENEWAL};
use crate::lookup::Lookup;
use crate::policy::CurrentPolicies;
use problem::{Problem, Told};
use scan::Scanner;

/// The Lease by which the replicas agree on who writes.
const LEASE: &str = "tidegate-reports";
/// When an API server that gave no answer is asked again, if the next scan is not earlier.
const RETRY: Duration = Duration::from_mins(1);

/// How reports are written.
#[derive(Debug, Clone)]
pub struct Reports {
    /// As which kinds.
    pub api: ReportApi,
    /// From the beginning of one scan to that of the next.
    pub every: Duration,
    /// Objects judged, or reports removed, in a second at most.
    pub rate: NonZeroU16,
    /// The namespace of the Lease: the gate's own.
    pub namespace: String,
    /// Who this replica is, among the others.
    pub identity: String,
}

impl Reports {
    /// Goes on until `stopping` is true. What cannot be done now is tried again.
    pub async fn run(
        self,
        client: Client,
        policies: Arc<CurrentPolicies>,
        lookup: Arc<dyn Lookup>,
        mut stopping: watch::Receiver<bool>,
    ) {
        let leadership = Leadership::new(client.clone(), &self.namespace, LEASE, self.identity.clone());
        let scanner = Scanner::new(client, self.api, self.rate, policies, lookup);
        let (leads, leading) = watch::channel(false);
        tokio::select! {
            () = lead(leadership, leads) => {}
            () = scan_again_and_again(&scanner, self.every, leading) => {}
            // False means that nobody is left who could say it.
            _ = becomes(&mut stopping, true) => {}
        }
    }
}

/// Keeps the Lease, if it can be had.
async fn lead(mut leadership: Leadership, leads: watch::Sender<bool>) {
    let mut told = Told::default();
    loop {
        let held = match timeout(RENEWAL, leadership.is_held()).await {
            Ok(held) => held.map_err(Problem::of_lease),
            Err(_) => Err(Problem::no_answer()),
        };
        told.tell(held.as_ref().err());
        leads.send_replace(held.unwrap_or(false));
        sleep(RENEWAL).await;
    }
}

/// Scans while this replica leads.
async fn scan_again_and_again(scanner: &Scanner, every: Duration, mut leading: watch::Receiver<bool>) {
    let mut told = Told::default();
    while becomes(&mut leading, true).await {
        let began = Instant::now();
        let problem = tokio::select! {
            problem = scanner.scan() => problem,
            _ = becomes(&mut leading, false) => continue,
        };
        told.tell(problem.as_ref());
        let pause = if problem.is_some_and(|problem| problem.is_passing) { every.min(RETRY) } else { every };
        tokio::select! {
            () = sleep_until(began + pause) => {}
            _ = becomes(&mut leading, false) => {}
        }
    }
}

/// Waits until it is so; false if it can be so no more.
async fn becomes(it: &mut watch::Receiver<bool>, so: bool) -> bool {
    it.wait_for(|is| *is == so).await.is_ok()
}
