//! The whole object, for what the typed model lacks.
//!
//! Credentials are withheld: in their place stands `<withheld>`. Outside a component, in a native
//! test, there is no object.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::OptionFile;

/// The value at a place of the object, read as a type of your own or as [`Value`]. None if there is
/// nothing, or nothing that fits the type: the API server says so better than a policy can.
///
/// ```
/// let paused: Option<bool> = tidegate_policy::raw::at("/spec/paused");
/// ```
pub fn at<T: DeserializeOwned>(pointer: &str) -> Option<T> {
    serde_json::from_str(&host::at(pointer)?).ok()
}

/// The object under review.
pub fn object() -> Value {
    serde_json::from_str(&host::object()).unwrap_or_default()
}

/// The object as it is stored now; only on `UPDATE`.
pub fn old_object() -> Option<Value> {
    serde_json::from_str(&host::old_object()?).ok()
}

/// The option files in a ConfigMap under review: entries that hold a group such as `[mysqld]`.
/// Empty for any other object.
pub fn option_files() -> Vec<OptionFile> {
    host::option_files()
}

#[cfg(target_family = "wasm")]
mod host {
    pub(super) use crate::bindings::tidegate::policy::raw::{at, object, old_object, option_files};
}

#[cfg(not(target_family = "wasm"))]
mod host {
    pub(super) fn at(_: &str) -> Option<String> {
        None
    }

    pub(super) fn object() -> String {
        "null".to_owned()
    }

    pub(super) fn old_object() -> Option<String> {
        None
    }

    pub(super) fn option_files() -> Vec<crate::OptionFile> {
        vec![]
    }
}
