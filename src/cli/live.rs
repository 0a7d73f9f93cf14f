//! Reads the cluster of a kubeconfig for an audit.

use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::Context;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};
use tokio::runtime::{Builder, Runtime};

use crate::audit::{AuditReport, ClusterAudit, Options};
use crate::cluster::{Listing, LiveCluster, Unlisted, Wanted};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::server::use_ring;

/// Threads that wait for the API server: one question is asked at a time for each object that is judged.
const THREADS: usize = 2;

/// Which cluster is audited, and what of it.
pub(crate) struct Scope {
    /// The context of the kubeconfig; its current one if none is named.
    pub(crate) context: Option<String>,
    /// All namespaces if none is named.
    pub(crate) namespaces: Vec<String>,
    /// Whether what keeps passwords beside the workloads is looked through.
    pub(crate) history: bool,
    /// What is wanted of it.
    pub(crate) options: Options,
}

/// Audits a cluster. What of it cannot be read is a problem of the report.
pub(crate) fn audit(scope: Scope, policies: &PolicySet) -> anyhow::Result<AuditReport> {
    use_ring();
    let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build().context("no threads")?;
    let client = connect(&runtime, scope.context)?;
    let mut audit = ClusterAudit::new(scope.history, scope.options);
    let wanted: Vec<Wanted> = audit.wanted().into_iter().map(|(kind, fields)| Wanted { kind, fields }).collect();
    let listing = Listing::new(client.clone(), runtime.handle().clone(), scope.namespaces);
    let mut take = |object| {
        audit.add(object);
        ControlFlow::Continue(())
    };
    for Unlisted { what, reason, way_out, .. } in listing.read(&wanted, &mut take) {
        audit.add_unlisted(what, reason, way_out);
    }
    let lookup: Arc<dyn Lookup> = Arc::new(LiveCluster::new(client, runtime.handle().clone()));
    let report = audit.finish(policies, &lookup);
    // The watch of the lookup would go on.
    runtime.shutdown_background();
    Ok(report)
}

fn connect(runtime: &Runtime, context: Option<String>) -> anyhow::Result<Client> {
    let config = config(runtime, context)?;
    let _inside = runtime.enter();
    Client::try_from(config).context("the cluster's configuration cannot be used")
}

/// What the kubeconfig says of a cluster: of its current one if no context is named.
pub(super) fn config(runtime: &Runtime, context: Option<String>) -> anyhow::Result<Config> {
    runtime.block_on(async {
        match context {
            Some(context) => {
                let options = KubeConfigOptions { context: Some(context), ..KubeConfigOptions::default() };
                Config::from_kubeconfig(&options).await.context("the context cannot be used")
            }
            None => Config::infer()
                .await
                .context("no cluster is at hand: set KUBECONFIG, or name a context of ~/.kube/config by --context"),
        }
    })
}
