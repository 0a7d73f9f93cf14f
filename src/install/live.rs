//! What stays in webhooks that are in force, whoever installs anew: what their owner wrote there.

use serde_json::{Value, json};

use crate::webhooks::without_trial;

/// What is for whoever runs the gate to say, as the gate itself leaves it too.
const OWNED: [&str; 4] = ["namespaceSelector", "objectSelector", "failurePolicy", "timeoutSeconds"];

/// Takes over into a configuration what the stored one says otherwise, and names it: `failurePolicy of
/// mutate.tidegate.dev`. A selector of the trial's stays with the trial.
pub(super) fn keep(wanted: &mut Value, stored: &Value) -> Vec<String> {
    let stored: Vec<&Value> = stored["webhooks"].as_array().into_iter().flatten().collect();
    let mut kept = Vec::new();
    for webhook in wanted["webhooks"].as_array_mut().into_iter().flatten() {
        let Some(before) = stored.iter().find(|before| before["name"] == webhook["name"]) else { continue };
        for field in OWNED {
            let Some(mut value) = before.get(field).cloned() else { continue };
            if field == "objectSelector" {
                without_trial(&mut value);
            }
            // What is not said is stored as the empty selector, and everybody's to write.
            let said = webhook.get(field).cloned().unwrap_or_else(|| json!({}));
            if said != value {
                webhook[field] = value;
                kept.push(format!("{field} of {}", webhook["name"].as_str().unwrap_or_default()));
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_owner_of_webhooks_wrote_stays_and_nothing_else() {
        let rules = |version: &str| json!([{ "apiVersions": [version] }]);
        let everywhere = json!({ "matchExpressions": [{ "key": "a", "operator": "Exists" }] });
        let in_one = json!({ "matchLabels": { "team": "shop" } });
        let wanted = |name: &str| {
            json!({
                "name": name, "failurePolicy": "Fail", "timeoutSeconds": 10, "namespaceSelector": everywhere,
                "rules": rules("v2"),
            })
        };
        let (trial, nothing) = (json!({ "matchLabels": { "tidegate.dev/trial": "true" } }), json!({}));
        let stored = |name: &str, selector: &Value| {
            json!({
                "name": name, "failurePolicy": "Ignore", "timeoutSeconds": 5, "namespaceSelector": in_one,
                "objectSelector": selector, "rules": rules("v1"),
            })
        };
        for (selector, expected) in [(&nothing, None), (&trial, None), (&in_one, Some(&in_one))] {
            let mut configuration = json!({ "webhooks": [wanted("a"), wanted("new")] });
            let before = json!({ "webhooks": [stored("gone", selector), stored("a", selector)] });
            let kept = keep(&mut configuration, &before);
            let mut first = wanted("a");
            first["failurePolicy"] = json!("Ignore");
            first["timeoutSeconds"] = json!(5);
            first["namespaceSelector"] = in_one.clone();
            let mut named = vec!["namespaceSelector of a", "failurePolicy of a", "timeoutSeconds of a"];
            if let Some(expected) = expected {
                first["objectSelector"] = expected.clone();
                named.insert(1, "objectSelector of a");
            }
            assert_eq!(configuration, json!({ "webhooks": [first, wanted("new")] }));
            assert_eq!(kept, named);
        }
        let mut as_it_was = json!({ "webhooks": [wanted("a")] });
        let before = as_it_was.clone();
        assert!(keep(&mut as_it_was, &before).is_empty());
        assert_eq!(as_it_was, before);
    }
}
