//! Where something that a report tells of is: in a file, or in a cluster.

use std::fmt;

use super::text::one_line;
use crate::audit::problem::InputProblem;
use crate::audit::report::{FindingReport, ObjectReport, Origin, Region};

/// Where something is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// In a file.
    File {
        /// As it was named, or `<stdin>`.
        file: &'a str,
        /// From 1.
        line: Option<usize>,
        /// From 1.
        column: Option<usize>,
        /// The piece of the text that it is about, if that is known.
        region: Option<Region>,
    },
    /// In what a program rendered: no line of any file.
    Rendered {
        /// The chart, or the folder of kustomize.
        folder: &'a str,
        /// `helm template`
        command: &'static str,
        /// What people call the object.
        title: &'a str,
    },
    /// In a cluster.
    Cluster {
        /// `Deployment shop/mysql`.
        object: &'a str,
        /// `revision 3 of StatefulSet mysql`.
        within: Option<&'a str>,
    },
}

impl<'a> Place<'a> {
    /// Where an object begins.
    pub(super) fn of_object(object: &'a ObjectReport) -> Self {
        match (&object.source, object.rendered_by) {
            (Origin::File(source), Some(command)) => {
                Self::Rendered { folder: &source.file, command, title: &object.title }
            }
            (Origin::File(source), None) => {
                Self::File { file: &source.file, line: Some(source.line), column: None, region: None }
            }
            (Origin::Cluster(stored), _) => Self::Cluster { object: &stored.object, within: stored.within.as_deref() },
        }
    }

    /// Where a finding is, or else its object.
    pub(super) fn of_finding(object: &'a ObjectReport, finding: &FindingReport) -> Self {
        match (Self::of_object(object), finding.region) {
            (Self::File { file, .. }, Some(region)) => {
                Self::File { file, line: Some(region.line), column: Some(region.column), region: Some(region) }
            }
            (place, _) => place,
        }
    }

    /// Where something that could not be judged is.
    pub(super) fn of_problem(problem: &'a InputProblem) -> Self {
        if problem.in_cluster {
            Self::Cluster { object: &problem.file, within: None }
        } else {
            Self::File { file: &problem.file, line: problem.line, column: problem.column, region: None }
        }
    }
}

/// `mysql.yaml:3:5`, or `ControllerRevision shop/mysql (revision 3 of StatefulSet mysql)`.
impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, column, .. } => {
                write!(out, "{}", one_line(file))?;
                for number in [line, column].into_iter().flatten() {
                    write!(out, ":{number}")?;
                }
                Ok(())
            }
            Self::Rendered { folder, command, title } => {
                write!(out, "{} ({}, by {command})", one_line(folder), one_line(title))
            }
            Self::Cluster { object, within } => {
                write!(out, "{}", one_line(object))?;
                within.map_or(Ok(()), |within| write!(out, " ({})", one_line(within)))
            }
        }
    }
}
