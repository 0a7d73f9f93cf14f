//! What arrives: an AdmissionReview, told from everything else that may arrive.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;

use crate::request::{Operation, Phase, Request, Selection, User};

/// The one version that is spoken.
const API_VERSION: &str = "admission.k8s.io/v1";

/// The most values of a body, counted by what stands between them: each takes fifty bytes and more where it is read.
const MOST_VALUES: usize = 1_000_000;

/// A review that is to be answered.
pub(super) struct Incoming {
    /// The id that the answer must repeat.
    pub(super) uid: String,
    /// The object's kind, for the log.
    pub(super) kind: String,
    /// The operation's word, for the log.
    pub(super) operation: String,
    /// What is asked of the engine; none for what passes unseen: deletions, connections,
    /// subresources, and reviews without an object.
    pub(super) request: Option<Request>,
}

/// Why a body is no review that can be answered. Every message says what would be right, and none
/// quotes the body: it may hold passwords.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAReview {
    /// It is not JSON.
    #[error("the body is not JSON (line {line}, column {column}); send an AdmissionReview of {API_VERSION}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is nested deeper than it is read.
    #[error("the body is nested more than 128 levels deep; objects of Kubernetes never are")]
    TooDeep,
    /// It has more values than are read.
    #[error("the body has more than {MOST_VALUES} values; objects of Kubernetes have a hundredth of that")]
    TooMany,
    /// It is something else.
    #[error("the body is {found}; send an AdmissionReview of {API_VERSION}")]
    OtherKind {
        /// What it is.
        found: String,
    },
    /// It is an AdmissionReview of a version that is not spoken.
    #[error(
        "the AdmissionReview is of {found}, but only {API_VERSION} is answered; set admissionReviewVersions: [\"v1\"] \
         in the webhook configuration"
    )]
    OtherVersion {
        /// Its version.
        found: String,
    },
    /// It asks nothing.
    #[error("the AdmissionReview has no request; send one of {API_VERSION} with request set")]
    NoRequest,
    /// A field is missing or has the wrong type.
    #[error("the AdmissionReview's {field} must be {expected}")]
    Field {
        /// The path to the field.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

/// `kind` and `apiVersion`, when the rest does not fit.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Header {
    api_version: Value,
    kind: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review {
    #[serde(default)]
    api_version: Value,
    #[serde(default)]
    kind: Value,
    request: Option<Object<RawRequest>>,
}

/// The fields of a request. All but the objects are small; they are read as values first, so that
/// a message can name the one that does not fit.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawRequest {
    uid: Value,
    kind: Value,
    sub_resource: Value,
    name: Value,
    namespace: Value,
    operation: Value,
    user_info: Value,
    dry_run: Value,
    object: Value,
    old_object: Value,
}

/// What is read from an object only: a list of its fields' values would do as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

impl Incoming {
    /// Reads a body.
    pub(super) fn parse(body: &[u8], phase: Phase) -> Result<Self, NotAReview> {
        if body.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).nth(MOST_VALUES).is_some() {
            return Err(NotAReview::TooMany);
        }
        let Object(review): Object<Review> = serde_json::from_slice(body).map_err(|error| why_not(body, &error))?;
        check_header(&review.api_version, &review.kind)?;
        let Object(raw) = review.request.ok_or(NotAReview::NoRequest)?;
        let uid: String = required(raw.uid, "request.uid", "a string")?;
        let operation: String = required(raw.operation, "request.operation", "a string")?;
        let sub_resource: Option<String> = optional(raw.sub_resource, "request.subResource", "a string")?;
        let name: Option<String> = optional(raw.name, "request.name", "a string")?;
        let namespace: Option<String> = optional(raw.namespace, "request.namespace", "a string")?;
        let dry_run: Option<bool> = optional(raw.dry_run, "request.dryRun", "true or false")?;
        let user: Option<UserInfo> =
            optional(raw.user_info, "request.userInfo", "an object with username (a string) and groups (a list)")?;
        let kind = raw.kind.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        let named = |text: Option<String>| text.filter(|text| !text.is_empty());
        let judged = match operation.as_str() {
            "CREATE" => Some(Operation::Create),
            "UPDATE" => Some(Operation::Update),
            "DELETE" | "CONNECT" => None,
            _ => {
                let expected = "CREATE, UPDATE, DELETE or CONNECT";
                return Err(NotAReview::Field { field: "request.operation", expected });
            }
        };
        let is_whole = named(sub_resource).is_none() && !raw.object.is_null();
        let request = judged.filter(|_| is_whole).map(|operation| {
            let UserInfo { username, groups } = user.unwrap_or_default();
            Request {
                operation,
                phase,
                dry_run: dry_run.unwrap_or_default(),
                user: User { name: username.unwrap_or_default(), groups: groups.unwrap_or_default() },
                // The API server says of a Namespace that it is in itself (apiserver, `scope.Resource == namespaceGVR`).
                namespace: named(namespace).filter(|_| !is_a_namespace(&raw.kind)),
                name: named(name),
                object: raw.object,
                old_object: Some(raw.old_object).filter(|object| !object.is_null()),
                no_secret: None,
                selection: Selection::default(),
            }
        });
        Ok(Self { uid, kind, operation, request })
    }
}

fn is_a_namespace(kind: &Value) -> bool {
    let text = |field: &str| kind.get(field).and_then(Value::as_str).unwrap_or_default();
    text("group").is_empty() && text("kind") == "Namespace"
}

#[derive(Deserialize, Default)]
struct UserInfo {
    username: Option<String>,
    groups: Option<Vec<String>>,
}

fn check_header(api_version: &Value, kind: &Value) -> Result<(), NotAReview> {
    // What stands there may be anything, a password too: only what looks like a type is repeated.
    let shown = |value: &Value| {
        let is_type = |text: &&str| {
            !text.is_empty()
                && text.len() <= 100
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "./-".contains(c))
        };
        value.as_str().filter(is_type).map(str::to_owned)
    };
    if kind.as_str() != Some("AdmissionReview") {
        let found = match (shown(api_version), shown(kind)) {
            (Some(version), Some(kind)) => format!("a {kind} of {version}"),
            (None, Some(kind)) => format!("a {kind} without apiVersion"),
            (_, None) => "JSON without kind AdmissionReview".to_owned(),
        };
        return Err(NotAReview::OtherKind { found });
    }
    if api_version.as_str() != Some(API_VERSION) {
        let found = shown(api_version).unwrap_or_else(|| "no apiVersion".to_owned());
        return Err(NotAReview::OtherVersion { found });
    }
    Ok(())
}

/// Says why a body that is no [`Review`] is none.
fn why_not(body: &[u8], error: &serde_json::Error) -> NotAReview {
    // The reader has no other sign of it (serde_json, `ErrorCode::RecursionLimitExceeded`).
    if error.to_string().starts_with("recursion limit exceeded") {
        return NotAReview::TooDeep;
    }
    if error.classify() != Category::Data || serde_json::from_slice::<IgnoredAny>(body).is_err() {
        return NotAReview::NotJson { line: error.line(), column: error.column() };
    }
    match serde_json::from_slice::<Object<Header>>(body) {
        Ok(Object(header)) => check_header(&header.api_version, &header.kind)
            .err()
            .unwrap_or(NotAReview::Field { field: "request", expected: "an object, with each field once" }),
        Err(_) => NotAReview::OtherKind { found: "JSON, but not an object with each field once".to_owned() },
    }
}

fn required<T: DeserializeOwned>(value: Value, field: &'static str, expected: &'static str) -> Result<T, NotAReview> {
    serde_json::from_value(value).map_err(|_| NotAReview::Field { field, expected })
}

fn optional<T: DeserializeOwned>(
    value: Value,
    field: &'static str,
    expected: &'static str,
) -> Result<Option<T>, NotAReview> {
    required(value, field, expected)
}
