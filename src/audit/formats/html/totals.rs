//! How many findings there are, by everything that the report draws pictures of.

use std::collections::BTreeMap;

use super::words::{CONSEQUENCES, SEVERITIES};
use crate::audit::report::{AuditReport, Consequence, FindingReport, ObjectReport, Suppression};
use crate::engine::Decision;
use crate::finding::Severity;

/// Findings by severity, from the worst on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts([usize; SEVERITIES.len()]);

/// What the pictures show. Suppressed findings are only counted as such.
#[derive(Default)]
pub(super) struct Totals<'a> {
    /// All findings that count.
    pub(super) all: Counts,
    /// By namespace, the fullest first; empty: the object names none.
    pub(super) namespaces: Vec<(&'a str, Counts)>,
    /// By rule, the fullest first.
    pub(super) rules: Vec<(&'a str, Counts)>,
    /// By what the gate would do, in the order of the words; only what occurs.
    pub(super) consequences: Vec<(Consequence, Counts)>,
    /// Objects with findings.
    pub(super) concerned: usize,
    /// Objects that would be refused.
    pub(super) refused: usize,
    /// Copies that keep passwords.
    pub(super) kept: usize,
    /// Findings that their objects' authors except.
    pub(super) excepted: usize,
    /// Findings that are known by the baseline.
    pub(super) known: usize,
    /// Findings that were there before what is looked at.
    pub(super) before: usize,
    /// Policies that could not judge an object.
    pub(super) failures: usize,
}

impl Counts {
    fn add(&mut self, severity: Severity) {
        for (count, one) in self.0.iter_mut().zip(SEVERITIES) {
            *count += usize::from(one == severity);
        }
    }

    /// All together.
    pub(super) fn sum(&self) -> usize {
        self.0.iter().sum()
    }

    /// Each with its severity, from the worst on.
    pub(super) fn each(&self) -> impl Iterator<Item = (Severity, usize)> + '_ {
        SEVERITIES.into_iter().zip(self.0)
    }
}

impl<'a> Totals<'a> {
    pub(super) fn of(report: &'a AuditReport) -> Self {
        let mut totals = Self::default();
        let mut namespaces: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut rules: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut consequences: Vec<(Consequence, Counts)> = CONSEQUENCES.map(|one| (one, Counts::default())).to_vec();
        for object in &report.objects {
            totals.add_object(object);
            for finding in object.findings() {
                totals.all.add(finding.severity);
                namespaces.entry(object.namespace.as_deref().unwrap_or_default()).or_default().add(finding.severity);
                rules.entry(&finding.rule).or_default().add(finding.severity);
                for (_, counts) in consequences.iter_mut().filter(|(one, _)| *one == finding.consequence) {
                    counts.add(finding.severity);
                }
            }
        }
        consequences.retain(|(_, counts)| counts.sum() > 0);
        totals.namespaces = fullest_first(namespaces);
        totals.rules = fullest_first(rules);
        totals.consequences = consequences;
        totals
    }

    fn add_object(&mut self, object: &ObjectReport) {
        let suppressed = |is: fn(&Suppression) -> bool| {
            let is_suppressed = |finding: &&FindingReport| finding.suppression.as_ref().is_some_and(is);
            object.findings.iter().filter(is_suppressed).count()
        };
        self.excepted += suppressed(|why| matches!(why, Suppression::Exception { .. }));
        self.known += suppressed(|why| *why == Suppression::Baseline);
        self.before += suppressed(|why| *why == Suppression::Before);
        self.concerned += usize::from(object.findings().next().is_some());
        self.refused += usize::from(object.decision == Decision::Deny);
        self.kept += usize::from(object.is_kept());
        self.failures += object.failures.len();
    }

    /// How many findings have this consequence.
    pub(super) fn with(&self, consequence: Consequence) -> usize {
        self.consequences.iter().filter(|(one, _)| *one == consequence).map(|(_, counts)| counts.sum()).sum()
    }
}

/// Names that are equally full are in their own order.
fn fullest_first(counts: BTreeMap<&str, Counts>) -> Vec<(&str, Counts)> {
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.sum()));
    all
}
