//! Passwords of MySQL among the values of a chart.

use serde_json::Value;

use crate::workload::{WITHHELD, names_another_database, names_mysql, withheld};

/// A number that is shorter is a port or a size.
const SHORTEST_NUMBER: usize = 6;
/// What charts call the database that they use.
const DATABASES: &[&str] = &["db", "database", "externaldatabase", "galera"];

/// A password, and where it stands.
///
/// It is not `Debug`.
pub(super) struct Password {
    /// RFC 6901 pointer into the values.
    pub at: String,
    pub value: Value,
    /// The value as it may be shown.
    pub shown: Value,
}

/// The passwords of MySQL in values; `is_mysql`: the chart is one of MySQL, so that each password is.
pub(super) fn passwords(values: &Value, is_mysql: bool) -> Vec<Password> {
    let values = with_texts(values);
    let shown = withheld(&values);
    let mut found = Vec::new();
    Search { is_mysql, found: &mut found }.compare(&values, &shown, "", &mut Vec::new());
    found
}

/// A password of digits is a number in YAML, and no less a password.
fn with_texts(values: &Value) -> Value {
    match values {
        Value::Number(number) if number.to_string().len() >= SHORTEST_NUMBER => Value::from(number.to_string()),
        Value::Array(items) => items.iter().map(with_texts).collect(),
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.clone(), with_texts(field))).collect(),
        other => other.clone(),
    }
}

struct Search<'a> {
    is_mysql: bool,
    found: &'a mut Vec<Password>,
}

impl Search<'_> {
    /// `called`: by what name the value goes.
    fn compare<'v>(&mut self, value: &'v Value, shown: &Value, called: &str, path: &mut Vec<&'v str>) {
        match (value, shown) {
            (Value::Object(fields), Value::Object(shown)) => {
                for (key, field) in fields {
                    let variable = fields.get("name").and_then(Value::as_str).filter(|_| key == "value");
                    path.push(key);
                    self.compare(field, shown.get(key).unwrap_or(&Value::Null), variable.unwrap_or(key), path);
                    path.pop();
                }
            }
            (Value::Array(items), Value::Array(shown)) => {
                let numbers: Vec<String> = (0..items.len()).map(|index| index.to_string()).collect();
                for ((item, shown), number) in items.iter().zip(shown).zip(&numbers) {
                    let mut below: Vec<&str> = path.iter().copied().chain([number.as_str()]).collect();
                    self.compare(item, shown, called, &mut below);
                }
            }
            (Value::String(text), Value::String(hidden))
                if text != hidden && self.is_password(text, hidden, called, path) =>
            {
                let at = path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect();
                self.found.push(Password { at, value: value.clone(), shown: shown.clone() });
            }
            _ => {}
        }
    }

    fn is_password(&self, text: &str, hidden: &str, called: &str, path: &[&str]) -> bool {
        let key = called.to_ascii_lowercase();
        // `existingSecret: mysql-auth` names what holds the password.
        let is_called_so = (key.contains("pass") || key.contains("pwd")) && !key.ends_with("secret");
        let is_other = path.iter().any(|key| names_another_database(key)) || names_another_database(text);
        let is_database = |key: &&str| DATABASES.contains(&key.to_ascii_lowercase().as_str());
        let is_mysqls = self.is_mysql
            || names_mysql(text)
            || names_mysql(called)
            || path.iter().any(|key| names_mysql(key) || is_database(key));
        !is_other && is_mysqls && (hidden != WITHHELD || is_called_so || text.contains("://"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(values: &Value, is_mysql: bool) -> Vec<String> {
        passwords(values, is_mysql).into_iter().map(|password| password.at).collect()
    }

    #[test]
    fn passwords_of_mysql_and_no_others() {
        let none: &[&str] = &[];
        for (values, is_mysql, expected) in [
            (json!({ "auth": { "rootPassword": "swordfish" } }), true, &["/auth/rootPassword"][..]),
            (json!({ "auth": { "rootPassword": 12_345_678 } }), true, &["/auth/rootPassword"]),
            (json!({ "auth": { "rootPassword": "", "existingSecret": "mysql-auth" } }), true, none),
            (json!({ "auth": { "existingPasswordSecret": "mysql-auth", "passwordKey": "root" } }), true, none),
            (json!({ "auth": { "password": "$(MYSQL_PASSWORD)" } }), true, none),
            (json!({ "admin": { "password": "swordfish" } }), false, none),
            (json!({ "mysql": { "auth": { "password": "swordfish" } } }), false, &["/mysql/auth/password"]),
            (json!({ "externalDatabase": { "password": "swordfish" } }), false, &["/externalDatabase/password"]),
            (json!({ "postgresql": { "db": { "password": "swordfish" } } }), false, none),
            (json!({ "url": "mysql://shop:swordfish@db/shop" }), false, &["/url"]),
            (json!({ "redisUrl": "redis://:swordfish@cache" }), false, none),
            (
                json!({ "primary": { "extraEnv": [{ "name": "MYSQL_PASSWORD", "value": "swordfish" }] } }),
                true,
                &["/primary/extraEnv/0/value"],
            ),
            (
                json!({ "initdbScripts": { "users.sql": "CREATE USER a IDENTIFIED BY 'swordfish'" } }),
                true,
                &["/initdbScripts/users.sql"],
            ),
        ] {
            assert_eq!(found(&values, is_mysql), expected, "{values}");
        }
    }
}
