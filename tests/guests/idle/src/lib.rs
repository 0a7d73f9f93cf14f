//! A policy that does nothing: what a policy costs before it judges.

use tidegate_policy::{Finding, NoSettings, Policy, Request, Rule};

/// The policy.
pub struct Idle;

impl Policy for Idle {
    type Settings = NoSettings;
    const NAME: &str = "idle";
    const TITLE: &str = "Does nothing";
    const RULES: &[Rule] = &[];

    fn review(_: &Request, _: &NoSettings) -> Vec<Finding> {
        vec![]
    }
}

tidegate_policy::export!(Idle);
