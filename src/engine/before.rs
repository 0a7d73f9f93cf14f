//! What a variable has in the stored object of an update.

use secrecy::SecretString;
use serde_json::Value;

use super::effect::Before;
use crate::request::Request;
use crate::workload::{Location, expand_escapes, has_references};

/// Images read the same password by two names.
const PREFIXES: [(&str, &str); 2] = [("MYSQL_", "MARIADB_"), ("MARIADB_", "MYSQL_")];

/// What a container's variable has in the stored object; none if there is none, or if what it comes to
/// is not known.
pub(super) fn before(request: &Request, container: &str, variable: &str) -> Option<Before> {
    let stored = request.old_object.as_ref()?;
    let containers = containers(stored)?;
    let named = |name: &str| containers.iter().find(|stored| name_of(stored) == name);
    let found = match named(container) {
        Some(own) => named_variable(own, variable)?,
        None => {
            // One that has another name now is still the one that had the variable, if only one is gone that had it.
            let present: Vec<&str> = self::containers(&request.object)?.into_iter().map(name_of).collect();
            let gone = containers.iter().filter(|stored| !present.contains(&name_of(stored)));
            let mut all = gone.filter_map(|stored| named_variable(stored, variable));
            all.next().filter(|_| all.next().is_none())?
        }
    };
    if let Some(literal) = found.get("value").and_then(Value::as_str).filter(|literal| !literal.is_empty()) {
        return (!has_references(literal)).then(|| Before::Literal(SecretString::from(expand_escapes(literal))));
    }
    let text = |field: &str| found.pointer(&format!("/valueFrom/secretKeyRef/{field}"))?.as_str().map(str::to_owned);
    Some(Before::InSecret { name: text("name")?, key: text("key")? })
}

fn name_of(container: &Value) -> &str {
    container.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn containers(object: &Value) -> Option<Vec<&Value>> {
    let pod = object.pointer(Location::of(object)?.pod_spec)?;
    let lists = ["containers", "initContainers"].iter().filter_map(|list| pod.get(*list)?.as_array());
    Some(lists.flatten().collect())
}

/// The last variable of a name counts; that of the other name only if there is none.
fn named_variable<'a>(container: &'a Value, variable: &str) -> Option<&'a Value> {
    let named = |name: &str| {
        let mut variables = container.get("env")?.as_array()?.iter().rev();
        variables.find(|entry| entry.get("name").and_then(Value::as_str) == Some(name))
    };
    let other = |(prefix, instead): &(&str, &str)| Some(format!("{instead}{}", variable.strip_prefix(prefix)?));
    named(variable).or_else(|| PREFIXES.iter().filter_map(other).find_map(|name| named(&name)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_variable_has_in_the_stored_object() {
        let reference = json!({ "secretKeyRef": { "name": "s", "key": "k" } });
        let stored = json!({ "apiVersion": "v1", "kind": "Pod", "spec": {
            "initContainers": [{ "name": "init", "env": [{ "name": "MYSQL_PWD", "value": "i" }] }],
            "containers": [
                { "name": "a", "env": [
                    { "name": "MYSQL_ROOT_PASSWORD", "value": "first" },
                    { "name": "MYSQL_ROOT_PASSWORD", "value": "x$$y" },
                    { "name": "MYSQL_PASSWORD", "valueFrom": reference },
                    { "name": "MYSQL_DATABASE", "value": "$(OTHER)" },
                    { "name": "EMPTY", "value": "" },
                ] },
                { "name": "b" },
            ],
        } });
        let mut request = Request::audit(stored.clone());
        assert!(before(&request, "a", "MYSQL_ROOT_PASSWORD").is_none(), "nothing is stored yet");
        request.old_object = Some(stored);
        let rows = [
            ("a", "MYSQL_ROOT_PASSWORD", "x$y"),
            ("a", "MARIADB_ROOT_PASSWORD", "x$y"),
            ("a", "MYSQL_PASSWORD", "s/k"),
            ("a", "MYSQL_DATABASE", "-"),
            ("a", "EMPTY", "-"),
            ("a", "ABSENT", "-"),
            ("b", "MYSQL_ROOT_PASSWORD", "-"),
            ("init", "MYSQL_PWD", "i"),
            ("new", "MYSQL_ROOT_PASSWORD", "-"),
        ];
        for (container, variable, expected) in rows {
            assert_eq!(found(&request, container, variable), expected, "{container} {variable}");
        }
        request.object["spec"]["containers"][0]["name"] = "renamed".into();
        assert_eq!(found(&request, "renamed", "MYSQL_ROOT_PASSWORD"), "x$y");
        assert_eq!(found(&request, "renamed", "MARIADB_PASSWORD"), "s/k");
    }

    fn found(request: &Request, container: &str, variable: &str) -> String {
        match before(request, container, variable) {
            None => "-".to_owned(),
            Some(Before::Literal(value)) => value.expose_secret().to_owned(),
            Some(Before::InSecret { name, key }) => format!("{name}/{key}"),
        }
    }
}
