//! Exceptions that are granted beside the objects: kind `PolicyException`, with a reason and an end.

use globset::GlobSet;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{API_VERSION, DocumentError, EXCEPTION, Metadata};
use super::matching::{labels_of, patterns, selects, slip_in_kinds};
use super::module::JudgedKind;
use super::spec::LabelSelector;
use super::written::Written;
use crate::request::Request;

/// An exception as it is written. It holds for objects of its own namespace.
///
/// Unlike the annotation that an object's author writes, it is granted by whoever may make such objects, and so it
/// holds for findings of any severity.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Written<ExceptionSpec>")]
pub struct ExceptionDocument {
    /// `tidegate.dev/v1alpha1`.
    pub api_version: String,
    /// `PolicyException`.
    pub kind: String,
    /// Name and namespace.
    pub metadata: Metadata,
    /// What it says.
    pub spec: ExceptionSpec,
}

/// What an exception says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionSpec {
    /// The rules that are not applied, for instance `MY010`.
    #[schemars(length(min = 1, max = 50))]
    pub rules: Vec<String>,
    /// The objects that are excepted; all of the namespace if it says nothing.
    #[serde(default, rename = "match")]
    pub matches: ExceptionMatch,
    /// Why; it is shown in reports.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
    /// Until when, in the form `2027-03-31` (the whole day, UTC) or `2027-03-31T12:00:00Z`.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,18}(Z|[+-][0-9]{2}:[0-9]{2}))?$"))]
    pub expires: String,
}

/// Which objects are excepted. Every part that is there must agree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ExceptionMatch {
    /// Kinds, for instance `Deployment`; empty: all.
    #[schemars(length(max = 50), inner(length(max = 253)))]
    pub kinds: Vec<String>,
    /// Names of objects, `*` and `?` allowed; empty: all.
    #[schemars(length(max = 50), inner(length(max = 253)))]
    pub names: Vec<String>,
    /// Labels that the object must have.
    pub object_selector: Option<LabelSelector>,
}

/// The most entries of each list, and letters of each entry, as in the schema of the objects: whoever may write in one
/// namespace must not hold up the gate.
const MOST_ENTRIES: usize = 50;
const LONGEST_ENTRY: usize = 253;

/// An exception, checked and ready to be asked.
#[derive(Debug, Clone)]
pub struct PolicyException {
    /// Its namespace and name, `shop/migration`.
    pub name: String,
    /// Why it was granted.
    pub reason: String,
    /// When it ends.
    pub expires: Timestamp,
    namespace: String,
    rules: Vec<String>,
    kinds: Vec<JudgedKind>,
    names: GlobSet,
    matches: ExceptionMatch,
}

impl ExceptionDocument {
    /// A document that says this, of an object.
    pub fn new(namespace: &str, name: &str, spec: ExceptionSpec) -> Self {
        let metadata = Metadata { namespace: Some(namespace.to_owned()), ..Metadata::named(name) };
        Self { api_version: API_VERSION.to_owned(), kind: EXCEPTION.to_owned(), metadata, spec }
    }
}

impl PolicyException {
    /// Checks an exception; `file` is for messages.
    ///
    /// # Errors
    /// [`DocumentError::Field`] for a field that cannot be used.
    pub fn new(file: &str, document: ExceptionDocument) -> Result<Self, DocumentError> {
        let ExceptionDocument { metadata, spec, .. } = document;
        let wrong = |field: &'static str, problem: String| DocumentError::Exception {
            file: file.to_owned(),
            exception: metadata.name.clone(),
            field,
            problem,
        };
        let Some(namespace) = metadata.namespace.clone().filter(|namespace| !namespace.is_empty()) else {
            return Err(wrong("metadata.namespace", "name the namespace that it holds for".to_owned()));
        };
        if spec.rules.is_empty() || spec.rules.iter().any(|rule| rule.trim().is_empty()) {
            return Err(wrong("spec.rules", "name at least one rule, for instance MY010".to_owned()));
        }
        if spec.reason.trim().is_empty() {
            return Err(wrong("spec.reason", "say why, for those who find it later".to_owned()));
        }
        for (field, list) in [
            ("spec.rules", &spec.rules),
            ("spec.match.kinds", &spec.matches.kinds),
            ("spec.match.names", &spec.matches.names),
        ] {
            if list.len() > MOST_ENTRIES || list.iter().any(|entry| entry.len() > LONGEST_ENTRY) {
                let problem = format!("more than {MOST_ENTRIES} entries, or one of more than {LONGEST_ENTRY} letters");
                return Err(wrong(field, format!("{problem}; write several exceptions")));
            }
        }
        if let Some(problem) = slip_in_kinds(&spec.matches.kinds) {
            return Err(wrong("spec.match.kinds", problem));
        }
        let expires = end(&spec.expires).ok_or_else(|| {
            let problem = format!(
                "\"{}\" is no date, nor a time with its zone; write for instance 2027-03-31, or 2027-03-31T12:00:00Z",
                spec.expires
            );
            wrong("spec.expires", problem)
        })?;
        let names =
            patterns("spec.match.names", &spec.matches.names).map_err(|error| wrong(error.field, error.problem))?;
        Ok(Self {
            name: format!("{namespace}/{}", metadata.name),
            reason: spec.reason,
            expires,
            namespace,
            rules: spec.rules,
            kinds: spec.matches.kinds.iter().map(|kind| JudgedKind::parse(kind)).collect(),
            names,
            matches: spec.matches,
        })
    }

    /// Whether it is about this object, whatever the day.
    pub fn covers(&self, request: &Request) -> bool {
        request.namespace.as_deref() == Some(self.namespace.as_str())
            && (self.kinds.is_empty()
                || self.kinds.iter().any(|kind| kind.holds(request.api_version(), request.kind())))
            && (self.names.is_empty() || request.name.as_deref().is_some_and(|name| self.names.is_match(name)))
            && self
                .matches
                .object_selector
                .as_ref()
                .is_none_or(|selector| selects(selector, &labels_of(request.object.pointer("/metadata/labels"))))
    }

    /// The rules that it excepts from.
    pub fn rules(&self) -> &[String] {
        &self.rules
    }

    /// Which objects it excepts, as it was written.
    pub fn matches(&self) -> &ExceptionMatch {
        &self.matches
    }

    /// Whether it has ended.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}

/// When an exception ends. A day counts whole.
fn end(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    // A time without a zone is no day either.
    let day: Date = text.parse().ok().filter(|_| text.len() == "2027-03-31".len())?;
    // The last day that can be counted has no day after it.
    let after = day.tomorrow().ok().and_then(|next| next.to_zoned(TimeZone::UTC).ok());
    Some(after.map_or(Timestamp::MAX, |after| after.timestamp()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    fn exception(spec: serde_json::Value) -> Result<PolicyException, String> {
        let document = json!({
            "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
            "metadata": { "namespace": "shop", "name": "migration" }, "spec": spec,
        });
        let document = serde_json::from_value(document).map_err(|error| error.to_string())?;
        PolicyException::new("e.yaml", document).map_err(|error| error.to_string())
    }

    #[test]
    fn what_cannot_be_used_is_told_with_the_way_out() {
        for (spec, told) in [
            (
                json!({ "rules": [], "reason": "x", "expires": "2027-01-01" }),
                "e.yaml: exception migration: spec.rules: name at least one rule, for instance MY010",
            ),
            (
                json!({ "rules": ["MY010"], "reason": " ", "expires": "2027-01-01" }),
                "e.yaml: exception migration: spec.reason: say why, for those who find it later",
            ),
            (
                json!({ "rules": ["MY010"], "reason": "x", "expires": "soon" }),
                "e.yaml: exception migration: spec.expires: \"soon\" is no date, nor a time with its zone; write for \
                 instance 2027-03-31, or 2027-03-31T12:00:00Z",
            ),
            (
                json!({ "rules": ["MY010"], "reason": "x", "expires": "2027-03-31T12:00:00" }),
                "e.yaml: exception migration: spec.expires: \"2027-03-31T12:00:00\" is no date, nor a time with its \
                 zone; write for instance 2027-03-31, or 2027-03-31T12:00:00Z",
            ),
            (
                json!({ "rules": vec!["MY010"; 51], "reason": "x", "expires": "2027-03-31" }),
                "e.yaml: exception migration: spec.rules: more than 50 entries, or one of more than 253 letters; write \
                 several exceptions",
            ),
            (
                json!({
                    "rules": ["MY010"], "reason": "x", "expires": "2027-03-31", "match": { "kinds": ["deployments"] },
                }),
                "e.yaml: exception migration: spec.match.kinds: entry 0 is no kind; did you mean Deployment?",
            ),
            (json!({ "rules": ["MY010"], "reason": "x" }), "missing field `expires`"),
        ] {
            assert_eq!(exception(spec).err().as_deref(), Some(told));
        }
    }

    #[test]
    fn a_day_counts_whole() {
        for (expires, end) in [
            ("2027-03-31", "2027-04-01T00:00:00Z"),
            ("2027-03-31T12:00:00Z", "2027-03-31T12:00:00Z"),
            ("2027-03-31T12:00:00+02:00", "2027-03-31T10:00:00Z"),
        ] {
            let exception = exception(json!({ "rules": ["X1"], "reason": "x", "expires": expires })).unwrap();
            assert_eq!(exception.expires, end.parse::<Timestamp>().unwrap(), "{expires}");
            assert!(exception.has_ended(exception.expires));
        }
    }

    #[test]
    fn it_covers_objects_of_its_namespace() {
        let object = |namespace: &str, kind: &str, name: &str| {
            let object = json!({
                "apiVersion": "apps/v1", "kind": kind,
                "metadata": { "namespace": namespace, "name": name, "labels": { "tier": "db" } },
            });
            Request::audit(object)
        };
        for (matches, covers, spares) in [
            (json!({}), ("shop", "Deployment", "a"), ("other", "Deployment", "a")),
            (json!({ "kinds": ["Deployment.apps"] }), ("shop", "Deployment", "a"), ("shop", "StatefulSet", "a")),
            (json!({ "names": ["my*"] }), ("shop", "Deployment", "mysql"), ("shop", "Deployment", "a")),
            (
                json!({ "objectSelector": { "matchLabels": { "tier": "db" } } }),
                ("shop", "Deployment", "a"),
                ("shopping", "Deployment", "a"),
            ),
        ] {
            let spec = json!({ "rules": ["X1"], "reason": "x", "expires": "2027-01-01", "match": matches });
            let exception = exception(spec).unwrap();
            assert!(exception.covers(&object(covers.0, covers.1, covers.2)), "{matches}");
            assert!(!exception.covers(&object(spares.0, spares.1, spares.2)), "{matches}");
        }
    }
}
