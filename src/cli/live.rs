//! Reads the cluster of a kubeconfig for an audit.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};
use tokio::runtime::{Builder, Handle, Runtime};

use super::progress::Watch;
use crate::audit::{self, AuditReport, ClusterAudit, Namespaces, Options, Progress};
use crate::cluster::{Extent, Listing, Snapshot, Unlisted, Wanted, discover};
use crate::lookup::{Lookup, ResourceType};
use crate::policy::PolicySet;
use crate::server::use_ring;

/// Threads that wait for the API server: one question is asked at a time for each object that is judged.
const THREADS: usize = 2;

/// A cluster that is audited, and the threads that wait for it.
pub(crate) struct Connection {
    runtime: Runtime,
    client: Client,
}

/// What of a cluster is audited.
pub(crate) struct Scope {
    /// Which namespaces and objects.
    pub(crate) extent: Extent,
    /// Files that it is compared with.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether what keeps passwords beside the workloads is looked through.
    pub(crate) history: bool,
    /// What is wanted of it.
    pub(crate) options: Options,
}

/// What of a cluster could not be had, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unheard {
    pub(crate) what: String,
    pub(crate) reason: String,
    pub(crate) way_out: Option<&'static str>,
}

impl Connection {
    /// To the cluster of a context of the kubeconfig; of its current one if none is named.
    pub(crate) fn open(context: Option<String>) -> anyhow::Result<Self> {
        use_ring();
        let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build().context("no threads")?;
        let config = config(&runtime, context)?;
        let client = {
            let _inside = runtime.enter();
            Client::try_from(config).context("the cluster's configuration cannot be used")?
        };
        Ok(Self { runtime, client })
    }

    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    pub(super) fn threads(&self) -> &Handle {
        self.runtime.handle()
    }
}

/// Audits a cluster. What of it cannot be read is a problem of the report, beside what was not heard before.
pub(crate) fn audit(
    connection: &Connection,
    scope: &Scope,
    policies: &PolicySet,
    unheard: &[Unheard],
    watch: &Watch,
) -> AuditReport {
    let Connection { runtime, client } = connection;
    let namespaces = namespaces(&scope.extent, client);
    let (also, untold) = general_types(policies, client, runtime);
    let mut audit = ClusterAudit::new(policies, also, scope.history, scope.options.clone());
    for Unheard { what, reason, way_out } in unheard {
        audit.add_unlisted(what.clone(), reason.clone(), *way_out);
    }
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
            // What is about the whole cluster was told once already.
            if !unheard.contains(&Unheard { what: what.clone(), reason: reason.clone(), way_out }) {
                audit.add_unlisted(what, reason, way_out);
            }
        }
    }
    // What was listed until somebody wanted no more is still judged.
    let step = watch.begin(if scope.paths.is_empty() { "judging objects:" } else { "judging files and objects:" });
    let stopped = step.shared();
    let lookup: Arc<dyn Lookup> =
        Arc::new(Snapshot::new(client.clone(), runtime.handle().clone(), move || stopped.is_stopped()));
    if scope.paths.is_empty() {
        return audit.finish(&lookup, &step);
    }
    let files = beside(scope, namespaces, &mut audit, policies, &lookup, &step);
    audit::join(files, audit.finish(&lookup, &step))
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
