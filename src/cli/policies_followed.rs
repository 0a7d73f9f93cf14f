//! Wires what follows the cluster's policies into a gate that serves.

use std::net::SocketAddr;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use kube::Client;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::controller::Controller;
use crate::metrics::Metrics;
use crate::policy::{CurrentPolicies, PolicySet};
use crate::server::MetricsPort;
use crate::wasm::Loader;
use crate::webhooks::InForce;

/// How long the end waits for what this replica says of itself to be taken back: as long as one write may take.
const END: std::time::Duration = std::time::Duration::from_secs(5);

/// The argument of `serve` about metrics.
#[derive(Debug, clap::Args)]
pub(super) struct MetricsArguments {
    /// The address and port on which /metrics is answered, over HTTP, for instance 0.0.0.0:9090; none if it is empty.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "", hide_default_value = true, value_parser = parse_address, env = "TIDEGATE_METRICS_LISTEN")]
    metrics_listen: MetricsAddress,
}

/// An address, or none.
#[derive(Debug, Clone, Copy)]
struct MetricsAddress(Option<SocketAddr>);

fn parse_address(text: &str) -> Result<MetricsAddress, String> {
    if text.is_empty() {
        return Ok(MetricsAddress(None));
    }
    text.parse().map(|address| MetricsAddress(Some(address))).map_err(|_| "write for instance 0.0.0.0:9090".to_owned())
}

impl MetricsArguments {
    /// Begins to answer for metrics, if that is wanted.
    pub(super) async fn serve(&self, metrics: &Metrics) -> anyhow::Result<()> {
        if let Some(address) = self.metrics_listen.0 {
            let port = MetricsPort::bind(address).await?;
            tracing::info!(address = %port.address(), "serving metrics");
            let metrics = metrics.clone();
            tokio::spawn(port.serve(Metrics::CONTENT_TYPE, move || metrics.text()));
        }
        Ok(())
    }
}

/// The policies of a gate, which may be replaced while it serves.
pub(super) struct Followed {
    loader: Loader,
    beneath: Arc<PolicySet>,
    current: Arc<CurrentPolicies>,
    metrics: Metrics,
    /// Each set in force, from the first one on.
    announced: watch::Sender<InForce>,
    following: Option<(JoinHandle<()>, watch::Receiver<bool>)>,
}

impl Followed {
    /// Puts the set of files and of the program in force.
    pub(super) fn new((loader, beneath): (Loader, Arc<PolicySet>), metrics: Metrics) -> Self {
        let counted = metrics.policies();
        counted.in_force(&beneath.revision());
        beneath.iter().for_each(|policy| counted.set_ready(&policy.name, true));
        let current = Arc::new(CurrentPolicies::new(Arc::clone(&beneath)));
        let (announced, _) = watch::channel(InForce { policies: Arc::clone(&beneath), is_whole: true });
        Self { loader, beneath, current, metrics, announced, following: None }
    }

    /// The set in force.
    pub(super) fn current(&self) -> &Arc<CurrentPolicies> {
        &self.current
    }

    /// Each set that is in force, as soon as it is.
    pub(super) fn announced(&self) -> watch::Receiver<InForce> {
        self.announced.subscribe()
    }

    /// Follows the objects of this cluster, as the replica of this name and namespace.
    pub(super) fn follow(&mut self, client: Client, namespace: &str, identity: &str, stopping: watch::Receiver<bool>) {
        let (first, is_first) = watch::channel(false);
        // Until the cluster's own are known, some may be missing.
        self.announced.send_modify(|in_force| in_force.is_whole = false);
        let announced = self.announced.clone();
        let controller = Controller {
            namespace: namespace.to_owned(),
            identity: identity.to_owned(),
            loader: self.loader.clone(),
            beneath: Arc::clone(&self.beneath),
            current: Arc::clone(&self.current),
            metrics: self.metrics.policies().clone(),
            announce: Box::new(move |policies, is_whole| {
                announced.send_replace(InForce { policies, is_whole });
            }),
            first,
        };
        self.following = Some((tokio::spawn(controller.run(client, stopping)), is_first));
    }

    /// Ends when what the cluster wants in force is, or it was waited for long enough.
    pub(super) fn prepared(&self) -> BoxFuture<'static, ()> {
        let Some((_, is_first)) = &self.following else { return std::future::ready(()).boxed() };
        let mut is_first = is_first.clone();
        async move {
            // Nobody follows any more: then no more is to come.
            let _ = is_first.wait_for(|first| *first).await;
        }
        .boxed()
    }

    /// Ends what follows the cluster.
    pub(super) async fn end(self) {
        if let Some((following, _)) = self.following {
            let _ = timeout(END, following).await;
        }
    }
}
