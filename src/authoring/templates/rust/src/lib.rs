//! A rollout waits until each server has been ready for a while.

use tidegate_policy::{Concern, Edit, Finding, Policy, Request, Rule, Settings, Severity, raw};

/// The policy.
struct MinReadySeconds;

/// The id is stable: exceptions and reports name it.
const HASTY: Rule = Rule::new("{{rule}}", "a rollout does not wait for a server to be warm", Severity::Medium);

/// How long a server has to be ready before the next one is replaced.
#[derive(Settings)]
struct Patience {
    /// The fewest seconds.
    #[setting(default = 10)]
    #[schemars(range(max = 600))]
    least_seconds: u32,
}

impl Policy for MinReadySeconds {
    type Settings = Patience;
    const NAME: &str = "{{name}}";
    const TITLE: &str = "A rollout waits until each server has been ready for a while";
    const RULES: &[Rule] = &[HASTY];
    const KINDS: &[&str] = &["StatefulSet"];
    /// Nothing but MySQL waits for it.
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, settings: &Patience) -> Vec<Finding> {
        let Some(workload) = request.workload() else { return vec![] };
        // What the typed workload lacks is pulled from the object.
        let seconds: u32 = raw::at("/spec/minReadySeconds").unwrap_or(0);
        let least = settings.least_seconds;
        if workload.servers().next().is_none() || seconds >= least {
            return vec![];
        }
        let message = format!("a rollout replaces the next server {seconds} seconds after one is ready");
        vec![
            Finding::new(&HASTY, "/spec", message)
                .help(format!("Set minReadySeconds to {least} or more"))
                .fix([Edit::set("/spec/minReadySeconds", least)]),
        ]
    }
}

tidegate_policy::export!(MinReadySeconds);
