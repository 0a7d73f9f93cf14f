//! Six workloads that arrive together, one of each kind, and what is to be true of them afterwards.
//!
//! All of `arrivals` shares a namespace and a gate, and each way in has names of its own there.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::kind::{ALL, CONTAINER, Kind};
use crate::forms::{assert_absent, forms};
use crate::stage::{Stage, without_own_patch};
use crate::stored::{from_secret, generation, secret_value, variable};
use crate::support::kubectl::Output;

/// Workloads of different kinds, called after the way in which they arrive.
#[derive(Clone)]
pub(super) struct Fleet<'a> {
    pub(super) stage: &'a Stage,
    pub(super) way: &'static str,
    pub(super) password: String,
    pub(super) kinds: &'static [Kind],
    /// Whether its servers keep their data when their pods go.
    keeps_data: bool,
}

impl Fleet<'static> {
    /// One of each kind, before the gate of all these tests. `None`: there is no control plane on this machine.
    pub(super) fn of(way: &'static str) -> Option<Self> {
        static STAGE: OnceLock<Option<Stage>> = OnceLock::new();
        let stage = STAGE.get_or_init(|| Stage::open("arrivals")).as_ref()?;
        Some(Self::at(stage, way))
    }
}

impl<'a> Fleet<'a> {
    /// One of each kind, before a gate of its own.
    pub(super) fn at(stage: &'a Stage, way: &'static str) -> Self {
        Self { stage, way, password: format!("Pw.of.{way}.7Rk"), kinds: ALL, keeps_data: true }
    }

    /// Some of them.
    pub(super) fn only(&self, kinds: &'static [Kind]) -> Self {
        Self { kinds, ..self.clone() }
    }

    /// One of them.
    pub(super) fn alone(&self, kind: Kind) -> Self {
        self.only(ALL.iter().find(|known| **known == kind).map(std::slice::from_ref).unwrap())
    }

    /// The same workloads with another password.
    pub(super) fn with_password(&self, password: &str) -> Self {
        Self { password: password.to_owned(), ..self.clone() }
    }

    /// The same workloads, but their servers lose their data with their pods.
    pub(super) fn passing(&self) -> Self {
        Self { keeps_data: false, ..self.clone() }
    }

    /// The name of a kind's workload. Two of one name would meet in one Secret.
    pub(super) fn name(&self, kind: Kind) -> String {
        format!("{}-{}", self.way, kind.resource())
    }

    /// The kind's workload as kubectl's arguments have it.
    pub(super) fn target(&self, kind: Kind) -> String {
        format!("{}/{}", kind.resource(), self.name(kind))
    }

    /// The name of the Secret that the gate makes for it.
    pub(super) fn secret(&self, kind: Kind) -> String {
        format!("{}-credentials", self.name(kind))
    }

    pub(super) fn secret_target(&self, kind: Kind) -> String {
        format!("secret/{}", self.secret(kind))
    }

    /// Its path in the API.
    pub(super) fn path(&self, kind: Kind) -> String {
        let (version, namespace) = (kind.api_version(), &self.stage.namespace);
        let root = if version.contains('/') { "apis" } else { "api" };
        format!("/{root}/{version}/namespaces/{namespace}/{}s/{}", kind.resource(), self.name(kind))
    }

    /// What the author wrote.
    pub(super) fn manifest(&self, kind: Kind) -> Value {
        let manifest = kind.manifest(&self.name(kind), &self.password);
        if self.keeps_data { manifest } else { kind.with_passing_data(manifest) }
    }

    /// `kubectl VERB -f` what the authors wrote.
    pub(super) fn send(&self, verb: &str, flags: &[&str]) -> Output {
        self.send_changed(verb, flags, |_, _| {})
    }

    /// The same, with a change in each.
    pub(super) fn send_changed(&self, verb: &str, flags: &[&str], change: impl Fn(Kind, &mut Value)) -> Output {
        let manifests = self.kinds.iter().map(|&kind| {
            let mut manifest = self.manifest(kind);
            change(kind, &mut manifest);
            format!("---\n{manifest}\n")
        });
        self.unquoted(self.stage.send(verb, flags, &manifests.collect::<String>()))
    }

    /// kubectl, for instance `scale`, with one of the workloads.
    pub(super) fn kubectl(&self, verb: &[&str], kind: Kind, arguments: &[&str]) -> Output {
        self.unquoted(self.stage.kubectl(&[verb, &[&self.target(kind)], arguments].concat()))
    }

    /// The password is in nothing that kubectl printed, but where kubectl quotes what it sent itself.
    #[track_caller]
    pub(super) fn unquoted(&self, output: Output) -> Output {
        let forms = forms(&self.password);
        assert_absent(&forms, "standard output", &output.stdout);
        assert_absent(&forms, "standard error", &without_own_patch(&output.stderr));
        output
    }

    /// The workloads as they are stored.
    #[track_caller]
    pub(super) fn stored(&self) -> Vec<(Kind, Value)> {
        self.kinds.iter().copied().zip(self.get(|kind| self.target(kind), &["--show-managed-fields"])).collect()
    }

    #[track_caller]
    fn get(&self, target: impl Fn(Kind) -> String, flags: &[&str]) -> Vec<Value> {
        let targets: Vec<String> = self.kinds.iter().map(|&kind| target(kind)).collect();
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        items(self.stage.cluster.json(&[&["get", "-n", &self.stage.namespace], flags, &targets].concat()))
    }

    /// There is neither one of the workloads nor one of their Secrets.
    #[track_caller]
    pub(super) fn expect_nothing(&self) {
        for target in [|fleet: &Self, kind| fleet.target(kind), |fleet: &Self, kind| fleet.secret_target(kind)] {
            let targets: Vec<String> = self.kinds.iter().map(|&kind| target(self, kind)).collect();
            let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
            let found = self.stage.kubectl(&[&["get", "--ignore-not-found", "-o", "name"], &targets[..]].concat());
            assert_eq!(found.expect_success(), "", "it was written");
        }
    }

    /// Each takes its password from its Secret, which has it, and it stands nowhere in the object.
    #[track_caller]
    pub(super) fn expect_moved(&self) -> Vec<(Kind, Value)> {
        let stored = self.stored();
        let forms = forms(&self.password);
        for ((kind, object), secret) in stored.iter().zip(self.get(|kind| self.secret_target(kind), &[])) {
            let name = kind.variable();
            let stored = variable(object, CONTAINER, name);
            // A value that came after another one has a key with a number.
            let key = stored["valueFrom"]["secretKeyRef"]["key"].as_str().unwrap_or_default();
            assert!(key == name || key.starts_with(&format!("{name}.")), "{kind:?}: {stored}");
            assert_eq!(*stored, from_secret(name, &self.secret(*kind), key), "{kind:?}");
            assert_absent(&forms, &format!("the {kind:?}"), &object.to_string());
            assert_eq!(secret_value(&secret, key), self.password, "{kind:?}");
            assert_eq!(secret["metadata"]["annotations"]["tidegate.dev/workload-kind"], kind.name());
        }
        stored
    }

    /// The same, and their generations.
    #[track_caller]
    pub(super) fn expect_moved_at(&self, expected: impl Fn(Kind) -> u64) -> Vec<(Kind, Value)> {
        let stored = self.expect_moved();
        for (kind, object) in &stored {
            assert_eq!(generation(object), expected(*kind), "{kind:?}");
        }
        stored
    }

    /// The same, and nothing that makes pods has changed.
    #[track_caller]
    pub(super) fn expect_unmoved_since(&self, before: &[(Kind, Value)]) {
        for ((kind, now), (_, before)) in self.expect_moved().iter().zip(before) {
            assert_eq!(now["spec"], before["spec"], "{kind:?}");
            assert_eq!(generation(now), generation(before), "{kind:?}");
        }
    }

    /// The author of each was told once that its password was moved.
    #[track_caller]
    pub(super) fn expect_told(&self, output: &Output) {
        self.kinds.iter().for_each(|&kind| expect_told_of(output, kind));
    }

    /// What kubectl says of each, one line each.
    #[track_caller]
    pub(super) fn expect_said(&self, output: &Output, says: &str) {
        let expected = self.kinds.iter().map(|&kind| {
            let group = kind.api_version().strip_suffix("/v1").map(|group| format!(".{group}")).unwrap_or_default();
            format!("{}{group}/{} {says}", kind.resource(), self.name(kind))
        });
        let said: Vec<&str> = output.stdout.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(said, expected.collect::<Vec<_>>(), "{}", output.stderr);
    }
}

/// The author of this kind was told once that its password was moved.
#[track_caller]
pub(super) fn expect_told_of(output: &Output, kind: Kind) {
    let whose = format!("can read the {} has it", kind.name());
    let is_told = |line: &&str| line.starts_with("Warning: tidegate repaired MY001") && line.contains(&whose);
    assert_eq!(output.stderr.lines().filter(is_told).count(), 1, "{kind:?}: {}", output.stderr);
}

/// It succeeded, and the gate had nothing to say.
#[track_caller]
pub(super) fn expect_silence(output: Output) {
    assert!(!output.stderr.contains("tidegate"), "{}", output.stderr);
    output.expect_success();
}

/// The objects of a list, or the one that is none.
pub(super) fn items(list: Value) -> Vec<Value> {
    match list["items"].as_array() {
        Some(items) => items.clone(),
        None => vec![list],
    }
}

/// The container as it is stored, but with the password written out again.
pub(super) fn with_plaintext(stored: &Value, kind: Kind, password: &str) -> Value {
    let mut container = stored.pointer(kind.pod_spec()).unwrap()["containers"][0].clone();
    let variables = container["env"].as_array_mut().unwrap();
    let variable = variables.iter_mut().find(|variable| variable["name"] == kind.variable()).unwrap();
    *variable = json!({"name": kind.variable(), "value": password});
    container
}
