//! Other objects: of the cluster, of the files under audit, or of a test case's fixtures.
//!
//! What is asked for has to be named in [`Policy::READS`](crate::Policy::READS); a policy that asks
//! for something else fails. In a native test, outside a component, nobody can say anything.
//!
//! ```
//! use tidegate_policy::{Known, ResourceType, cluster};
//!
//! const STORAGE_CLASS: ResourceType = ResourceType::new("storage.k8s.io/v1", "StorageClass");
//!
//! #[derive(serde::Deserialize)]
//! #[serde(rename_all = "camelCase")]
//! struct StorageClass {
//!     allow_volume_expansion: Option<bool>,
//! }
//!
//! match cluster::get::<StorageClass>(&STORAGE_CLASS, "fast") {
//!     Known::Yes(class) => { let _grows = class.allow_volume_expansion.unwrap_or(false); }
//!     Known::No => { /* it is certain that there is no such class */ }
//!     Known::Unknown => { /* nobody can say: no rule may fire */ }
//! }
//! ```

use serde::de::DeserializeOwned;

use crate::bindings::tidegate::policy::cluster::LookupError;
use crate::{Known, ResourceType, SeenWorkload, failure};

/// One object by its name, in the request's namespace if its kind has namespaces.
pub fn get<T: DeserializeOwned>(kind: &ResourceType, name: &str) -> Known<T> {
    match host::get(kind.api_version, kind.kind, name) {
        Ok(Some(json)) => read(&json),
        Ok(None) => Known::No,
        Err(error) => unanswered(kind, &error),
    }
}

/// All objects of a kind, in the request's namespace if its kind has namespaces. `No`: it is
/// certain that there are none.
pub fn find<T: DeserializeOwned>(kind: &ResourceType) -> Known<Vec<T>> {
    let found = match host::find(kind.api_version, kind.kind) {
        Ok(found) if found.is_empty() => return Known::No,
        Ok(found) => found,
        Err(error) => return unanswered(kind, &error),
    };
    let mut objects = Vec::with_capacity(found.len());
    for json in &found {
        match read(json) {
            Known::Yes(object) => objects.push(object),
            _ => return Known::Unknown,
        }
    }
    Known::Yes(objects)
}

/// Whether an object is there, without a look into it: Secrets too may be asked for.
pub fn exists(kind: &ResourceType, name: &str) -> Known {
    match host::exists(kind.api_version, kind.kind, name) {
        Ok(there) => there.into(),
        Err(error) => unanswered(kind, &error),
    }
}

/// Those objects of a kind that can be seen. In the files of an audit there may be more in the
/// cluster: what is among them is there, and from what is not among them nothing follows.
pub fn seen<T: DeserializeOwned>(kind: &ResourceType) -> Vec<T> {
    match host::seen(kind.api_version, kind.kind) {
        Ok(found) => found
            .iter()
            .filter_map(|json| match read(json) {
                Known::Yes(object) => Some(object),
                _ => None,
            })
            .collect(),
        Err(error) => {
            let _: Known = unanswered(kind, &error);
            vec![]
        }
    }
}

/// The same as [`seen`], for a kind that runs pods, as typed models. Objects that another object
/// controls are left out.
pub fn workloads(kind: &ResourceType) -> Vec<SeenWorkload> {
    host::workloads(kind.api_version, kind.kind).unwrap_or_else(|error| {
        let _: Known = unanswered(kind, &error);
        vec![]
    })
}

/// Another object that does not fit the type is somebody else's fault: it is as if nobody could say.
fn read<T: DeserializeOwned>(json: &str) -> Known<T> {
    serde_json::from_str(json).map_or(Known::Unknown, Known::Yes)
}

fn unanswered<T>(kind: &ResourceType, error: &LookupError) -> Known<T> {
    if let LookupError::NotDeclared = error {
        failure::record(|| format!("the policy asks for {} {}, which its READS lack", kind.api_version, kind.kind));
    }
    Known::Unknown
}

#[cfg(target_family = "wasm")]
mod host {
    pub(super) use crate::bindings::tidegate::policy::cluster::{exists, find, get, seen, workloads};
}

#[cfg(not(target_family = "wasm"))]
mod host {
    use super::{LookupError, SeenWorkload};

    fn unavailable() -> LookupError {
        LookupError::Unavailable("this is not a component".to_owned())
    }

    pub(super) fn get(_: &str, _: &str, _: &str) -> Result<Option<String>, LookupError> {
        Err(unavailable())
    }

    pub(super) fn find(_: &str, _: &str) -> Result<Vec<String>, LookupError> {
        Err(unavailable())
    }

    pub(super) fn exists(_: &str, _: &str, _: &str) -> Result<bool, LookupError> {
        Err(unavailable())
    }

    pub(super) fn seen(_: &str, _: &str) -> Result<Vec<String>, LookupError> {
        Ok(vec![])
    }

    pub(super) fn workloads(_: &str, _: &str) -> Result<Vec<SeenWorkload>, LookupError> {
        Ok(vec![])
    }
}
