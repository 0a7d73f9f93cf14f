//! Asks an API server which resources it has.

use std::collections::HashSet;

use kube::Client;
use kube::discovery::{Discovery, Scope, verbs};

use crate::resources::{Resource, Resources};

/// What can be created or updated, each in the version that the API server prefers.
///
/// # Errors
/// If the API server does not tell: of what it did not tell, nothing follows.
pub async fn discover(client: Client) -> Result<Resources, kube::Error> {
    let discovery = Discovery::new(client).run_aggregated().await?;
    let mut resources = Resources::default();
    for group in discovery.groups() {
        let mut seen = HashSet::new();
        let preferred = group.preferred_version_or_latest().to_owned();
        let others = group.versions().filter(|version| *version != preferred).map(str::to_owned);
        for version in std::iter::once(preferred.clone()).chain(others) {
            resources.extend(
                group
                    .versioned_resources(&version)
                    .into_iter()
                    .filter(|(_, able)| {
                        able.supports_operation(verbs::CREATE) || able.supports_operation(verbs::UPDATE)
                    })
                    .filter(|(resource, _)| seen.insert(resource.plural.clone()))
                    .map(|(resource, able)| Resource {
                        group: resource.group,
                        version: resource.version,
                        kind: resource.kind,
                        plural: resource.plural,
                        is_namespaced: able.scope == Scope::Namespaced,
                    }),
            );
        }
    }
    Ok(resources)
}
