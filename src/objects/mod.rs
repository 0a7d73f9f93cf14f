//! Objects of any kind in a cluster, for whoever at a terminal puts something there: applied, read, taken away; and
//! whether the account may.

mod error;
mod pod;
mod rights;

use std::time::Duration;

use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams};
use kube::core::Status;
use kube::{Client, Error};
use serde_json::Value;

pub use error::{ObjectError, Right};
pub use pod::obstacles_of;
pub use rights::{check, check_with_grants, granted_by, to_apply, to_delete, to_replace};

/// A namespace is there, and an admission plug-in of the API server does not know it yet: tried again.
const AGAIN: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// A cluster, and who writes there.
#[derive(Clone)]
pub struct Objects {
    client: Client,
    manager: &'static str,
}

impl Objects {
    /// Of a cluster; `manager` is whose fields they are, to the API server.
    pub fn new(client: Client, manager: &'static str) -> Self {
        Self { client, manager }
    }

    /// The connection.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Those of a kind, in a namespace or in none.
    pub fn api(&self, api_version: &str, kind: &str, namespace: Option<&str>) -> Api<DynamicObject> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, &resource),
            None => Api::all_with(self.client.clone(), &resource),
        }
    }

    fn of(&self, object: &Value) -> (Api<DynamicObject>, String) {
        let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
        let metadata = &object["metadata"];
        let api = self.api(&text(&object["apiVersion"]), &text(&object["kind"]), metadata["namespace"].as_str());
        (api, text(&metadata["name"]))
    }

    /// Brings an object to what is wanted, whoever wrote it before.
    ///
    /// # Errors
    /// [`ObjectError`] with what the API server says.
    pub async fn apply(&self, object: &Value) -> Result<DynamicObject, ObjectError> {
        let (api, name) = self.of(object);
        let parameters = PatchParams::apply(self.manager).force();
        let mut waits = AGAIN.iter();
        loop {
            let error = match api.patch(&name, &parameters, &Patch::Apply(object)).await {
                Ok(applied) => return Ok(applied),
                Err(error) => error,
            };
            match (&error, waits.next()) {
                (Error::Api(status), Some(wait)) if is_passing(status) => {
                    tokio::time::sleep(*wait).await;
                }
                _ => return Err(refused(title(object), &error)),
            }
        }
    }

    /// Writes an object that was read and changed; a conflict if somebody else has changed it meanwhile.
    ///
    /// # Errors
    /// [`ObjectError`] with what the API server says.
    pub async fn replace(&self, object: &DynamicObject, wanted: &Value) -> Result<(), ObjectError> {
        let (api, name) = self.of(wanted);
        let parameters = PostParams { field_manager: Some(self.manager.to_owned()), dry_run: false };
        api.replace(&name, &parameters, object).await.map_err(|error| refused(title(wanted), &error))?;
        Ok(())
    }

    /// An object as it is stored; none if there is none.
    ///
    /// # Errors
    /// [`ObjectError`] with what the API server says.
    pub async fn get(&self, object: &Value) -> Result<Option<DynamicObject>, ObjectError> {
        let (api, name) = self.of(object);
        match api.get_opt(&name).await {
            Ok(found) => Ok(found),
            // Its kind is not installed.
            Err(Error::Api(status)) if status.code == 404 => Ok(None),
            Err(error) => Err(refused(title(object), &error)),
        }
    }

    /// Takes an object away. Whether it was there.
    ///
    /// # Errors
    /// [`ObjectError`] with what the API server says.
    pub async fn delete(&self, object: &Value) -> Result<bool, ObjectError> {
        let (api, name) = self.of(object);
        match api.delete(&name, &DeleteParams::background()).await {
            Ok(_) => Ok(true),
            Err(Error::Api(status)) if status.code == 404 => Ok(false),
            Err(error) => Err(refused(title(object), &error)),
        }
    }
}

/// A new namespace is not known everywhere at once, and gets its service account a moment later, without which it takes
/// no pod.
fn is_passing(status: &Status) -> bool {
    let has_no_account = status.is_forbidden() && status.message.contains("error looking up service account");
    status.is_not_found() || status.code >= 500 || has_no_account
}

/// What people call an object: `Deployment tidegate-system/tidegate`.
pub fn title(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}

/// An error of the API server about an object.
pub fn refused(object: String, error: &Error) -> ObjectError {
    match error {
        Error::Api(status) => ObjectError::Refused { object, problem: status.message.clone() },
        other => ObjectError::Unreachable(other.to_string()),
    }
}
