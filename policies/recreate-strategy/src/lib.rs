//! A Deployment never runs two servers on one data directory.

use tidegate_policy::{
    Concern, Container, Edit, Finding, NoSettings, Policy, Request, Rule, Server, Severity, Volume, Workload, json,
};

/// The policy.
pub struct RecreateStrategy;

const SHARED: Rule = Rule::new("MY007", "an update starts a second server on the same data directory", Severity::High);

impl Policy for RecreateStrategy {
    type Settings = NoSettings;
    const NAME: &str = "recreate-strategy";
    const TITLE: &str = "A Deployment never runs two servers on one data directory";
    const RULES: &[Rule] = &[SHARED];
    const KINDS: &[&str] = &["Deployment"];
    const CONCERN: Concern = Concern::MySql;

    fn review(request: &Request, _: &NoSettings) -> Vec<Finding> {
        let Some(workload) = request.workload() else { return vec![] };
        if !matches!(workload.strategy.as_deref(), None | Some("" | "RollingUpdate")) {
            return vec![];
        }
        // The strategy is the Deployment's: one server is reason enough, and a second no further finding.
        workload.servers().find_map(|server| judge(workload, server)).into_iter().collect()
    }
}

fn judge(workload: &Workload, (container, server): (&Container, &Server)) -> Option<Finding> {
    let volume = workload.mounted(server.data_volume.as_ref()?)?;
    if belongs_to_one_pod(volume) {
        return None;
    }
    // Without a strategy the API server fills in RollingUpdate, and there is no place to point at yet.
    let at = if workload.strategy.is_some() { "/spec/strategy" } else { "/spec" };
    let message = format!(
        "every update starts a new {} beside the old one, and both open the data on volume {}",
        container.name, volume.name
    );
    let finding = Finding::new(&SHARED, at, message).help(
        "Set strategy to type: Recreate, so that the old server has ended before the new one starts: \
         a short pause instead of two servers that fight for one data directory",
    );
    if server.flavor == "unknown" {
        // It is told, not repaired.
        return Some(finding.at_most_medium_if_unknown(server));
    }
    // Whole: beside Recreate the API server forbids the rollingUpdate that it fills in otherwise.
    Some(finding.fix([Edit::set("/spec/strategy", json!({ "type": "Recreate" }))]))
}

/// Whether each pod has a volume of its own, that ends with it. A kind that is not known here may
/// outlive the pod, and then a pause is the smaller harm.
fn belongs_to_one_pod(volume: &Volume) -> bool {
    matches!(
        volume.kind.as_str(),
        "configMap" | "downwardAPI" | "emptyDir" | "ephemeral" | "gitRepo" | "image" | "projected" | "secret"
    )
}

tidegate_policy::export!(RecreateStrategy);
