//! The exceptions' objects: which of them hold now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::in_force::ExceptionStanding;
use super::stored::exception;
use super::watched::{Key, Known};
use crate::own_rules::all_ids;
use crate::policy::{PolicyException, PolicySet};

/// What was read of each object, and of which version: reading one costs more than all that is asked of it later.
#[derive(Default)]
pub(super) struct Exceptions(BTreeMap<Key, Read>);

struct Read {
    version: Option<String>,
    generation: i64,
    exception: Result<Arc<PolicyException>, String>,
}

impl Exceptions {
    /// Takes over what there is now.
    pub(super) fn observe(&mut self, known: &Known) {
        let mut before = std::mem::take(&mut self.0);
        for (key, object) in known.objects() {
            let version = object.metadata.resource_version.clone();
            let read = before.remove(key).filter(|read| read.version.is_some() && read.version == version);
            let read = read.unwrap_or_else(|| Read {
                version,
                generation: object.metadata.generation.unwrap_or_default(),
                exception: exception(object).map(Arc::new),
            });
            self.0.insert(key.clone(), read);
        }
    }

    /// Those that can be used.
    pub(super) fn usable(&self) -> impl Iterator<Item = Arc<PolicyException>> {
        self.0.values().filter_map(|read| read.exception.as_ref().ok().cloned())
    }

    /// What became of each, where this set is in force.
    pub(super) fn standings(&self, set: &PolicySet, now: Timestamp) -> BTreeMap<Key, ExceptionStanding> {
        let in_force = set.iter().flat_map(|policy| &policy.module.description().rules).map(|rule| rule.id.as_str());
        // As the engine does with exceptions in manifests: what is part of this program is spelled right.
        let rules: BTreeSet<&str> = in_force.chain(all_ids()).collect();
        self.0.iter().map(|(key, read)| (key.clone(), read.standing(&rules, now))).collect()
    }
}

impl Read {
    fn standing(&self, rules: &BTreeSet<&str>, now: Timestamp) -> ExceptionStanding {
        let standing =
            |is_active, reason, message| ExceptionStanding { generation: self.generation, is_active, reason, message };
        let exception = match &self.exception {
            Ok(exception) => exception,
            Err(problem) => return standing(false, "DocumentInvalid", problem.clone()),
        };
        if exception.has_ended(now) {
            return standing(false, "Ended", format!("it ended at {}; delete it", exception.expires));
        }
        let unknown: Vec<&str> =
            exception.rules().iter().map(String::as_str).filter(|rule| !rules.contains(rule)).collect();
        if unknown.is_empty() {
            standing(true, "Holds", format!("it holds until {}", exception.expires))
        } else {
            let message = format!(
                "it holds until {}; but no policy in force has the rule {}: is it written as in the finding?",
                exception.expires,
                unknown.join(", ")
            );
            standing(true, "RuleUnknown", message)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use kube::api::DynamicObject;
    use serde_json::json;

    use super::*;
    use crate::policy::scripted::{description, scripted};

    #[test]
    fn what_is_said_of_each() {
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let set = PolicySet::new(vec![scripted(description("mine", "MINE1"), |_| Ok(Vec::new()))]);
        let mut exceptions = Exceptions::default();
        for (number, (rules, expires, said)) in [
            (json!(["MINE1"]), "2027-01-01", "true Holds it holds until 2027-01-02T00:00:00Z"),
            // No policy has it: policies that work against each other are named by it.
            (json!(["TG004"]), "2027-01-01", "true Holds it holds until 2027-01-02T00:00:00Z"),
            (json!(["MINE1"]), "2026-12-31", "false Ended it ended at 2027-01-01T00:00:00Z; delete it"),
            (
                json!(["MINE1", "TG004", "MY10"]),
                "2027-01-01",
                "true RuleUnknown it holds until 2027-01-02T00:00:00Z; but no policy in force has the rule MY10: is it \
                 written as in the finding?",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let object: DynamicObject = serde_json::from_value(json!({
                "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
                "metadata": { "namespace": "shop", "name": "e", "resourceVersion": number.to_string(), "generation": 1 },
                "spec": { "rules": rules, "reason": "x", "expires": expires },
            }))
            .unwrap();
            let key = ("shop".to_owned(), "e".to_owned());
            exceptions.observe(&Known::Objects(Arc::new(BTreeMap::from([(key.clone(), object)]))));
            let standing = &exceptions.standings(&set, now)[&key];
            assert_eq!(format!("{} {} {}", standing.is_active, standing.reason, standing.message), said);
        }
        exceptions.observe(&Known::Objects(Arc::default()));
        assert_eq!((exceptions.usable().count(), exceptions.standings(&set, now).len()), (0, 0));
    }
}
