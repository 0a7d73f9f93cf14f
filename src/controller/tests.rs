//! What has to be loaded, and which set follows: without a cluster and without a clock.

use std::time::Instant;

use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::objects::{Load, Objects};
use super::standing::{Failure, Reason};
use super::stored::StoredPolicy;
use crate::policy::scripted::{description, scripted};
use crate::policy::{Action, InstalledPolicy, PolicySet};

fn installed(name: &str, digest: &str) -> InstalledPolicy {
    InstalledPolicy {
        action: Action::Deny,
        digest: digest.to_owned(),
        is_builtin: false,
        ..scripted(description(name, "X1"), |_| Ok(Vec::new()))
    }
}

fn object(name: &str, generation: i64, spec: &Value) -> StoredPolicy {
    let object = json!({
        "apiVersion": "tidegate.dev/v1alpha1", "kind": "ClusterPolicy",
        "metadata": { "name": name, "uid": "1", "generation": generation }, "spec": spec,
    });
    StoredPolicy::from(&serde_json::from_value::<DynamicObject>(object).unwrap())
}

/// The objects above a set of files that has the policies `both` and `file`.
struct World {
    objects: Objects,
    beneath: PolicySet,
    now: Instant,
}

impl World {
    fn new() -> Self {
        let beneath = PolicySet::new(vec![installed("both", "of the file"), installed("file", "of the file")]);
        Self { objects: Objects::default(), beneath, now: Instant::now() }
    }

    fn observe(&mut self, stored: Vec<StoredPolicy>) -> Vec<Load> {
        self.objects.observe(stored);
        self.objects.due(self.now)
    }

    fn loaded(&mut self, load: &Load, digest: &str) {
        self.objects.loaded(load, None, Ok(installed(&load.name, digest)), self.now);
    }

    fn failed(&mut self, load: &Load, reason: Reason) {
        let failure = Failure { reason, message: "broken".to_owned(), summary: "broken".to_owned() };
        self.objects.loaded(load, None, Err(failure), self.now);
    }

    /// Each policy in force with its code, and each object with what became of it.
    fn state(&self) -> String {
        let set = self.objects.above(&self.beneath);
        let policies: Vec<_> = set.iter().map(|policy| format!("{}={}", policy.name, policy.digest)).collect();
        let standings = self.objects.standings();
        let standings: Vec<_> = standings
            .iter()
            .map(|(name, standing)| format!("{name} {}@{}", standing.reason.word(), standing.generation))
            .collect();
        format!("{}; {}", policies.join(" "), standings.join(" "))
    }
}

fn names(loads: &[Load]) -> Vec<&str> {
    loads.iter().map(|load| load.name.as_str()).collect()
}

#[test]
fn an_object_is_above_the_file_and_what_was_good_of_it_stays() {
    let mut world = World::new();
    let first = json!({ "module": "file:///a.wasm" });
    let loads = world.observe(vec![object("both", 1, &first)]);
    assert_eq!(world.state(), "both=of the file file=of the file; ", "nothing is in force before it is loaded");
    world.loaded(&loads[0], "a");
    assert_eq!(world.state(), "both=a file=of the file; both Ready@1");
    assert!(world.observe(vec![object("both", 1, &first)]).is_empty(), "what did not change is not loaded again");

    let second = json!({ "module": "file:///b.wasm" });
    let loads = world.observe(vec![object("both", 2, &second)]);
    world.failed(&loads[0], Reason::CompileFailed);
    assert_eq!(world.state(), "both=a file=of the file; both CompileFailed@2");
    world.objects.observe(vec![object("both", 3, &json!({ "module": 7 }))]);
    assert!(world.objects.due(world.now).is_empty());
    assert_eq!(world.state(), "both=a file=of the file; both DocumentInvalid@3");

    world.observe(vec![object("both", 4, &json!({ "module": "file:///b.wasm", "enabled": false }))]);
    assert_eq!(world.state(), "file=of the file; both Disabled@4");
    world.observe(vec![]);
    assert_eq!(world.state(), "both=of the file file=of the file; ");
}

#[test]
fn a_broken_object_without_a_past_leaves_what_is_beneath_it() {
    let mut world = World::new();
    let spec = json!({ "module": "file:///a.wasm" });
    let loads = world.observe(vec![object("both", 1, &spec), object("new", 1, &spec)]);
    assert_eq!(names(&loads), ["both", "new"]);
    for load in &loads {
        world.failed(load, Reason::SettingsInvalid);
    }
    assert_eq!(world.state(), "both=of the file file=of the file; both SettingsInvalid@1 new SettingsInvalid@1");
}

#[test]
fn whether_all_that_the_cluster_wants_is_in_force() {
    let mut world = World::new();
    let is_so = |world: &World| world.objects.are_all_in_force();
    assert!(is_so(&world), "there is none");
    let first = || vec![object("new", 1, &json!({ "module": "https://modules.example/a.wasm" }))];
    let loads = world.observe(first());
    assert!(!is_so(&world), "it is being loaded");
    world.failed(&loads[0], Reason::DownloadFailed);
    assert!(!is_so(&world), "its code is not to be had");
    world.now = world.objects.next_try().unwrap();
    let loads = world.observe(first());
    world.loaded(&loads[0], "a");
    assert!(is_so(&world), "it is in force");
    let loads = world.observe(vec![object("new", 2, &json!({ "module": "file:///b.wasm" }))]);
    assert!(!is_so(&world), "an earlier version is in force");
    world.failed(&loads[0], Reason::CompileFailed);
    assert!(!is_so(&world), "the earlier one stays");
    world.observe(vec![object("new", 3, &json!({ "module": "file:///b.wasm", "enabled": false }))]);
    assert!(is_so(&world), "it is switched off");
    world.observe(vec![object("new", 4, &json!({ "module": 7 }))]);
    assert!(!is_so(&world), "nobody can say what it wants");
    world.observe(vec![]);
    assert!(is_so(&world), "it is gone");
}

#[test]
fn what_was_loaded_for_an_earlier_version_is_not_taken() {
    let mut world = World::new();
    let early = world.observe(vec![object("new", 1, &json!({ "module": "file:///a.wasm" }))]);
    let late = world.observe(vec![object("new", 2, &json!({ "module": "file:///b.wasm" }))]);
    world.loaded(&late[0], "b");
    world.loaded(&early[0], "a");
    assert_eq!(world.state(), "both=of the file file=of the file new=b; new Ready@2");
}

#[test]
fn code_that_is_not_to_be_had_is_asked_for_again_less_and_less_often() {
    let mut world = World::new();
    let stored = || vec![object("new", 1, &json!({ "module": "https://modules.example/a.wasm" }))];
    let mut loads = world.observe(stored());
    let mut waits = Vec::new();
    for _ in 0..7 {
        world.failed(&loads[0], Reason::DownloadFailed);
        let next = world.objects.next_try().unwrap();
        waits.push((next - world.now).as_secs());
        assert!(world.observe(stored()).is_empty(), "not before its time");
        world.now = next;
        loads = world.observe(stored());
        assert_eq!(names(&loads), ["new"]);
    }
    assert_eq!(waits, [10, 20, 40, 80, 160, 300, 300]);
    world.loaded(&loads[0], "a");
    assert_eq!(world.objects.next_try(), None);
}

#[test]
fn code_in_a_config_map_is_read_again_when_that_changed() {
    let mut world = World::new();
    let stored = || {
        let spec = json!({ "module": "configmap://shop/code/a.wasm" });
        vec![object("file", 1, &json!({ "module": "file:///a.wasm" })), object("map", 1, &spec)]
    };
    let loads = world.observe(stored());
    assert!(world.objects.code_versions().is_empty(), "nothing was read yet");
    for load in &loads {
        world.objects.loaded(load, Some("1".to_owned()), Ok(installed(&load.name, "a")), world.now);
    }
    let read: Vec<_> = world.objects.code_versions().into_iter().map(|(name, _, version)| (name, version)).collect();
    assert_eq!(read, [("map".to_owned(), Some("1".to_owned()))]);
    world.objects.code_changed("map", world.now);
    let loads = world.observe(stored());
    assert_eq!(names(&loads), ["map"]);
    assert!(world.state().contains("map=a"), "the earlier one is in force until then: {}", world.state());
    world.loaded(&loads[0], "b");
    assert!(world.state().contains("map=b"));
}

#[test]
fn the_first_replicas_word_on_a_tag_counts() {
    const THEIRS: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    let mut world = World::new();
    let stored = |status: Value| {
        let object = json!({
            "apiVersion": "tidegate.dev/v1alpha1", "kind": "ClusterPolicy",
            "metadata": { "name": "new", "uid": "1", "generation": 1 },
            "spec": { "module": "oci://registry.example/new:1" }, "status": status,
        });
        vec![StoredPolicy::from(&serde_json::from_value::<DynamicObject>(object).unwrap())]
    };
    let loads = world.observe(stored(json!({})));
    let own = "oci://registry.example/new@sha256:2222222222222222222222222222222222222222222222222222222222222222";
    let mut policy = installed("new", "own");
    policy.resolved = Some(own.to_owned());
    world.objects.loaded(&loads[0], None, Ok(policy), world.now);
    let of = |generation: i64| json!({ "resolvedGeneration": generation, "resolved": format!("oci://evil.example/x@{THEIRS}") });
    assert!(world.observe(stored(of(0))).is_empty(), "what was said of another generation");
    let seen = json!({ "observedGeneration": 1, "resolvedGeneration": 0, "resolved": of(1)["resolved"] });
    assert!(world.observe(stored(seen)).is_empty(), "this generation was seen, but not put in force");
    let loads = world.observe(stored(of(1)));
    assert_eq!(loads[0].document.spec.module, format!("oci://registry.example/new@{THEIRS}"));
    world.loaded(&loads[0], "theirs");
    assert!(world.observe(stored(of(1))).is_empty());
    let resolved = world.objects.standings()["new"].in_force.resolved.clone();
    assert_eq!(resolved, Some(format!("oci://registry.example/new@{THEIRS}")));
}

#[test]
fn equal_sets_have_equal_revisions() {
    let set = |policies: &[(&str, &str)]| {
        PolicySet::new(policies.iter().map(|(name, digest)| installed(name, digest)).collect()).revision()
    };
    let revision = set(&[("a", "1"), ("b", "2")]);
    assert_eq!(revision.len(), 16);
    assert_eq!(revision, set(&[("b", "2"), ("a", "1")]));
    for other in [&[("a", "1")][..], &[("a", "2"), ("b", "2")], &[("a", "1"), ("c", "2")], &[]] {
        assert_ne!(revision, set(other));
    }
    let mut changed = installed("b", "2");
    changed.settings = "{\"a\":1}".to_owned();
    assert_ne!(revision, PolicySet::new(vec![installed("a", "1"), changed]).revision());
}
