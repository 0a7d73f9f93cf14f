//! What was met in files: what runs beside it is in none.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::findings::{Drifted, rules};
use super::identity::Identity;
use crate::audit::problem::{InputError, InputProblem};
use crate::audit::report::AuditReport;

/// The objects of files, and where they belong.
#[derive(Default)]
pub struct Met {
    pub(super) objects: HashSet<Identity>,
    /// Those of objects that concern MySQL.
    pub(super) namespaces: BTreeSet<String>,
    /// Claims that StatefulSets make from their templates are in no file either: their namespace, and how their
    /// names begin.
    claims: HashSet<(Option<String>, String)>,
    /// What could not be compared, and why.
    unknown: BTreeMap<String, String>,
    /// Whether all files were read; else nobody can say what is in none.
    pub(super) is_whole: bool,
    /// Whether some could not be.
    pub(super) has_unread: bool,
}

impl Met {
    pub(super) fn unknown(&mut self, identity: &Identity, reason: String) {
        let whose = identity.namespace.as_ref().map(|namespace| format!(" in namespace {namespace}"));
        self.unknown.insert(format!("{} objects{}", identity.kind, whose.unwrap_or_default()), reason);
    }

    pub(super) fn add_claims<'a>(&mut self, objects: impl Iterator<Item = &'a Value>) {
        for object in objects {
            let templates = object.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
            let (Some(templates), Some(set)) = (templates, Identity::of(object, "")) else { continue };
            let names = templates.iter().filter_map(|template| template.pointer("/metadata/name")?.as_str());
            self.claims.extend(names.map(|name| (set.namespace.clone(), format!("{name}-{}-", set.name))));
        }
    }

    /// What is said of an object that runs, concerns MySQL, and is in no file.
    pub(in crate::audit) fn in_no_file(&self, object: &Value) -> Option<Drifted> {
        let identity = Identity::of(object, "").filter(|_| self.is_whole)?;
        let is_concerned = identity.namespace.as_ref().is_some_and(|own| self.namespaces.contains(own));
        let is_missing = is_concerned && !self.objects.contains(&identity) && !self.is_of_a_template(&identity);
        is_missing.then(|| Drifted::in_no_file(self.has_unread))
    }

    /// What could not be compared.
    pub(in crate::audit) fn problems(&self) -> impl Iterator<Item = InputProblem> {
        self.unknown.iter().map(|(what, reason)| {
            let reason = format!("the files cannot be compared with them: {reason}");
            InputProblem::of_object(what, InputError::Unlisted { reason, way_out: None })
        })
    }

    fn is_of_a_template(&self, identity: &Identity) -> bool {
        // The number at the end is the pod's.
        let start = identity.name.trim_end_matches(|character: char| character.is_ascii_digit());
        identity.kind == "PersistentVolumeClaim"
            && self.claims.contains(&(identity.namespace.clone(), start.to_owned()))
    }
}

/// The reports of files and of the cluster that they were compared with, as one.
pub fn join(files: AuditReport, cluster: AuditReport) -> AuditReport {
    let mut report = files;
    report.scope = cluster.scope;
    report.rules.extend(rules());
    report.objects.extend(cluster.objects);
    report.problems.extend(cluster.problems);
    report
}
