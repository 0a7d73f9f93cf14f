//! Label selectors: which pods an object means.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A label selector as Kubernetes writes it: `matchLabels` and `matchExpressions`. An empty one
/// selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Selector {
    /// Labels that must be there with these values.
    pub match_labels: Option<BTreeMap<String, String>>,
    /// Further conditions.
    pub match_expressions: Option<Vec<Requirement>>,
}

/// One condition of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// With what it is compared.
    pub values: Option<Vec<String>>,
}

impl Selector {
    /// Whether it selects an object with these labels.
    pub fn selects(&self, labels: &[(String, String)]) -> bool {
        self.match_labels.as_ref().is_none_or(|wanted| has_all(wanted, labels))
            && self.match_expressions.iter().flatten().all(|requirement| requirement.holds(labels))
    }
}

impl Requirement {
    fn holds(&self, labels: &[(String, String)]) -> bool {
        let label = labels.iter().find(|(key, _)| *key == self.key);
        let listed = label.is_some_and(|(_, value)| self.values.iter().flatten().any(|listed| listed == value));
        match self.operator.as_str() {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            // A word that Kubernetes does not have: the API server refuses it.
            _ => false,
        }
    }
}

/// Whether the plain selector of a Service or ReplicationController selects pods with these labels.
/// An empty one selects none: whoever made the Service fills its endpoints.
///
/// ```
/// let selector = std::collections::BTreeMap::from([("app".to_owned(), "mysql".to_owned())]);
/// let labels = [("app".to_owned(), "mysql".to_owned()), ("tier".to_owned(), "db".to_owned())];
/// assert!(tidegate_policy::selects(&selector, &labels));
/// assert!(!tidegate_policy::selects(&selector, &labels[1..]));
/// ```
pub fn selects(selector: &BTreeMap<String, String>, labels: &[(String, String)]) -> bool {
    !selector.is_empty() && has_all(selector, labels)
}

fn has_all(wanted: &BTreeMap<String, String>, labels: &[(String, String)]) -> bool {
    wanted.iter().all(|(key, value)| labels.iter().any(|(own, label)| own == key && label == value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn selects_as_kubernetes_does() {
        let labels = [("app".to_owned(), "mysql".to_owned()), ("tier".to_owned(), "db".to_owned())];
        for (selector, expected) in [
            (json!({}), true),
            (json!({ "matchLabels": { "app": "mysql" } }), true),
            (json!({ "matchLabels": { "app": "shop" } }), false),
            (
                json!({ "matchLabels": null, "matchExpressions": [{ "key": "tier", "operator": "In", "values": ["db"] }] }),
                true,
            ),
            (json!({ "matchExpressions": [{ "key": "tier", "operator": "NotIn", "values": ["db"] }] }), false),
            (json!({ "matchExpressions": [{ "key": "zone", "operator": "DoesNotExist" }] }), true),
            (json!({ "matchExpressions": [{ "key": "app", "operator": "Exists" }] }), true),
            (json!({ "matchExpressions": [{ "key": "app", "operator": "Near" }] }), false),
        ] {
            let text = selector.to_string();
            assert_eq!(Selector::deserialize(selector).unwrap().selects(&labels), expected, "{text}");
        }
    }
}
