//! Moves a literal variable into the workload's Secret.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::before::before;
use super::draft::{Draft, EditError};
use super::edit::FixError;
use super::effect::{Data, SecretEntry};
use super::owner::stored_owner;
use super::secret_name::{secret_key, secret_name};
use crate::request::{Operation, Request};
use crate::workload::{Location, expand_escapes, has_references};

/// Why a variable cannot be moved; a sentence for its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveRefused {
    /// The value refers to other variables.
    #[error("the value refers to other variables by $(NAME), so only its author knows what it comes to")]
    References,
    /// The variable also takes its value from somewhere else.
    #[error("the variable has a valueFrom ({0}) beside its value; remove one of the two")]
    OtherSource(String),
    /// The pods of the object can no longer be changed.
    #[error("a stored {0} cannot change its containers; delete it and create it again")]
    Immutable(String),
    /// The same, and the password is new: the API server would refuse it, and quote it.
    #[error("a stored {0} cannot get another password; delete it and create it again")]
    NotStorable(String),
    /// The same, where a server keeps its data.
    #[error(
        "a stored {0} cannot get another password, and a changed variable never changes that of a database that is \
         initialised; change it in the database first (ALTER USER), then delete the {0} and create it again"
    )]
    NotStorableWithData(String),
    /// Without a name there is no name for the Secret.
    #[error("the object has neither a name nor a generateName, so its Secret would have no name")]
    Nameless,
    /// The Secret cannot be made or completed.
    #[error("{0}")]
    NoSecret(String),
    /// Its author names a Secret that cannot be.
    #[error(
        "the annotation tidegate.dev/credentials-secret says \"{0}\", and the Secret's name must be one of lowercase \
         letters, digits, - and . that ends with -credentials"
    )]
    SecretName(String),
}

/// Replaces `value` by a reference to the workload's Secret, and says what has to be in there.
pub(super) fn move_to_secret(draft: &mut Draft, request: &Request, pointer: &str) -> Result<SecretEntry, FixError> {
    let no_such_place = || EditError::NoSuchPlace(pointer.to_owned());
    let location = Location::of(draft.object()).ok_or_else(no_such_place)?;
    let container_at = container_of(pointer, location).ok_or_else(no_such_place)?;
    let text = |pointer: String| draft.object().pointer(&pointer).and_then(Value::as_str);
    let variable = text(format!("{pointer}/name")).ok_or_else(no_such_place)?.to_owned();
    let container = text(format!("{container_at}/name")).unwrap_or_default().to_owned();
    let literal = SecretString::from(text(format!("{pointer}/value")).ok_or_else(no_such_place)?);
    if has_references(literal.expose_secret()) {
        return Err(MoveRefused::References.into());
    }
    if let Some(reason) = &request.no_secret {
        return Err(MoveRefused::NoSecret(reason.clone()).into());
    }
    let secret = secret_name(request).map_err(MoveRefused::SecretName)?.ok_or(MoveRefused::Nameless)?;
    // What is stored can no longer change, but a re-apply of the plaintext manifest may come back
    // to it: else the API server refuses it, and quotes the value.
    if location.immutable && request.operation == Operation::Update && !was_moved(request, pointer, &secret) {
        let kind = request.kind().to_owned();
        let stands_there =
            request.old_object.as_ref().and_then(|old| old.pointer(pointer)) == draft.object().pointer(pointer);
        return Err(match request.old_object.as_ref().and_then(stored_owner) {
            _ if stands_there => MoveRefused::Immutable(kind),
            Some(owner) if owner.data > Data::Passing => MoveRefused::NotStorableWithData(kind),
            _ => MoveRefused::NotStorable(kind),
        }
        .into());
    }
    let key = match present_source(draft.object(), pointer) {
        None => {
            let own = differs_between_containers(&request.object, location, &variable).then_some(container.as_str());
            secret_key(own, &variable)
        }
        // A server-side apply of the plaintext manifest brings both: ours stays, the value goes.
        Some(Source::Secret { name, key }) if name == secret => key,
        Some(Source::Secret { name, .. }) => {
            return Err(MoveRefused::OtherSource(format!("secretKeyRef {name}")).into());
        }
        Some(Source::Other(kind)) => return Err(MoveRefused::OtherSource(kind).into()),
    };
    draft.remove(&format!("{pointer}/value"))?;
    draft.set(&format!("{pointer}/valueFrom"), json!({ "secretKeyRef": { "name": secret, "key": key } }))?;
    let value = SecretString::from(expand_escapes(literal.expose_secret()));
    let before = before(request, &container, &variable);
    Ok(SecretEntry { key, value, container, variable, at: pointer.to_owned(), before })
}

/// The pointer of the container that a variable's pointer is in.
fn container_of(pointer: &str, location: Location) -> Option<&str> {
    let rest = pointer.strip_prefix(location.pod_spec)?.strip_prefix('/')?;
    let parts: Vec<_> = rest.split('/').collect();
    let [list, _, "env", _] = parts.as_slice() else { return None };
    if !matches!(*list, "containers" | "initContainers") {
        return None;
    }
    let (container, _) = pointer.rsplit_once("/env/")?;
    Some(container)
}

enum Source {
    Secret { name: String, key: String },
    Other(String),
}

/// The `valueFrom` that stands beside the value.
fn present_source(object: &Value, pointer: &str) -> Option<Source> {
    let source = object.pointer(&format!("{pointer}/valueFrom"))?.as_object()?;
    let (kind, reference) = source.iter().find(|(_, reference)| !reference.is_null())?;
    let text = |key: &str| reference.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(match (kind.as_str(), text("name"), text("key")) {
        ("secretKeyRef", Some(name), Some(key)) => Source::Secret { name, key },
        _ => Source::Other(kind.clone()),
    })
}

/// Whether the stored object takes the variable from the workload's Secret. Where pods can no longer
/// change, neither can the place of a variable.
fn was_moved(request: &Request, pointer: &str, secret: &str) -> bool {
    let stored = request.old_object.as_ref().and_then(|old| present_source(old, pointer));
    matches!(stored, Some(Source::Secret { name, .. }) if name == secret)
}

/// Whether the containers of the object give the variable different literal values.
fn differs_between_containers(object: &Value, location: Location, variable: &str) -> bool {
    let Some(pod) = object.pointer(location.pod_spec) else { return false };
    let mut values = ["initContainers", "containers"]
        .iter()
        .filter_map(|list| pod.get(*list)?.as_array())
        .flatten()
        .filter_map(|container| container.get("env")?.as_array())
        .flatten()
        .filter(|entry| entry.get("name").and_then(Value::as_str) == Some(variable))
        .filter_map(|entry| entry.get("value")?.as_str())
        .filter(|value| !value.is_empty() && !has_references(value));
    let Some(first) = values.next() else { return false };
    values.any(|value| value != first)
}
