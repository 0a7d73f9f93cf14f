//! The option files in a ConfigMap.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::option_file::{self, FileOption, is_option_file};
use super::server::MOST_OPTIONS;
use super::withhold::withhold_text;

/// An option file of a ConfigMap, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMapFile {
    /// RFC 6901 pointer to its text: `/data/my.cnf`.
    pub at: String,
    /// The key: the file's name where the ConfigMap is mounted.
    pub key: String,
    /// Its options, in order, as many as servers have; passwords are withheld.
    pub options: Vec<FileOption>,
}

/// The option files in a ConfigMap: its entries that hold a group such as `[mysqld]`. None in any
/// other object.
pub fn option_files(object: &Value) -> Vec<ConfigMapFile> {
    if object.get("kind").and_then(Value::as_str) != Some("ConfigMap") {
        return Vec::new();
    }
    let entries = |field: &'static str| {
        let entries = object.get(field).and_then(Value::as_object).into_iter().flatten();
        entries.filter_map(move |(key, value)| Some((field, key, value.as_str()?)))
    };
    entries("data")
        .chain(entries("binaryData"))
        .filter_map(|(field, key, _)| {
            let text = text(object, key)?;
            is_option_file(&text).then(|| ConfigMapFile {
                at: format!("/{field}/{}", key.replace('~', "~0").replace('/', "~1")),
                key: key.clone(),
                options: option_file::parse(&withhold_text(&text)).options.into_iter().take(MOST_OPTIONS).collect(),
            })
        })
        .collect()
}

/// The text of an entry. `binaryData` may hold text in another encoding, Latin-1 for one: what
/// matters of it, names and groups, is ASCII.
pub(super) fn text(config_map: &Value, key: &str) -> Option<String> {
    let entry = |field: &str| config_map.get(field)?.get(key)?.as_str();
    match entry("data") {
        Some(text) => Some(text.to_owned()),
        None => {
            let bytes = STANDARD.decode(entry("binaryData")?).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}
