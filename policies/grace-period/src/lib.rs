//! Servers get the time and the signal to end by themselves (MY017).

mod script;
mod shell;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Container, Edit, Finding, Policy, Request, Rule, Server, Severity, Workload, raw};

use crate::script::Ending;

/// The policy.
struct GracePeriod;

const RULE: Rule = Rule::new("MY017", "the server is killed before it has ended", Severity::Medium);

/// What the API server fills in (`DefaultTerminationGracePeriodSeconds` in Kubernetes' core/v1).
const DEFAULT: u32 = 30;

/// How long a server gets.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The fewest seconds that a server may be given.
    pub(crate) least_seconds: u32,
    /// How many seconds are set where there are fewer.
    pub(crate) seconds: u32,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        // mysql-operator gives 120 seconds, Percona's operators 600.
        Self { least_seconds: 60, seconds: 120, ignore_containers: vec![] }
    }
}

impl Policy for GracePeriod {
    type Settings = Settings;
    const NAME: &str = "grace-period";
    const TITLE: &str = "Servers get the time and the signal to end by themselves";
    const RULES: &[Rule] = &[RULE];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        let Settings { least_seconds, seconds, .. } = settings;
        if seconds < least_seconds {
            return Err(format!("seconds: {seconds} is less than leastSeconds, which is {least_seconds}"));
        }
        Ok(())
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        // A pod that is there keeps what it was made with.
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        if workload.servers().next().is_none() || ends_by_itself(workload) {
            return vec![];
        }
        let servers: Vec<_> = workload
            .servers()
            .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
            .filter(|(container, _)| !settings.ignore_containers.contains(&container.name))
            .collect();
        let by_script = servers.iter().filter(|(_, server)| server.is_started_by_script());
        let signals = by_script.filter_map(|(container, _)| without_signal(container));
        too_short(workload, &servers, settings).into_iter().chain(signals).collect()
    }
}

tidegate_policy::export!(GracePeriod);

/// Whether the pods are not meant to stay: those of jobs, and those that runners of builds make. Their
/// other containers seldom listen to SIGTERM, so that a longer time would only be waited for.
fn ends_by_itself(workload: &Workload) -> bool {
    let policy: Option<String> = raw::at(&workload.pod_spec_path(["restartPolicy"]));
    matches!(policy.as_deref(), Some("Never" | "OnFailure"))
}

/// The pod has less time than its server may need.
fn too_short(workload: &Workload, servers: &[(&Container, &Server)], settings: &Settings) -> Option<Finding> {
    let given = workload.termination_grace_period.unwrap_or(DEFAULT);
    if servers.is_empty() || given >= settings.least_seconds {
        return None;
    }
    let field = workload.pod_spec_path(["terminationGracePeriodSeconds"]);
    let at = if workload.termination_grace_period.is_some() { &field } else { &workload.pod_spec };
    let message = format!(
        "the server is killed {given} seconds after it was told to end, though it may still write to disk what is in \
         memory: the next start is then a recovery"
    );
    let seconds = settings.seconds;
    let help = format!("Set terminationGracePeriodSeconds to {seconds} or more");
    let finding = Finding::new(&RULE, at, message);
    // An image that nobody knows only looks like a server: it is told, not repaired.
    let is_known = servers.iter().any(|(_, server)| server.flavor != "unknown");
    Some(if is_known {
        finding.help(help).fix([Edit::set(field, seconds)])
    } else {
        finding.help(format!("{help}; tidegate leaves it to you, because it does not know the image"))
    })
}

/// A shell stands between the kubelet and the server, and keeps the signal to itself.
fn without_signal(container: &Container) -> Option<Finding> {
    let script = script::of(&container.command, &container.args)?;
    let (message, severity) = match script::ending(script.text)? {
        Ending::Behind => (
            "the script goes on after it has started the server, and its shell passes no SIGTERM on: the server learns \
             of its end by being killed",
            Severity::Medium,
        ),
        Ending::Piped => (
            "the server writes into a pipe, and the shell that holds it passes no SIGTERM on: the server learns of its \
             end by being killed",
            Severity::Medium,
        ),
        Ending::Last => (
            "the script starts the server without exec: shells that stay, as dash does, pass no SIGTERM on, and the \
             server learns of its end by being killed",
            Severity::Low,
        ),
    };
    let at = match script.word.checked_sub(container.command.len()) {
        None => format!("{}/command/{}", container.at, script.word),
        Some(argument) => format!("{}/args/{argument}", container.at),
    };
    Some(Finding::new(&RULE, at, message).severity(severity).help(match severity {
        Severity::Low => "Write exec before the server",
        _ => "Start the server last and with exec, or trap SIGTERM, pass it on and wait",
    }))
}
