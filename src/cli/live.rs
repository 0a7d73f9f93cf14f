//! Reads the cluster of a kubeconfig for an audit.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};
use tokio::runtime::{Builder, Runtime};

use super::progress::Watch;
use crate::audit::{self, AuditReport, ClusterAudit, Namespaces, Options, Progress};
use crate::cluster::{Extent, Listing, Snapshot, Unlisted, Wanted, discover};
use crate::lookup::{Lookup, ResourceType};
use crate::policy::PolicySet;
use crate::server::use_ring;

/// Threads that wait for the API server: one question is asked at a time for each object that is judged.
const THREADS: usize = 2;

/// Which cluster is audited, and what of it.
pub(crate) struct Scope {
    /// The context of the kubeconfig; its current one if none is named.
    pub(crate) context: Option<String>,
    /// Which namespaces and objects.
    pub(crate) extent: Extent,
    /// Files that it is compared with.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether what keeps passwords beside the workloads is looked through.
    pub(crate) history: bool,
    /// What is wanted of it.
    pub(crate) options: Options,
}

/// Audits a cluster. What of it cannot be read is a problem of the report.
pub(crate) fn audit(scope: Scope, policies: &PolicySet, watch: &Watch) -> anyhow::Result<AuditReport> {
    use_ring();
    let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build().context("no threads")?;
    let client = connect(&runtime, scope.context.clone())?;
    let namespaces = namespaces(&scope.extent, &client);
    let (also, untold) = general_types(policies, &client, &runtime);
    let mut audit = ClusterAudit::new(policies, also, scope.history, scope.options.clone());
    if let Some(reason) = untold {
        let what = "what policies judge beside MySQL".to_owned();
        audit.add_unlisted(what, reason, Some("kubectl api-resources says what the API server tells"));
    }
    let wanted: Vec<Wanted> = audit.wanted().into_iter().map(|(kind, fields)| Wanted { kind, fields }).collect();
    {
        let step = watch.begin("listing objects:");
        let stopped = step.shared();
        let listing =
            Listing::new(client.clone(), runtime.handle().clone(), scope.extent.clone(), move || stopped.is_stopped());
        if watch.is_shown() {
            step.expect(listing.count(&wanted));
        }
        let unlisted = listing.read(&wanted, &mut |object| {
            audit.add(object);
            step.step();
            ControlFlow::Continue(())
        });
        for Unlisted { what, reason, way_out, .. } in unlisted {
            audit.add_unlisted(what, reason, way_out);
        }
    }
    // What was listed until somebody wanted no more is still judged.
    let step = watch.begin(if scope.paths.is_empty() { "judging objects:" } else { "judging files and objects:" });
    let stopped = step.shared();
    let lookup: Arc<dyn Lookup> =
        Arc::new(Snapshot::new(client, runtime.handle().clone(), move || stopped.is_stopped()));
    if scope.paths.is_empty() {
        return Ok(audit.finish(&lookup, &step));
    }
    let files = beside(&scope, namespaces, &mut audit, policies, &lookup, &step);
    Ok(audit::join(files, audit.finish(&lookup, &step)))
}

/// The types that policies judge whatever they have to do with; none, and why, if the API server does not tell what it
/// has.
fn general_types(policies: &PolicySet, client: &Client, runtime: &Runtime) -> (BTreeSet<ResourceType>, Option<String>) {
    if !policies.has_general() {
        return (BTreeSet::new(), None);
    }
    match runtime.block_on(discover(client.clone())) {
        Ok(resources) => (policies.general_types(&resources), None),
        Err(_) => (BTreeSet::new(), Some("the API server does not tell which resources it has".to_owned())),
    }
}

/// Audits the files, and compares them with what was listed.
fn beside(
    scope: &Scope,
    namespaces: Namespaces,
    audit: &mut ClusterAudit<'_>,
    policies: &PolicySet,
    lookup: &Arc<dyn Lookup>,
    progress: &Progress,
) -> AuditReport {
    let drift = audit.drift(lookup, namespaces);
    let files = audit::audit_beside(&scope.paths, &scope.options, policies, progress, Some(&drift));
    let met = drift.met(&files, !progress.is_stopped());
    audit.set_files(met);
    files
}

/// Where objects of files belong: to the one namespace that is named, else to that of the context, as with `kubectl`.
fn namespaces(extent: &Extent, client: &Client) -> Namespaces {
    let default = match extent.namespaces.as_slice() {
        [one] => one.clone(),
        _ => client.default_namespace().to_owned(),
    };
    Namespaces { named: extent.namespaces.clone(), default }
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
