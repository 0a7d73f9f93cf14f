//! The report as objects of a cluster, as YAML that `kubectl apply` takes: PolicyReports or OpenReports.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::policy_report::{
    ObjectReference, ReportApi, ReportResult, SOURCE, Summary, Verdict, results, settled, summary,
};
use super::yaml::write_document;
use crate::audit::problem::InputProblem;
use crate::audit::report::{AuditReport, ObjectReport, Origin};

/// The policy by whose name what could not be read is told: each result has to have one.
const INPUT: &str = "input";
/// The longest name that an object may have: a DNS subdomain, RFC 1123.
const LONGEST_NAME: usize = 253;
/// Hexadecimal digits of a name that tell objects of similar names apart.
const DIGITS: usize = 8;
/// Kinds of Kubernetes that belong to no namespace. A manifest of another kind that names none belongs to the one that
/// `kubectl` is told.
const WITHOUT_NAMESPACE: &[&str] = &[
    "ClusterRole",
    "ClusterRoleBinding",
    "CSIDriver",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
    "VolumeSnapshotClass",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    /// PolicyReports have this only with each result.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ObjectReference>,
    summary: Summary,
    results: Vec<ReportResult>,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    labels: Labels,
}

#[derive(Serialize)]
struct Labels {
    #[serde(rename = "app.kubernetes.io/managed-by")]
    managed_by: &'static str,
}

/// Writes the report: an object for each that there is something to say of, and one for what could not be read.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, api: ReportApi, out: &mut dyn Write) -> io::Result<()> {
    let reports = reports(report, api);
    if reports.is_empty() {
        return writeln!(out, "# Nothing was judged, and so there is no report.");
    }
    for report in reports {
        writeln!(out, "---")?;
        write_document(&report, out)?;
    }
    Ok(())
}

/// One for each object, in the order of their first findings. Files may have one object several times, as overlays
/// do: it has one report all the same, since it is one object of the cluster.
fn reports(report: &AuditReport, api: ReportApi) -> Vec<Report> {
    let mut scopes: HashMap<ObjectReference, usize> = HashMap::new();
    let mut reports: Vec<(bool, ObjectReference, Vec<ReportResult>)> = Vec::new();
    for object in &report.objects {
        let said = results(object);
        if said.is_empty() {
            continue;
        }
        let scope = scope(object);
        let next = reports.len();
        let index = *scopes.entry(scope.clone()).or_insert(next);
        match reports.get_mut(index) {
            Some((_, _, results)) => results.extend(said),
            None => reports.push((is_namespaced(object), scope, said)),
        }
    }
    let of_objects = reports.into_iter().map(|(namespaced, scope, said)| {
        let metadata = metadata(report_name(&scope), scope.namespace.clone());
        document(api, namespaced, metadata, Some(scope), settled(said))
    });
    let input: Vec<ReportResult> = report.problems.iter().map(of_problem).collect();
    let of_input =
        (!input.is_empty()).then(|| document(api, false, metadata(format!("{SOURCE}-{INPUT}"), None), None, input));
    of_objects.chain(of_input).collect()
}

fn document(
    api: ReportApi,
    is_namespaced: bool,
    metadata: Metadata,
    scope: Option<ObjectReference>,
    results: Vec<ReportResult>,
) -> Report {
    Report {
        api_version: api.api_version(),
        kind: api.kind(is_namespaced),
        metadata,
        source: (api == ReportApi::OpenReports).then_some(SOURCE),
        scope,
        summary: summary(&results),
        results,
    }
}

fn metadata(name: String, namespace: Option<String>) -> Metadata {
    Metadata { name, namespace, labels: Labels { managed_by: SOURCE } }
}

fn scope(object: &ObjectReport) -> ObjectReference {
    ObjectReference {
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
        uid: None,
    }
}

fn is_namespaced(object: &ObjectReport) -> bool {
    let is_stored = matches!(object.source, Origin::Cluster(_));
    object.namespace.is_some() || !(is_stored || WITHOUT_NAMESPACE.contains(&object.kind.as_str()))
}

fn of_problem(problem: &InputProblem) -> ReportResult {
    let mut result = ReportResult::of_policy(INPUT, Verdict::Error, &problem.message());
    let what = if problem.in_cluster { "object" } else { "file" };
    result.properties.insert(what.to_owned(), problem.file.clone());
    problem.line.iter().for_each(|line| _ = result.properties.insert("line".to_owned(), line.to_string()));
    result
}

/// The name of an object's report: legible, whatever the object is called, and not that of any other's.
fn report_name(scope: &ObjectReference) -> String {
    let ObjectReference { api_version, kind, namespace, name, .. } = scope;
    let mut hash = Sha256::new();
    for part in [Some(api_version), Some(kind), namespace.as_ref(), name.as_ref()] {
        hash.update(part.map(String::as_bytes).unwrap_or_default());
        hash.update([0]);
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let words = format!("{kind}-{}", name.as_deref().unwrap_or_default()).to_ascii_lowercase();
    let words: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: String = words.chars().take(LONGEST_NAME - DIGITS - SOURCE.len() - 2).collect();
    format!("{SOURCE}-{}-{}", words.trim_matches('-'), &digits[..DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_an_api_server_takes() {
        let long = "x".repeat(300);
        for (name, expected) in [
            (Some("mysql"), "tidegate-deployment-mysql-"),
            (Some("My.SQL:å*"), "tidegate-deployment-my-sql-"),
            (None, "tidegate-deployment-"),
            (Some(long.as_str()), "tidegate-deployment-xxx"),
        ] {
            let scope = ObjectReference {
                api_version: "apps/v1".to_owned(),
                kind: "Deployment".to_owned(),
                namespace: None,
                name: name.map(str::to_owned),
                uid: None,
            };
            let name = report_name(&scope);
            assert!(name.starts_with(expected) && name.len() <= LONGEST_NAME, "{name}");
            assert!(name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{name}");
            let other = ObjectReference { namespace: Some("shop".to_owned()), ..scope };
            assert_ne!(report_name(&other), name);
        }
    }
}
