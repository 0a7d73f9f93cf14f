//! Where `fix` puts passwords: from its arguments.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use futures::future::BoxFuture;
use kube::Client;
use tokio::runtime::Builder;

use super::fix::PasswordArguments;
use super::live;
use crate::fix::{Destination, InCluster, Sealed, SecretFile};
use crate::secrets::{Applied, ChangedPasswords, KubeSecretStore, SecretError};
use crate::server::use_ring;

/// What stands for the cluster where a file could be named.
const APPLY: &str = "apply";

/// The destination that was named, if one was.
pub(super) fn of(arguments: PasswordArguments) -> anyhow::Result<Option<Box<dyn Destination>>> {
    let PasswordArguments { secrets, seal, context } = arguments;
    let applies = secrets.as_deref() == Some(Path::new(APPLY));
    if context.is_some() && !applies {
        bail!("--context says which cluster gets the Secrets: it needs --secrets apply");
    }
    if secrets.as_deref() == Some(Path::new("-")) {
        bail!("--secrets needs a file: passwords are not written to standard output");
    }
    Ok(match (secrets, seal) {
        (Some(_), Some(_)) if applies => {
            bail!(
                "--secrets apply makes Secrets in the cluster, so that there is nothing to --seal: leave one of the two away"
            )
        }
        (place, Some(program)) => Some(Box::new(Sealed::new(program, place))),
        (Some(_), None) if applies => Some(Box::new(in_cluster(context)?)),
        (Some(file), None) => Some(Box::new(SecretFile::open(&file).context("--secrets")?)),
        (None, None) => None,
    })
}

fn in_cluster(context: Option<String>) -> anyhow::Result<InCluster> {
    use_ring();
    let runtime = Builder::new_current_thread().enable_all().build().context("no threads")?;
    let config = live::config(&runtime, context)?;
    let (namespace, name) = (config.default_namespace.clone(), format!("the cluster {}", config.cluster_url));
    let client = {
        let _inside = runtime.enter();
        Client::try_from(config).context("the cluster's configuration cannot be used")?
    };
    let store = Arc::new(KubeSecretStore::new(client, ChangedPasswords::Refuse));
    let wait = move |future: BoxFuture<'_, Result<Applied, SecretError>>| runtime.block_on(future);
    Ok(InCluster { store, namespace, name, wait: Box::new(wait), taken: Vec::new() })
}
