//! Probes that run a client program: whether the image has it, and whether the server lets it in.

use tidegate_policy::{Container, Edit, EnvVar, Finding, Probe, Rule, Server, Severity};

use crate::client::Client;

pub(crate) const ABSENT: Rule =
    Rule::new("MY039", "a probe runs a program that the image does not have", Severity::High);

/// Programs that MariaDB's images had until 11, and what they are called there now
/// (MariaDB/mariadb-docker#512, #545).
const RENAMED: &[(&str, &str)] =
    &[("mysqladmin", "mariadb-admin"), ("mysql", "mariadb"), ("mysqlcheck", "mariadb-check")];

/// MY039: a probe of the container runs `mysqladmin` in an image of MariaDB 11 or later.
pub(crate) fn absent(container: &Container, server: &Server) -> Vec<Finding> {
    if server.flavor != "mariadb" || !server.at_least(11, 0).is_yes() {
        return vec![];
    }
    [
        (&container.startup_probe, "the server is restarted for ever"),
        (&container.liveness_probe, "the server is restarted again and again"),
        (&container.readiness_probe, "no client is ever sent to the server"),
    ]
    .into_iter()
    .filter_map(|(probe, consequence)| {
        let probe = probe.as_ref().filter(|probe| probe.kind == "exec")?;
        of_probe(probe, consequence)
    })
    .collect()
}

fn of_probe(probe: &Probe, consequence: &str) -> Option<Finding> {
    let program = probe.command.first()?;
    let renamed = |word: &str| RENAMED.iter().find(|(old, _)| *old == word).copied();
    if let Some((old, new)) = renamed(program) {
        let message = format!("the probe runs {old}, which images of MariaDB 11 and later do not have: {consequence}");
        return Some(
            Finding::new(&ABSENT, &probe.at, message)
                .fix([Edit::set(format!("{}/exec/command/0", probe.at), new)])
                .help(format!("Run {new} in its place")),
        );
    }
    // In a script it may be one of several ways that are tried: `mysqladmin ping || mariadb-admin ping`.
    let script = probe.command.get(2).filter(|_| probe.command.len() == 3)?;
    let words = || script.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-_./".contains(letter)));
    let (old, new) = words().find_map(renamed)?;
    if words().any(|word| word == new || word == "healthcheck.sh") {
        return None;
    }
    let message =
        format!("the probe's script runs {old}, which images of MariaDB 11 and later do not have: {consequence}");
    Some(Finding::new(&ABSENT, &probe.at, message).severity(Severity::Medium).help(format!("Run {new} in its place")))
}

/// MY013: a query without a password, by TCP, where the server has one: it is denied.
pub(crate) fn without_password(container: &Container, probe: &Probe, rule: &Rule) -> Option<Finding> {
    let client = Client::read(&probe.command).filter(|_| probe.kind == "exec")?;
    let set = |name: &str| container.variable(name).is_some_and(EnvVar::is_set);
    let root = ["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"]
        .into_iter()
        .find(|name| set(name) || set(&format!("{name}_FILE")))?;
    // With a user of its own nobody knows what the account needs; with a file of options neither.
    let lets_itself_in = client.ping || client.by_socket || client.password || client.user || client.file;
    let passed_on = probe.command.iter().any(|word| word.contains("MYSQL_PWD"));
    if lets_itself_in || passed_on || set("MYSQL_PWD") {
        return None;
    }
    Some(
        Finding::new(
            rule,
            &probe.at,
            format!(
                "this probe logs in without a password, and {root} gives the server one: the Pod never becomes ready"
            ),
        )
        .severity(Severity::Medium)
        .help(format!(
            "Pass the password on: sh -c 'MYSQL_PWD=\"${root}\" exec mysql -h127.0.0.1 -e \"SELECT 1\"', or ask by \
             mysqladmin ping -h127.0.0.1, which needs none"
        )),
    )
}
