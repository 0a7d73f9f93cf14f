//! What it means when the API server refuses a Secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::api::{Api, PostParams};
use kube::{Client, core::Status};
use secrecy::ExposeSecret;

use super::error::SecretError;
use super::kube_store::CALL_LIMIT;
use super::plan::Wanted;

/// The reason that the client gives for an answer that is no `Status`, with the whole answer as its
/// message (kube-client, `handle_api_errors`).
const NOT_A_STATUS: &str = "Failed to parse error data";

/// What a refusal means, told by its structured parts and never by its text.
pub(super) async fn refusal(client: &Client, wanted: &Wanted<'_>, verb: &'static str, status: &Status) -> SecretError {
    let secret = wanted.secret.clone();
    let details = status.details.as_ref();
    if status.is_not_found() && details.is_some_and(|details| details.kind == "namespaces") {
        return SecretError::NamespaceMissing { secret };
    }
    if details.is_some_and(|details| details.causes.iter().any(|cause| cause.reason == "NamespaceTerminating")) {
        return SecretError::NamespaceEnding { secret };
    }
    if status.code == 401 || (status.is_forbidden() && !may(client, wanted, verb).await) {
        return SecretError::NotPermitted { secret, verb };
    }
    SecretError::Refused { secret, verb, code: status.code, said: said(status, wanted) }
}

/// Asks whether the gate has a right. The API server's 403 is the same for a missing right, a full
/// quota and another webhook's refusal, but for its text.
async fn may(client: &Client, wanted: &Wanted<'_>, verb: &'static str) -> bool {
    let question = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(ResourceAttributes {
                namespace: Some(wanted.secret.namespace.clone()),
                verb: Some(verb.to_owned()),
                version: Some("v1".to_owned()),
                resource: Some("secrets".to_owned()),
                name: Some(wanted.secret.name.clone()),
                ..ResourceAttributes::default()
            }),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    };
    let (reviews, how) = (Api::<SelfSubjectAccessReview>::all(client.clone()), PostParams::default());
    let answer = tokio::time::timeout(CALL_LIMIT, reviews.create(&how, &question)).await;
    // If nobody can say, the API server's own words are the better message.
    !matches!(answer, Ok(Ok(review)) if review.status.as_ref().is_some_and(|status| !status.allowed))
}

/// The API server's words, unless a value is among them. None is ever quoted by the API server
/// itself, but another webhook may do it; and a mark in the place of a value would tell it too.
///
/// A proxy or load balancer in between answers pages of its own: nobody's words, and of any length.
fn said(status: &Status, wanted: &Wanted<'_>) -> String {
    if status.details.is_none() && status.reason == NOT_A_STATUS {
        return format!("it answered {}, in words that are not an API server's", status.code);
    }
    let is_quoted = wanted.entries.iter().any(|entry| {
        let value = entry.value.expose_secret();
        !value.is_empty() && (status.message.contains(value) || status.message.contains(&STANDARD.encode(value)))
    });
    if is_quoted {
        return format!("it answered {}, in words that are not shown, for they may quote the password", status.code);
    }
    status.message.clone()
}
