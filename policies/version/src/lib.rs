//! Images say which version they are, of a series that still gets fixes, from someone who maintains them
//! (MY015, MY036).

mod image;
mod lifecycle;
mod settings;

use tidegate_policy::{Concern, Container, Finding, Policy, Request, Role, Rule, Severity, Value, Workload, raw};

use crate::settings::Settings;

/// The policy.
struct Version;

/// Its findings are medium at most: a version is no reason to refuse a database that has to run today.
pub(crate) const VERSION: Rule =
    Rule::new("MY015", "the version gets no fixes any more, or the image does not say which it is", Severity::High);
pub(crate) const IMAGE: Rule = Rule::new("MY036", "the image is one that nobody maintains", Severity::High);

impl Policy for Version {
    type Settings = Settings;
    const NAME: &str = "version";
    const TITLE: &str = "Images say their version, of a series that still gets fixes";
    const RULES: &[Rule] = &[VERSION, IMAGE];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        let serves = workload.servers().next().is_some();
        workload
            .containers
            .iter()
            .filter(|container| !container.is_ephemeral() && !settings.ignore_containers.contains(&container.name))
            .flat_map(|container| judge(container, serves, settings))
            .map(|finding| as_it_was(request, workload, finding))
            .collect()
    }
}

tidegate_policy::export!(Version);

/// An image that runs already may stay, with a warning: whoever changes something else must not have to
/// replace it first.
fn as_it_was(request: &Request, workload: &Workload, finding: Finding) -> Finding {
    if finding.severity < Severity::High || !request.is_update() {
        return finding;
    }
    let image = raw::at::<Value>(&finding.at);
    let runs = raw::old_object().is_some_and(|old| {
        let of = |list: &str| old.pointer(&workload.pod_spec_path([list])).and_then(Value::as_array);
        let mut containers = ["initContainers", "containers"].into_iter().filter_map(of).flatten();
        containers.any(|container| container.get("image") == image.as_ref())
    });
    if runs { finding.severity(Severity::Medium) } else { finding }
}

/// The findings on one container. `serves`: some container of the pod runs a server.
fn judge(container: &Container, serves: bool, settings: &Settings) -> Vec<Finding> {
    let Some(reference) = &container.image_reference else { return vec![] };
    let at = container.path(["image"]);
    if let Some(refused) = image::refused(container, reference, &at, settings) {
        return vec![refused];
    }
    // An application's image is its author's own; one without MySQL is none of this policy's.
    let concerns = match &container.role {
        Role::Server(_) | Role::Client | Role::Exporter | Role::Backup => true,
        // `kubectl run mysql-client --image=…`: somebody's tools, called after what they are for.
        Role::Other(_) => serves || ["mysql", "mariadb"].iter().any(|name| container.name.contains(name)),
        Role::Application => false,
    };
    if !concerns {
        return vec![];
    }
    let moved = image::moved(container, reference, &at);
    let server = match &container.role {
        Role::Server(server) if !container.is_init() => Some(server),
        _ => None,
    };
    let ended = server.and_then(|server| lifecycle::judge(server, &at, settings));
    let floats = if ended.is_none() { image::floats(container, reference, server, &at) } else { None };
    [moved, ended, floats].into_iter().flatten().collect()
}
