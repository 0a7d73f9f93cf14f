//! What keeps a manifest beyond its time, and what a report says of it.

use serde_json::Value;

use crate::audit::report::{Consequence, FindingReport, ObjectReport, Origin, Since, Stored};
use crate::engine::{Decision, Judged};
use crate::finding::Severity;
use crate::own_rules::FINDER;

/// Whatever was done to a copy: who read it before has the password.
const THEN: &str = "Then change the password: whoever could read this may have it.";

/// An object of the cluster, by its name.
#[derive(Clone)]
pub(in crate::audit) struct Holder {
    pub api_version: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
}

/// A manifest that an object keeps.
///
/// It is not `Debug`: it may hold passwords.
pub(in crate::audit) struct Kept {
    pub holder: Holder,
    /// What of the object it is, if the object is not the manifest itself.
    pub within: Option<String>,
    /// Where the manifest begins in the object.
    pub at: &'static str,
    pub manifest: Value,
    pub since: Option<Since>,
    /// How it is cleared safely.
    pub clear: String,
    /// Rules and places that are told of the object already.
    pub told: Vec<(String, String)>,
}

impl Holder {
    pub(in crate::audit) fn of(object: &Value) -> Self {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            api_version: text("/apiVersion"),
            kind: text("/kind"),
            namespace: Some(text("/metadata/namespace")).filter(|namespace| !namespace.is_empty()),
            name: text("/metadata/name"),
        }
    }

    /// `Secret shop/mysql`.
    pub(in crate::audit) fn words(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name),
            None => format!("{} {}", self.kind, self.name),
        }
    }

    /// `kubectl delete secret mysql -n shop`.
    pub(super) fn delete(&self) -> String {
        let namespace = self.namespace.as_ref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
        format!("kubectl delete {} {}{namespace}", self.kind.to_lowercase(), self.name)
    }

    /// A report of what it keeps; nothing, if that is nothing.
    pub(super) fn report(&self, within: Option<String>, findings: Vec<FindingReport>) -> Option<ObjectReport> {
        let title = match &self.namespace {
            Some(namespace) => format!("{} \"{}\" in namespace \"{namespace}\"", self.kind, self.name),
            None => format!("{} \"{}\"", self.kind, self.name),
        };
        (!findings.is_empty()).then(|| ObjectReport {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: Some(self.name.clone()),
            title,
            source: Origin::Cluster(Stored { object: self.words(), within }),
            asked: Vec::new(),
            left_alone: None,
            decision: Decision::Allow,
            findings,
            failures: Vec::new(),
            patch: json_patch::Patch(Vec::new()),
            rendered_by: None,
            manifest: None,
        })
    }
}

impl Kept {
    /// What a report says of the findings that are about credentials.
    pub(in crate::audit) fn report(self, findings: Vec<Judged>) -> Option<ObjectReport> {
        let is_told = |judged: &Judged| {
            self.told.iter().any(|(rule, at)| *rule == judged.finding.rule && *at == judged.finding.at)
        };
        let findings = findings.into_iter().filter(|judged| !is_told(judged)).map(|judged| {
            let at = format!("{}{}", self.at, judged.finding.at);
            let mut report = finding(&judged.finding.rule, at, fact(&judged.finding.message), &self.clear, &self.since);
            report.policy = judged.policy;
            report.severity = judged.finding.severity;
            report.message = format!("{}: whoever can read the {} has it", report.message, self.holder.kind);
            report
        });
        self.holder.report(self.within.clone(), findings.collect())
    }
}

/// A finding in a copy.
pub(super) fn finding(rule: &str, at: String, message: &str, clear: &str, since: &Option<Since>) -> FindingReport {
    FindingReport {
        policy: FINDER.to_owned(),
        rule: rule.to_owned(),
        severity: Severity::High,
        at,
        message: message.to_owned(),
        help: Some(format!("{clear} {THEN}")),
        consequence: Consequence::Keep,
        obstacle: None,
        since: since.clone(),
        snippet: None,
        region: None,
        place: String::new(),
        fingerprint: String::new(),
        fix: None,
        suppression: None,
        exception_refused: None,
    }
}

/// What a policy's message says is so. What follows from it, behind the colon, is another matter in a copy.
fn fact(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(fact, _)| fact)
}
