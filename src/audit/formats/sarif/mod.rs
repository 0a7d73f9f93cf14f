//! The report as SARIF 2.1.0, which code scanning and many viewers read.

mod model;
mod rules;
mod uri;

use std::io::{self, Write};

use self::model::{
    ArtifactChange, ArtifactLocation, Content, Driver, Fingerprints, Fix, Invocation, Location, Log, LogicalLocation,
    Message, Notification, PhysicalLocation, Region, Replacement, ResultProperties, Run, SarifResult, Suppression,
    Tool,
};
use self::rules::{Rules, level};
use super::origin::Place;
use super::text::{failure, help, place};
use crate::audit::report::{AuditReport, FindingReport, ObjectReport, Suppression as Why};

/// Where the schema is to be had.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::of(report);
    let mut results = Vec::new();
    for object in &report.objects {
        results.extend(object.findings.iter().map(|finding| result(object, finding, &rules)));
    }
    let notifications = notifications(report);
    let invocation =
        Invocation { execution_successful: notifications.is_empty(), tool_execution_notifications: notifications };
    let driver = Driver { name: "tidegate", semantic_version: env!("CARGO_PKG_VERSION"), rules: rules.rules };
    let run = Run { tool: Tool { driver }, invocations: [invocation], column_kind: "unicodeCodePoints", results };
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

fn result<'a>(object: &'a ObjectReport, finding: &'a FindingReport, rules: &Rules<'_>) -> SarifResult<'a> {
    let help = help(finding).map(|help| format!(". {help}")).unwrap_or_default();
    SarifResult {
        rule_id: &finding.rule,
        rule_index: rules.index(&finding.rule),
        level: level(finding.severity),
        message: Message::new(&format!("{}{help}", finding.message)),
        locations: [location(Place::of_finding(object, finding), Some(logical(object, finding)))],
        partial_fingerprints: Fingerprints { ours: &finding.fingerprint },
        suppressions: finding.suppression.iter().map(suppression).collect(),
        fixes: fix(object, finding).into_iter().collect(),
        properties: ResultProperties {
            policy: &finding.policy,
            severity: finding.severity.to_string(),
            at: &finding.at,
            fixable: finding.is_repaired(),
            since: finding.since.as_ref().map(ToString::to_string),
            exception_refused: finding.exception_refused.as_deref(),
        },
    }
}

fn suppression(why: &Why) -> Suppression<'_> {
    match why {
        Why::Exception { reason } => Suppression { kind: "inSource", justification: reason },
        Why::Before => Suppression { kind: "external", justification: "there before" },
        Why::Baseline => Suppression { kind: "external", justification: "known by the baseline" },
    }
}

fn fix<'a>(object: &'a ObjectReport, finding: &'a FindingReport) -> Option<Fix<'a>> {
    let Place::File { file, .. } = Place::of_object(object) else { return None };
    let replacements = finding.fix.as_deref().filter(|replacements| !replacements.is_empty())?;
    let replacements = replacements.iter().map(|replacement| Replacement {
        deleted_region: replacement.region.into(),
        inserted_content: Content { text: &replacement.text },
    });
    Some(Fix {
        description: Message::new(&format!("Repair as policy {} does it at the gate", finding.policy)),
        artifact_changes: [ArtifactChange {
            artifact_location: ArtifactLocation { uri: uri::of_file(file) },
            replacements: replacements.collect(),
        }],
    })
}

/// What could not be judged, by whomever.
fn notifications(report: &AuditReport) -> Vec<Notification> {
    let problems = report.problems.iter().map(|problem| (problem.message(), Place::of_problem(problem)));
    let failures = report.objects.iter().flat_map(|object| {
        let place = Place::of_object(object);
        object.failures.iter().map(move |failed| (format!("{}: {}", object.title, failure(failed)), place))
    });
    let notification = |(message, place): (String, Place<'_>)| Notification {
        level: "error",
        message: Message::new(&message),
        locations: vec![location(place, None)],
    };
    problems.chain(failures).map(notification).collect()
}

fn location(place: Place<'_>, logical: Option<LogicalLocation>) -> Location {
    let physical = |file: &str, region| PhysicalLocation {
        artifact_location: ArtifactLocation { uri: uri::of_file(file) },
        region,
    };
    match place {
        Place::File { file, line, column, region } => {
            let start =
                line.map(|start_line| Region { start_line, start_column: column, end_line: None, end_column: None });
            let region = region.map(Region::from).or(start);
            Location {
                physical_location: Some(physical(file, region)),
                logical_locations: logical.into_iter().collect(),
            }
        }
        Place::Rendered { folder, .. } => Location {
            physical_location: Some(physical(folder, None)),
            logical_locations: logical.into_iter().collect(),
        },
        Place::Cluster { .. } => {
            let stored = || LogicalLocation { name: None, fully_qualified_name: place.to_string(), kind: "object" };
            Location { physical_location: None, logical_locations: vec![logical.unwrap_or_else(stored)] }
        }
    }
}

/// The object, and the place in it.
fn logical(object: &ObjectReport, finding: &FindingReport) -> LogicalLocation {
    let stored = match Place::of_object(object) {
        place @ Place::Cluster { .. } => place.to_string(),
        Place::File { .. } | Place::Rendered { .. } => object.title.clone(),
    };
    LogicalLocation {
        name: object.name.clone(),
        fully_qualified_name: format!("{stored}: {}", place(finding)),
        kind: "object",
    }
}
