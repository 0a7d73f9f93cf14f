//! Hides credentials: what policies, reports, diffs and messages get to see of an object.

mod text;

use serde_json::Value;

use super::credential;
use text::is_no_credential;
pub use text::withhold_text;

/// What stands in the place of a credential. An edit that holds it is refused.
pub const WITHHELD: &str = "<withheld>";

/// The annotation in which `kubectl apply` keeps the manifest that it last sent.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A copy of an object in which every credential is replaced by [`WITHHELD`].
///
/// ```
/// let variable = serde_json::json!({ "name": "MYSQL_ROOT_PASSWORD", "value": "correct horse" });
/// assert_eq!(tidegate::workload::withheld(&variable)["value"], "<withheld>");
/// ```
pub fn withheld(object: &Value) -> Value {
    let secret = object.get("kind").and_then(Value::as_str) == Some("Secret");
    copy(object, secret)
}

fn copy(value: &Value, secret: bool) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => Value::String(withhold_text(text).into_owned()),
        Value::Array(items) => Value::Array(with_password_words(items, Client::None, secret)),
        Value::Object(fields) => {
            let variable = fields.get("name").and_then(Value::as_str);
            Value::Object(
                fields
                    .iter()
                    .map(|(key, field)| {
                        let copied = match (key.as_str(), field) {
                            ("value", field) if variable.is_some_and(|name| hides(name, field)) => marker(),
                            // The program may stand in `command`, and its password in `args`.
                            ("args", Value::Array(items)) => {
                                let program = fields.get("command").and_then(Value::as_array);
                                let words = program.into_iter().flatten().filter_map(Value::as_str);
                                Value::Array(with_password_words(
                                    items,
                                    words.fold(Client::None, Client::after),
                                    secret,
                                ))
                            }
                            ("data" | "stringData", Value::Object(entries)) if secret => {
                                entries.keys().map(|key| (key.clone(), marker())).collect()
                            }
                            (LAST_APPLIED, Value::String(text)) => last_applied(text),
                            // Option files, SQL and scripts of a ConfigMap, passwords in annotations.
                            (key, Value::String(text))
                                if !is_reference_key(key)
                                    && !is_no_credential(text)
                                    && credential::is_withheld(key, text) =>
                            {
                                if key.contains('.') {
                                    Value::String(withhold_text(text).into_owned())
                                } else {
                                    marker()
                                }
                            }
                            (_, field) => copy(field, secret),
                        };
                        (key.clone(), copied)
                    })
                    .collect(),
            )
        }
    }
}

/// `secretName` and the like name a thing that holds credentials, and are none.
fn is_reference_key(key: &str) -> bool {
    ["Name", "Ref", "Path", "Key"].iter().any(|end| key.ends_with(end))
}

/// Which program the words of a list are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    /// None that takes passwords.
    None,
    /// A client of MySQL: its password is joined to `-p`.
    Joined,
    /// A backup program: its password is the next word.
    NextWord,
}

impl Client {
    /// The program after one more word.
    fn after(self, word: &str) -> Self {
        let name = crate::workload::command::base_name(word);
        if ["xtrabackup", "mariabackup", "mydumper", "myloader"].contains(&name) {
            Self::NextWord
        } else if name.starts_with("mysql") || name.starts_with("mariadb") {
            Self::Joined
        } else {
            self
        }
    }
}

/// Copies a list; a client's password is hidden, joined to `-p`, after a bare `--password`, or after
/// `mysqladmin password`.
fn with_password_words(items: &[Value], mut client: Client, secret: bool) -> Vec<Value> {
    let mut is_next = false;
    items
        .iter()
        .map(|item| {
            let Some(word) = item.as_str() else { return copy(item, secret) };
            let hidden = std::mem::take(&mut is_next) && !word.starts_with('-') && !is_no_credential(word);
            if client != Client::None
                && let Some(rest) = word.strip_prefix("-p")
                && !rest.is_empty()
                && !rest.starts_with("rotocol")
                && !is_no_credential(rest)
            {
                return Value::String(format!("-p{WITHHELD}"));
            }
            is_next = match client {
                Client::None => false,
                Client::Joined => word == "password",
                Client::NextWord => matches!(word, "--password" | "-p"),
            };
            client = client.after(word);
            if hidden { marker() } else { copy(item, secret) }
        })
        .collect()
}

fn marker() -> Value {
    Value::String(WITHHELD.to_owned())
}

fn hides(variable: &str, value: &Value) -> bool {
    match value {
        // What stands for a value that somebody else puts in is still to be called a credential: the
        // policies tell it apart by what they are told of a withheld value.
        Value::String(text) => !text.is_empty() && credential::is_withheld(variable, text),
        Value::Number(number) => credential::is_withheld(variable, &number.to_string()),
        _ => false,
    }
}

fn last_applied(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(applied) => Value::String(withheld(&applied).to_string()),
        Err(_) => marker(),
    }
}
