//! What Helm keeps of its releases: in each revision's Secret or ConfigMap the manifest, the hooks, the values that
//! were given and the chart's own.

use serde_json::Value;

use super::kept::{Holder, Kept, finding};
use super::known::KnownPasswords;
use super::release::{Release, ReleaseError, Storage, decode};
use super::since;
use super::values::{Password, passwords};
use crate::audit::problem::{InputError, InputProblem};
use crate::audit::report::{ObjectReport, Since};
use crate::finding::place;
use crate::own_rules::IN_VALUES;
use crate::workload::{may_concern_mysql, names_mysql};
use crate::yaml;

/// What Helm calls the type of its Secrets (helm, `pkg/storage/driver/secrets.go`).
pub(in crate::audit) const SECRET_TYPE: &str = "helm.sh/release.v1";
/// A time in RFC 3339 with nanoseconds and a zone is not longer.
const LONGEST_TIME: usize = 40;

/// What releases keep of MySQL.
#[derive(Default)]
pub(in crate::audit) struct Releases {
    pub manifests: Vec<Kept>,
    pub values: Vec<KeptValues>,
    pub problems: Vec<InputProblem>,
}

/// Passwords in the values of a release.
pub(in crate::audit) struct KeptValues {
    holder: Holder,
    within: String,
    passwords: Vec<Password>,
    since: Option<Since>,
    clear: String,
}

/// How an object keeps a release, if it does.
fn storage(object: &Value) -> Option<Storage> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    match text("/kind")? {
        "Secret" if text("/type") == Some(SECRET_TYPE) => Some(Storage::Secret),
        "ConfigMap" if text("/metadata/labels/owner") == Some("helm") && object.pointer("/data/release").is_some() => {
            Some(Storage::ConfigMap)
        }
        _ => None,
    }
}

impl Releases {
    /// Reads the release that an object keeps, if it keeps one.
    pub(in crate::audit) fn add(&mut self, object: &Value) {
        let Some(storage) = storage(object) else { return };
        let holder = Holder::of(object);
        let text = object.pointer("/data/release").and_then(Value::as_str).ok_or(ReleaseError::Absent);
        match text.and_then(|text| decode(storage, text)) {
            Ok(release) => Reading::new(&holder, object, &release).read(self, &release),
            Err(error) => self.problems.push(InputProblem::of_object(holder.words(), InputError::Release(error))),
        }
    }
}

/// One release on its way into the report.
struct Reading<'a> {
    holder: &'a Holder,
    revision: String,
    namespace: Option<String>,
    since: Option<Since>,
    clear: String,
}

impl<'a> Reading<'a> {
    fn new(holder: &'a Holder, object: &Value, release: &Release) -> Self {
        let info = release.info.as_ref();
        let status = info.and_then(|info| info.status.as_deref()).filter(|status| is_word(status)).unwrap_or("unknown");
        // Commands are copied to a shell.
        let name = if is_word(&release.name) { release.name.as_str() } else { "RELEASE" };
        let time = info.and_then(|info| info.last_deployed.as_ref());
        let since = match time.filter(|time| !time.is_empty() && time.len() <= LONGEST_TIME) {
            Some(time) => Some(Since { time: time.clone(), or_earlier: false }),
            None => since::created(object),
        };
        Self {
            holder,
            revision: format!("Helm release {name}, revision {}", release.version),
            namespace: release.namespace.clone().or_else(|| holder.namespace.clone()),
            since,
            clear: clear(holder, name, status),
        }
    }

    fn read(&self, into: &mut Releases, release: &Release) {
        let hooks = release.hooks.iter().flatten().filter_map(|hook| hook.manifest.as_deref());
        let texts = std::iter::once(("manifest", release.manifest.as_str())).chain(hooks.map(|text| ("hook", text)));
        let known = into.manifests.len();
        for (what, text) in texts {
            self.read_manifest(into, what, text);
        }
        let chart = release.chart.as_ref();
        let name = chart.and_then(|chart| chart.metadata.as_ref()?.name.as_deref()).unwrap_or_default();
        let is_mysql = names_mysql(name);
        if !is_mysql && into.manifests.len() == known {
            return;
        }
        let given = release.config.as_ref().map(|values| passwords(values, is_mysql)).unwrap_or_default();
        let default = chart.and_then(|chart| chart.values.as_ref());
        let mut default = default.map(|values| passwords(values, is_mysql)).unwrap_or_default();
        // What was given took the place of the default.
        default.retain(|one| release.config.as_ref().is_none_or(|config| config.pointer(&one.at).is_none()));
        for (what, passwords) in [("given values".to_owned(), given), (format!("values of chart {name}"), default)] {
            if !passwords.is_empty() {
                into.values.push(KeptValues {
                    holder: self.holder.clone(),
                    within: format!("{}, {what}", self.revision),
                    passwords,
                    since: self.since.clone(),
                    clear: self.clear.clone(),
                });
            }
        }
    }

    fn read_manifest(&self, into: &mut Releases, what: &str, text: &str) {
        for document in yaml::parse(text) {
            match document {
                Ok(document) => {
                    let line = document.first_line;
                    self.take(into, &format!("{what}, line {line}"), document.value);
                }
                Err(problem) => into.problems.push(InputProblem::of_object(
                    format!("{}, {}, {what}", self.holder.words(), self.revision),
                    InputError::ReleaseManifest { line: problem.line, error: problem.error },
                )),
            }
        }
    }

    fn take(&self, into: &mut Releases, what: &str, mut manifest: Value) {
        if !may_concern_mysql(&manifest) {
            return;
        }
        // Helm puts what names no namespace into that of the release.
        if let (Some(metadata), Some(namespace)) =
            (manifest.get_mut("metadata").and_then(Value::as_object_mut), &self.namespace)
        {
            metadata.entry("namespace").or_insert_with(|| Value::from(namespace.as_str()));
        }
        let object = Holder::of(&manifest);
        into.manifests.push(Kept {
            holder: self.holder.clone(),
            within: Some(format!("{}, {what}: {} {}", self.revision, object.kind, object.name)),
            at: "",
            manifest,
            since: self.since.clone(),
            clear: self.clear.clone(),
            told: Vec::new(),
        });
    }
}

impl KeptValues {
    /// What a report says of it; what it found is remembered.
    pub(in crate::audit) fn report(self, known: &mut KnownPasswords) -> Option<ObjectReport> {
        let kind = &self.holder.kind;
        for password in &self.passwords {
            known.learn_difference(&password.value, &password.shown, &self.holder.words());
        }
        let findings = self.passwords.into_iter().map(|password| {
            let what = place(&password.at);
            let message =
                format!("the value {what} holds a password in plain text: whoever can read the {kind} has it");
            finding(IN_VALUES.id, password.at, &message, &self.clear, &self.since)
        });
        self.holder.report(Some(self.within), findings.collect())
    }
}

/// Whether a text is a name as Helm allows it (helm, `pkg/chart/v2/util/validate_name.go`), or a state.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// How a revision is rid of what it holds, by its state (helm, `pkg/release/status.go`).
fn clear(holder: &Holder, release: &str, status: &str) -> String {
    let delete = holder.delete();
    let kind = &holder.kind;
    match status {
        "deployed" => format!(
            "This revision is in use, and Helm needs its {kind}. Upgrade the release with values that name a Secret in \
             place of the password; after that this revision is superseded, and can be deleted: {delete}."
        ),
        "superseded" | "failed" => format!(
            "This revision is {status}: it is kept for helm rollback {release}. If nobody wants to go back to it: {delete}, or \
             keep fewer from now on by helm upgrade --history-max."
        ),
        "uninstalled" => {
            format!("The release is uninstalled, and its history was kept. If nobody wants it back: {delete}.")
        }
        _ => format!(
            "Helm calls this revision {status}. helm history {release} says whether it is in use; if it is not: {delete}."
        ),
    }
}
