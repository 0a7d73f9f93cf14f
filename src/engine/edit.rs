//! Makes the edits of a policy, within what a policy may change.

use super::draft::{Draft, EditError, holds_withheld};
use super::effect::SecretEntry;
use super::secret_move::{MoveRefused, move_to_secret};
use crate::finding::Edit;
use crate::request::Request;

/// Why a repair was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FixError {
    /// The policy asks for something that no policy may: its own fault.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The variable cannot be moved: the author must do something.
    #[error(transparent)]
    Move(#[from] MoveRefused),
}

/// Makes all edits of a finding, or none: on an error the caller takes the steps back.
pub(super) fn apply(draft: &mut Draft, request: &Request, fix: &[Edit]) -> Result<Vec<SecretEntry>, FixError> {
    let mut secrets = Vec::new();
    for edit in fix {
        match edit {
            Edit::Set(pointer, value) => {
                check(pointer, Some(value))?;
                draft.set(pointer, value.clone())?;
            }
            Edit::Remove(pointer) => {
                check(pointer, None)?;
                draft.remove(pointer)?;
            }
            Edit::Append(pointer, value) => {
                check(pointer, Some(value))?;
                draft.append(pointer, value.clone())?;
            }
            Edit::MoveToSecret(pointer) => secrets.push(move_to_secret(draft, request, pointer)?),
        }
    }
    Ok(secrets)
}

/// Whether an edit changes what is at a place, below it, or around it.
pub(super) fn touches(edit: &Edit, place: &str) -> bool {
    let (Edit::Set(at, _) | Edit::Remove(at) | Edit::Append(at, _) | Edit::MoveToSecret(at)) = edit;
    overlap(at, place)
}

/// Whether one of two places is the other, or holds it.
pub(super) fn overlap(left: &str, right: &str) -> bool {
    let holds = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    holds(left, right) || holds(right, left)
}

/// Annotations by which an object's author speaks to tidegate: exceptions, and the Secret of its passwords.
const OWN_ANNOTATIONS: &str = "/metadata/annotations/tidegate.dev~1";

/// What identifies an object, what others keep on it, what its author says to tidegate, and credentials are out of
/// bounds.
fn check(pointer: &str, value: Option<&serde_json::Value>) -> Result<(), EditError> {
    let is_below = |parent: &str| pointer.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'));
    let is_annotation = is_below("/metadata/annotations")
        && !pointer.contains("last-applied-configuration")
        && !pointer.starts_with(OWN_ANNOTATIONS);
    let allowed = is_below("/metadata/labels")
        || is_annotation
        || !(pointer.is_empty()
            || ["/metadata", "/apiVersion", "/kind", "/status"].iter().any(|own| pointer == *own || is_below(own)));
    if !allowed {
        return Err(EditError::Protected(if pointer.is_empty() {
            "the whole object".to_owned()
        } else {
            pointer.to_owned()
        }));
    }
    if value.is_some_and(holds_withheld) {
        return Err(EditError::WithheldValue(pointer.to_owned()));
    }
    Ok(())
}
