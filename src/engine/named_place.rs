//! A place in an object that stays the same when list items before it come and go.

use serde_json::Value;

/// A longer text is no name any more; option names of MySQL with their values are mostly shorter.
const LONGEST_NAME: usize = 60;

/// A JSON Pointer with names in place of indices: `/spec/containers/[mysql]/env/[MYSQL_PWD]`. An item
/// is called by its `name`, a short text of one line by itself; others, scripts for instance, keep their index.
pub fn named_place(object: &Value, pointer: &str) -> String {
    let mut place = String::new();
    let mut value = Some(object);
    for token in pointer.split('/').skip(1) {
        place.push('/');
        let key = token.replace("~1", "/").replace("~0", "~");
        let next = value.and_then(|value| match value {
            Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            Value::Object(fields) => fields.get(&key),
            _ => None,
        });
        let name = value.filter(|value| value.is_array()).and(next).and_then(|item| match item {
            Value::String(text) => {
                Some(text.as_str()).filter(|text| text.len() <= LONGEST_NAME && !text.contains('\n'))
            }
            _ => item.get("name").and_then(Value::as_str),
        });
        match name {
            Some(name) => place.push_str(&format!("[{name}]")),
            None => place.push_str(token),
        }
        value = next;
    }
    place
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_called_by_their_names() {
        let object = json!({ "spec": { "containers": [
            { "name": "first" },
            { "name": "mysql", "args": ["--port=3307", "set -e\nmysqld"], "ports": [{ "containerPort": 3306 }] },
        ] } });
        for (pointer, place) in [
            ("", ""),
            ("/spec/containers/1", "/spec/containers/[mysql]"),
            ("/spec/containers/1/args/0", "/spec/containers/[mysql]/args/[--port=3307]"),
            ("/spec/containers/1/args/1", "/spec/containers/[mysql]/args/1"),
            ("/spec/containers/1/ports/0", "/spec/containers/[mysql]/ports/0"),
            ("/spec/containers/7/env", "/spec/containers/7/env"),
            ("/metadata/annotations/a~1b", "/metadata/annotations/a~1b"),
        ] {
            assert_eq!(named_place(&object, pointer), place);
        }
    }
}
