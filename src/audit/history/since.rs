//! Since when something stands in a stored object.

use serde_json::{Map, Value};

use crate::audit::report::Since;

/// When the object was made.
pub(super) fn created(object: &Value) -> Option<Since> {
    let time = object.pointer("/metadata/creationTimestamp").and_then(Value::as_str)?;
    Some(Since { time: time.to_owned(), or_earlier: false })
}

/// Since when the value at a place is there: when the manager that owns it last wrote. It may have written
/// something else then, so that this is the latest possible time. None of a place that nobody owns is known
/// but that it is not older than its object.
pub(in crate::audit) fn written(object: &Value, pointer: &str) -> Option<Since> {
    let created = created(object);
    let managers = object.pointer("/metadata/managedFields").and_then(Value::as_array).into_iter().flatten();
    let owning = managers.filter_map(|manager| {
        let depth = depth_owned(manager.get("fieldsV1")?.as_object()?, object, pointer);
        Some((depth, manager.get("time")?.as_str()?)).filter(|(depth, _)| *depth > 0)
    });
    // RFC 3339 in UTC, as the API server writes it, is in the order of its letters.
    let Some((_, time)) = owning.max() else { return created };
    match created {
        Some(created) if created.time.as_str() >= time => Some(created),
        _ => Some(Since { time: time.to_owned(), or_earlier: true }),
    }
}

/// How many steps of a pointer a manager's fields follow.
fn depth_owned(fields: &Map<String, Value>, object: &Value, pointer: &str) -> usize {
    let (mut fields, mut value, mut depth) = (fields, object, 0);
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let (key, child) = match value {
            Value::Array(items) => {
                let Some(item) = token.parse().ok().and_then(|index: usize| items.get(index)) else { return depth };
                let key = fields.keys().find(|key| names(key, item));
                (key.cloned(), item)
            }
            _ => (Some(format!("f:{token}")), value.get(&token).unwrap_or(&Value::Null)),
        };
        let Some(owned) = key.and_then(|key| fields.get(&key)).and_then(Value::as_object) else { return depth };
        (fields, value, depth) = (owned, child, depth + 1);
    }
    depth
}

/// Whether `k:{"name":"mysql"}` names this item of a list.
fn names(key: &str, item: &Value) -> bool {
    let keys = key.strip_prefix("k:").and_then(|keys| serde_json::from_str::<Map<String, Value>>(keys).ok());
    keys.is_some_and(|keys| keys.iter().all(|(key, value)| item.get(key) == Some(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_manager_that_owns_the_place_says_when() {
        let object = json!({
            "metadata": {
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "managedFields": [
                    { "time": "2026-03-01T00:00:00Z", "fieldsV1": { "f:data": { "f:my.cnf": {} } } },
                    { "time": "2026-04-01T00:00:00Z", "fieldsV1": { "f:data": { "f:other": {} } } },
                    { "time": "2026-05-01T00:00:00Z",
                      "fieldsV1": { "f:spec": { "f:env": { "k:{\"name\":\"B\"}": { "f:value": {} } } } } },
                    { "time": "2025-12-31T00:00:00Z", "fieldsV1": { "f:early": {} } },
                ],
            },
            "data": { "my.cnf": "", "other": "" },
            "spec": { "env": [{ "name": "A" }, { "name": "B", "value": "" }] },
            "early": "",
            "nobody": "",
        });
        for (pointer, time, or_earlier) in [
            ("/data/my.cnf", "2026-03-01T00:00:00Z", true),
            ("/data/other", "2026-04-01T00:00:00Z", true),
            ("/spec/env/1", "2026-05-01T00:00:00Z", true),
            ("/early", "2026-01-01T00:00:00Z", false),
            ("/nobody", "2026-01-01T00:00:00Z", false),
        ] {
            assert_eq!(written(&object, pointer), Some(Since { time: time.to_owned(), or_earlier }), "{pointer}");
        }
        assert_eq!(written(&json!({}), "/data"), None);
    }
}
