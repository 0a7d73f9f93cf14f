//! The condition `Sent` in a policy's status: whether the API server sends what the policy judges.

use std::fmt::Write as _;

use jiff::Timestamp;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams};
use kube::{Client, Error};
use serde_json::{Value, json};

use super::gap::Gap;
use crate::policy::PolicySet;

const SENT: &str = "Sent";
/// Who writes the condition, among those who write the status.
const MANAGER: &str = "tidegate-webhooks";

/// What a condition says: reason and message.
type Said = (&'static str, String);

/// Tells objects of policies whether what they judge is sent.
pub(super) struct Sent {
    policies: Api<DynamicObject>,
}

impl Sent {
    pub(super) fn new(client: Client) -> Self {
        let kind = GroupVersionKind::gvk("tidegate.dev", "v1alpha1", "ClusterPolicy");
        Self { policies: Api::all_with(client, &ApiResource::from_gvk(&kind)) }
    }

    /// Brings the condition of every object to what is so: of policies on everything it is there, of others it is not.
    /// Policies of files have no object, and nothing to be told.
    ///
    /// # Errors
    /// What the API server says to it; what was not written is written the next time.
    pub(super) async fn tell(&self, policies: &PolicySet, gaps: &[Gap]) -> Result<(), Error> {
        let objects = match self.policies.list(&ListParams::default()).await {
            Ok(objects) => objects.items,
            // There are no such objects here.
            Err(Error::Api(status)) if status.is_not_found() => return Ok(()),
            Err(error) => return Err(error),
        };
        for object in objects {
            let name = object.metadata.name.clone().unwrap_or_default();
            let is_general = policies.iter().any(|policy| policy.name == name && policy.is_general());
            self.bring(&object, is_general.then(|| said(&name, gaps))).await?;
        }
        Ok(())
    }

    async fn bring(&self, object: &DynamicObject, said: Option<Said>) -> Result<(), Error> {
        let conditions = object.data.pointer("/status/conditions").and_then(Value::as_array);
        let before = conditions.into_iter().flatten().find(|condition| condition["type"] == SENT);
        let wanted = said.map(|said| condition(&said, before));
        if wanted.as_ref() == before {
            return Ok(());
        }
        let name = object.metadata.name.as_deref().unwrap_or_default();
        let patch = json!({
            "apiVersion": "tidegate.dev/v1alpha1",
            "kind": "ClusterPolicy",
            // The object of another uid is another one, of which this is not to be said.
            "metadata": { "name": name, "uid": object.metadata.uid },
            "status": { "conditions": wanted.as_slice() },
        });
        match self.policies.patch_status(name, &PatchParams::apply(MANAGER).force(), &Patch::Apply(patch)).await {
            Ok(_) => Ok(()),
            // It is gone, or another one: the next look is about that one.
            Err(Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The condition that says this, after the one that is there.
fn condition((reason, message): &Said, before: Option<&Value>) -> Value {
    let status = if *reason == ALL_SENT { "True" } else { "False" };
    let since = before.filter(|before| before["status"] == status).map(|before| before["lastTransitionTime"].clone());
    // To the second, as Kubernetes writes times.
    let now = || Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into();
    json!({ "type": SENT, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": since.unwrap_or_else(now) })
}

const ALL_SENT: &str = "AllSent";

/// What is said of a policy: what the first gap is, and the way out of each.
fn said(policy: &str, gaps: &[Gap]) -> Said {
    let mut own = gaps.iter().filter(|gap| gap.policy() == policy).peekable();
    let Some(first) = own.peek() else {
        return (ALL_SENT, "the API server sends every object that it judges".to_owned());
    };
    let (reason, mut message) = (first.reason(), String::new());
    for gap in own {
        let gap = gap.to_string();
        let words = gap.strip_prefix(&format!("policy {policy}")).unwrap_or(&gap).trim_start_matches([':', ' ']);
        let separator = if message.is_empty() { "" } else { "; " };
        // Writing into a text cannot fail.
        let _ = write!(message, "{separator}{words}");
    }
    (reason, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_changes_its_time_with_its_status_only() {
        let before = json!({ "type": SENT, "status": "False", "lastTransitionTime": "then" });
        let unknown = ("KindUnknown", "x".to_owned());
        assert_eq!(condition(&unknown, Some(&before))["lastTransitionTime"], "then");
        assert_ne!(condition(&(ALL_SENT, String::new()), Some(&before))["lastTransitionTime"], "then");
        let same = condition(&unknown, Some(&before));
        assert_eq!(condition(&unknown, Some(&same)), same);
    }

    #[test]
    fn each_gap_of_the_policy_is_told() {
        let unknown = |policy: &str, kind: &str| Gap::Unknown { policy: policy.to_owned(), kind: kind.to_owned() };
        let gaps =
            [unknown("a", "Fleet"), unknown("ab", "Boat"), Gap::NeverSent { policy: "a".into(), kind: "Lease".into() }];
        assert_eq!(
            said("a", &gaps),
            (
                "KindUnknown",
                "the cluster has no kind Fleet; as soon as it has, its objects are judged; objects of kind Lease are \
                 never sent to the gate, because the cluster could not go on without it; take it out of spec.match.kinds"
                    .to_owned()
            )
        );
        assert_eq!(said("b", &gaps).0, "AllSent");
        let none = Gap::NoKinds { policy: "c".to_owned() };
        assert!(said("c", &[none]).1.starts_with("judges any kind that its document names, and it names none"));
    }
}
