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
    SecretError::Refused { secret, verb, code: status.code, said: said(status, wanted, verb) }
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
fn said(status: &Status, wanted: &Wanted<'_>, verb: &str) -> String {
    if status.details.is_none() && status.reason == NOT_A_STATUS {
        return format!("it answered {}, in words that are not an API server's", status.code);
    }
    // A change of a Secret shows other webhooks and policies all of its values, also those that are not known
    // here. They answer with 4xx; what fails with 5xx is the API server's own.
    let is_anothers = verb == "patch" && status.code < 500;
    if is_anothers || wanted.entries.iter().any(|entry| quotes(&status.message, entry.value.expose_secret())) {
        return format!("it answered {}, in words that are not shown, for they may quote the password", status.code);
    }
    status.message.clone()
}

/// Whether a text holds a value in any of the forms in which programs print one.
fn quotes(text: &str, value: &str) -> bool {
    let hex = |prefix: &str| value.bytes().map(|byte| format!("{prefix}{byte:02x}")).collect::<String>();
    let percent: String = value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let json = serde_json::Value::from(value).to_string();
    let forms =
        [value.to_owned(), STANDARD.encode(value), json.trim_matches('"').to_owned(), percent, hex(""), hex("\\x")];
    !value.is_empty() && forms.iter().any(|form| !form.is_empty() && text.contains(form.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_form() {
        let value = "Zq7\"x\\ü /9";
        for text in ["Zq7\"x\\ü /9", "WnE3Inhcw7wgLzk=", r#"Zq7\"x\\ü /9"#, "Zq7%22x%5C%C3%BC%20%2F9", "5a7137"] {
            let is_it = quotes(&format!("denied: {text} is no good"), value);
            assert_eq!(is_it, text != "5a7137", "{text}");
        }
        assert!(quotes("5a713722785cc3bc202f39", value) && !quotes("anything", ""));
    }
}
