//! What a report says of an object. Pure.

use serde_json::Value;

use crate::audit::ObjectReport;
use crate::audit::policy_report::{ObjectReference, ReportResult, SOURCE, Summary, results, summary};

/// What a report says, but for the times.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Content {
    pub(super) scope: ObjectReference,
    pub(super) summary: Summary,
    pub(super) results: Vec<ReportResult>,
}

/// The object of a report; none if it lacks what every stored object has.
pub(super) fn subject(object: &Value) -> Option<ObjectReference> {
    let text = |at: &str| object.pointer(at).and_then(Value::as_str).map(str::to_owned);
    Some(ObjectReference {
        api_version: text("/apiVersion")?,
        kind: text("/kind")?,
        namespace: text("/metadata/namespace"),
        name: Some(text("/metadata/name")?),
        uid: Some(text("/metadata/uid")?),
    })
}

/// The name of an object's report. By the uid, as other tools do it, so that an object of the same name that is made
/// later has a report of its own; and with a word before it, because theirs are of the same kind.
pub(super) fn report_name(subject: &ObjectReference) -> String {
    format!("{SOURCE}-{}", subject.uid.as_deref().unwrap_or_default())
}

impl Content {
    /// What is to be said of an object; nothing, if no policy judges such objects.
    pub(super) fn of(scope: ObjectReference, report: &ObjectReport) -> Option<Self> {
        if report.asked.is_empty() {
            return None;
        }
        let results = results(report);
        Some(Self { scope, summary: summary(&results), results })
    }
}
