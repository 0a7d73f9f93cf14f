//! The gate out of a cluster: the webhooks first, so that nobody is held up by a gate that is gone.

use kube::Client;

use super::plan::Stage;
use super::{InstallError, MANAGER, Options, Plan, checks};
use crate::objects::{self, Objects, Right, refused, title};
use crate::secrets::{Disposal, READ_FOR_UNUSED, delete_unused};

/// What a gate, or cert-manager for it, makes in the gate's namespace, and nobody takes away but with the namespace.
pub const LEFT: [&str; 7] = [
    "secret/tidegate-tls",
    "secret/tidegate-authority",
    "lease/tidegate-certificate",
    "lease/tidegate-clean-up",
    "lease/tidegate-policies",
    "lease/tidegate-reports",
    "lease/tidegate-webhooks",
];

/// What is taken away beside the gate itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removal {
    /// The kinds of policies and exceptions, and with them all their objects.
    pub kinds: bool,
    /// The gate's namespace, with all that is in it.
    pub namespace: bool,
    /// The Secrets with passwords that nothing uses and that open no data that may be there.
    pub passwords: bool,
}

/// Takes the gate away. Secrets with passwords that databases use stay in any case.
///
/// # Errors
/// [`InstallError`]; what was taken away by then is gone, and a further run goes on.
pub async fn remove(
    client: Client,
    namespace: &str,
    removal: Removal,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<Vec<Disposal>, InstallError> {
    let options = Options { namespace: namespace.to_owned(), ..Options::default() };
    let plan = Plan::new(&options)?;
    // What only some installations have.
    let with_cert_manager = Plan::new(&Options { cert_manager: true, ..options })?;
    let objects = Objects::new(client, MANAGER);
    checks::version(&objects.client()).await?;
    let stages = [
        (Stage::Webhooks, true),
        (Stage::Gate, true),
        (Stage::Around, true),
        (Stage::Rights, true),
        (Stage::Kinds, removal.kinds),
        (Stage::Namespace, removal.namespace),
    ];
    let wanted: Vec<_> = stages.iter().filter(|(_, is_wanted)| *is_wanted).map(|(stage, _)| *stage).collect();
    let mut rights = objects::to_delete(wanted.iter().flat_map(|stage| plan.of(*stage)));
    if removal.passwords {
        rights.extend(for_passwords());
    }
    objects::check(&objects, rights).await?;
    checks::ownership(&objects, &plan, namespace).await?;
    if removal.namespace && !checks::may_label_namespace(&objects, &plan).await? {
        return Err(InstallError::ForeignNamespace(namespace.to_owned()));
    }
    for stage in wanted {
        for object in with_cert_manager.of(stage) {
            // What only cert-manager's way has is deleted where it is; who may not look has none of it.
            let is_usual = plan.of(stage).any(|usual| title(usual) == title(object));
            let is_there = || async { objects.get(object).await.is_ok_and(|found| found.is_some()) };
            if (is_usual || is_there().await) && objects.delete(object).await? {
                tell(title(object));
            }
        }
    }
    if !removal.passwords {
        return Ok(Vec::new());
    }
    let disposals = delete_unused(objects.client()).await;
    Ok(disposals.map_err(|error| refused("the Secrets with passwords".to_owned(), &error))?)
}

/// What it takes to delete Secrets that nothing uses.
fn for_passwords() -> impl Iterator<Item = Right> {
    let right = |group: &str, resource: &str, verb: &str| Right {
        group: group.to_owned(),
        resource: resource.to_owned(),
        verb: verb.to_owned(),
        ..Right::default()
    };
    let read =
        READ_FOR_UNUSED.iter().flat_map(|(group, resources)| resources.iter().map(move |resource| (group, resource)));
    read.map(move |(group, resource)| right(group, resource, "list")).chain([right("", "secrets", "delete")])
}
