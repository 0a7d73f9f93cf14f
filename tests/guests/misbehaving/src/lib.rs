//! A policy that does wrong, each time in the way that its settings name.

#![allow(clippy::panic, reason = "it does wrong on purpose")]

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use schemars::JsonSchema;
use serde::Deserialize;
use tidegate_policy::{Edit, Finding, Policy, Request, ResourceType, Rule, Severity, cluster, json};

/// The policy.
pub struct Misbehaving;

/// In which way it does wrong.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Not at all.
    #[default]
    NotAtAll,
    /// It never ends.
    Loop,
    /// It calls itself without end.
    Recursion,
    /// It takes memory without end.
    Memory,
    /// It panics.
    Panic,
    /// It returns a million findings.
    ManyFindings,
    /// It returns a text of 10 MB.
    LongText,
    /// It names a rule that it did not describe.
    UnknownRule,
    /// It points at what the object does not have.
    Outside,
    /// It gives the object another name.
    Rename,
    /// It makes of the containers what no Deployment has.
    Misfit,
    /// It writes back what was withheld from it.
    WriteBack,
    /// It asks for what it did not declare.
    Undeclared,
    /// It tries to remember an earlier review.
    Remember,
}

/// Its settings.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Settings {
    /// In which way it does wrong.
    how: How,
}

const WRONG: Rule = Rule::new("T001", "something is wrong", Severity::Low);
const SECRET: ResourceType = ResourceType::new("v1", "Secret");
const OTHER: Rule = Rule::new("T002", "never described", Severity::Low);

static REVIEWS: AtomicU32 = AtomicU32::new(0);

impl Policy for Misbehaving {
    type Settings = Settings;
    const NAME: &str = "misbehaving";
    const TITLE: &str = "Does wrong";
    const RULES: &[Rule] = &[WRONG];

    fn review(_: &Request, settings: &Settings) -> Vec<Finding> {
        let wrong = |fix: Vec<Edit>| vec![Finding::new(&WRONG, "/spec", "wrong").fix(fix)];
        match settings.how {
            How::NotAtAll => vec![],
            How::Loop => loop {
                black_box(0);
            },
            How::Recursion => vec![Finding::new(&WRONG, "", deeper(0).to_string())],
            How::Memory => {
                let mut taken: Vec<Vec<u8>> = Vec::new();
                loop {
                    taken.push(black_box(vec![1; 1 << 20]));
                }
            }
            How::Panic => panic!("on purpose"),
            How::ManyFindings => (0..1_000_000).map(|_| Finding::new(&WRONG, "/spec", "")).collect(),
            How::LongText => vec![Finding::new(&WRONG, "/spec", "long ".repeat(2 << 20))],
            How::UnknownRule => vec![Finding::new(&OTHER, "/spec", "wrong")],
            How::Outside => vec![Finding::new(&WRONG, "/spec/nowhere/0", "wrong")],
            How::Rename => wrong(vec![Edit::set("/metadata/name", "other")]),
            How::Misfit => wrong(vec![Edit::set("/spec/template/spec/containers", json!({ "a": 1 }))]),
            How::WriteBack => {
                let containers = "/spec/template/spec/containers";
                let seen: Option<tidegate_policy::Value> = tidegate_policy::raw::at(containers);
                seen.map(|seen| wrong(vec![Edit::set("/spec/template/spec/initContainers", seen)])).unwrap_or_default()
            }
            How::Undeclared => {
                let _ = cluster::find::<tidegate_policy::Value>(&SECRET);
                vec![]
            }
            How::Remember if REVIEWS.fetch_add(1, Ordering::Relaxed) > 0 => wrong(vec![]),
            How::Remember => vec![],
        }
    }
}

/// Never ends, and keeps something of each call.
#[expect(unconditional_recursion, reason = "on purpose")]
fn deeper(depth: u64) -> u64 {
    let here = [depth; 64];
    black_box(&here);
    deeper(depth + 1) + here[(depth % 64) as usize]
}

tidegate_policy::export!(Misbehaving);
