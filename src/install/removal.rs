//! The gate out of a cluster: the webhooks first, so that nobody is held up by a gate that is gone.

use kube::Client;

use super::plan::Stage;
use super::{InstallError, MANAGER, Options, Plan, checks};
use crate::objects::{self, Objects, title};

/// What is taken away beside the gate itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removal {
    /// The kinds of policies and exceptions, and with them all their objects.
    pub kinds: bool,
    /// The gate's namespace, with all that is in it.
    pub namespace: bool,
}

/// Takes the gate away. Secrets with passwords stay in any case: databases use them.
///
/// # Errors
/// [`InstallError`]; what was taken away by then is gone, and a further run goes on.
pub async fn remove(
    client: Client,
    namespace: &str,
    removal: Removal,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<(), InstallError> {
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
    objects::check(&objects, objects::to_delete(wanted.iter().flat_map(|stage| plan.of(*stage)))).await?;
    checks::nothing_in_the_way(&objects, &plan, namespace).await.or_else(|error| match error {
        // On its way out already, or newer than this program: both can be taken away.
        InstallError::Terminating(_) | InstallError::NewerKinds { .. } => Ok(()),
        other => Err(other),
    })?;
    for stage in wanted {
        for object in with_cert_manager.of(stage) {
            if objects.delete(object).await? {
                tell(title(object));
            }
        }
    }
    Ok(())
}
