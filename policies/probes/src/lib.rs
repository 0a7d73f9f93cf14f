//! Servers are watched while they start, run and serve, and by a way that tells the truth.
//!
//! MY011: probes are missing. MY012: a liveness probe kills a server that still starts. MY013: the
//! readiness probe asks by the socket, where the entrypoint's temporary server answers too, or cannot
//! log in. MY039: a probe runs a program that the image does not have.

mod asking;
mod client;
mod patience;
mod programs;
mod settings;

use tidegate_policy::{Concern, Container, Edit, Finding, Policy, Probe, Request, Rule, Server, Severity, Workload};

use crate::asking::{Asking, port, port_argument};
use crate::client::Client;
use crate::settings::Settings;

/// The policy.
struct Probes;

const MISSING: Rule = Rule::new("MY011", "the server has no liveness or readiness probe", Severity::High);
const NO_STARTUP: Rule = Rule::new("MY012", "the liveness probe may kill a server that still starts", Severity::High);
const BY_SOCKET: Rule = Rule::new("MY013", "the readiness probe does not ask by TCP", Severity::High);

impl Policy for Probes {
    type Settings = Settings;
    const NAME: &str = "probes";
    const TITLE: &str = "Servers are watched while they start, run and serve";
    const RULES: &[Rule] = &[MISSING, NO_STARTUP, BY_SOCKET, programs::ABSENT];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        // A job ends by itself; and nothing watches over a pod that can no longer be changed.
        let ends = matches!(request.kind(), "Job" | "CronJob");
        let Some(workload) = request.workload().filter(|workload| !workload.immutable && !ends) else { return vec![] };
        workload
            .servers()
            .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
            .filter(|(container, _)| !settings.ignore_containers.contains(&container.name))
            .flat_map(|(container, server)| judge(workload, container, server, settings))
            .collect()
    }
}

tidegate_policy::export!(Probes);

fn judge(workload: &Workload, container: &Container, server: &Server, settings: &Settings) -> Vec<Finding> {
    let alive = match (&container.liveness_probe, &container.readiness_probe) {
        (Some(liveness), Some(_)) => impatient(workload, container, server, liveness, settings),
        _ => Some(missing(workload, container, server, settings)),
    };
    let ready = container.readiness_probe.as_ref().and_then(|probe| {
        by_socket(container, server, probe).or_else(|| programs::without_password(container, probe, &BY_SOCKET))
    });
    alive.into_iter().chain(ready).chain(programs::absent(container, server)).collect()
}

/// MY011: one finding for all that is missing.
fn missing(workload: &Workload, container: &Container, server: &Server, settings: &Settings) -> Finding {
    let liveness = container.liveness_probe.is_none();
    let readiness = container.readiness_probe.is_none();
    let startup = container.startup_probe.is_none()
        && container.liveness_probe.as_ref().is_none_or(|probe| is_impatient(probe, settings));
    let names = [(startup, "startupProbe"), (liveness, "livenessProbe"), (readiness, "readinessProbe")];
    let names = list(names.into_iter().filter_map(|(missing, name)| missing.then_some(name)));
    let consequence = match (liveness, readiness) {
        (true, true) => "clients are sent to it while it still starts, and nothing restarts it when it hangs",
        (true, false) => "nothing restarts it when it hangs",
        (false, _) => "clients are sent to it while it still starts",
    };
    let finding = Finding::new(&MISSING, &container.at, format!("the server has no {names}: {consequence}"));
    let edits = (|| {
        let alive = Asking::alive(container, server, settings)?;
        let ready = Asking::ready(container, server, settings)?;
        let asks = if startup || liveness { &alive } else { &ready };
        let time = if startup { "; give the startupProbe as long as a recovery may take" } else { "" };
        let help = format!(
            "Add {}: {}{time}",
            if startup || (liveness && readiness) { "each" } else { "it" },
            asks.in_words()
        );
        Ok((
            help,
            [
                startup.then(|| add_startup(workload, container, server, &alive, settings)),
                liveness.then(|| Edit::set(container.path(["livenessProbe"]), alive.probe(settings.liveness()))),
                readiness.then(|| Edit::set(container.path(["readinessProbe"]), ready.probe(settings.serving()))),
            ],
        ))
    })();
    match edits {
        Ok((help, edits)) => finding.help(help).fix(edits.into_iter().flatten()),
        Err(why) => unrepaired(finding, why),
    }
}

/// MY012: there is a liveness probe that does not wait for the start.
fn impatient(
    workload: &Workload,
    container: &Container,
    server: &Server,
    liveness: &Probe,
    settings: &Settings,
) -> Option<Finding> {
    if container.startup_probe.is_some() || !is_impatient(liveness, settings) {
        return None;
    }
    let seconds = patience::given_by(liveness);
    let finding = Finding::new(
        &NO_STARTUP,
        &liveness.at,
        format!(
            "without a startupProbe this probe kills a server that still initialises or recovers after {seconds} s: \
             the next start begins anew, or on half a data directory"
        ),
    );
    Some(match Asking::alive(container, server, settings) {
        Ok(alive) => finding
            .help(format!("Add a startupProbe that waits as long as a recovery may take: {}", alive.in_words()))
            .fix([add_startup(workload, container, server, &alive, settings)]),
        Err(why) => unrepaired(finding, why),
    })
}

/// A liveness probe that gives a server as long as a startup probe would, needs none.
fn is_impatient(liveness: &Probe, settings: &Settings) -> bool {
    patience::given_by(liveness) < settings.startup().budget()
}

fn add_startup(
    workload: &Workload,
    container: &Container,
    server: &Server,
    alive: &Asking,
    settings: &Settings,
) -> Edit {
    let timing = settings.startup().at_least(patience::needed_by(workload, container, server));
    Edit::set(container.path(["startupProbe"]), alive.probe(timing))
}

fn unrepaired(finding: Finding, why: &str) -> Finding {
    finding.severity(Severity::Medium).help(format!(
        "Add the probes yourself, with a startupProbe that waits as long as a recovery may take; tidegate does not, \
         because {why}"
    ))
}

/// MY013: the readiness probe goes through the socket. A server without TCP has no other way.
fn by_socket(container: &Container, server: &Server, probe: &Probe) -> Option<Finding> {
    let client = Client::read(&probe.command).filter(|client| probe.kind == "exec" && client.by_socket)?;
    let port = match (server.port, port(container, server)) {
        (None, _) => return None,
        (Some(_), port) => port,
    };
    let finding = Finding::new(
        &BY_SOCKET,
        &probe.at,
        "this probe asks by the socket file, where the image's temporary server answers while it still initialises: \
         clients are sent to a server that is not there yet",
    );
    let password = client.password || container.variable("MYSQL_PWD").is_some();
    if let Ok(port) = port
        && client.ping
        && client.direct
        && !client.by_option
        && !(password && may_lack_tls(server))
    {
        let nobody = (!client.user && !password).then(|| asking::NOBODY.to_owned());
        // A port that the author wrote meant nothing to the socket; the last one counts.
        let port = if client.port { Some(format!("-P{port}")) } else { port_argument(port) };
        let words = [Some("-h127.0.0.1".to_owned()), nobody, port];
        let command = format!("{}/exec/command", probe.at);
        return Some(finding.fix(words.into_iter().flatten().map(|word| Edit::append(&command, word))));
    }
    Some(finding.severity(Severity::Medium).help("Ask by TCP: add -h127.0.0.1 (localhost means the socket)"))
}

/// Whether a password might have to go over TCP in the clear: `caching_sha2_password` refuses that
/// (error 2061, tried on MySQL 9.7), and the ping fails although the server is well.
fn may_lack_tls(server: &Server) -> bool {
    server.option_files
        || server.options.iter().any(|option| {
            let name = option.name.strip_prefix("skip-").unwrap_or(&option.name);
            name.starts_with("ssl") || name.starts_with("tls-version")
        })
}

/// `a`, `a or b`, `a, b or c`.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(list(["a"].into_iter()), "a");
        assert_eq!(list(["a", "b"].into_iter()), "a or b");
        assert_eq!(list(["a", "b", "c"].into_iter()), "a, b or c");
    }
}
