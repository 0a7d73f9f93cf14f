//! MY002: the image lets root have no password. MY026: it prints root's password to the log.

use tidegate_policy::{Container, Finding, Request, Rule, Server, Severity};

use crate::environment::{Environment, Held};
use crate::image::{Image, linuxserver_has_no_password, root_is_local, sounds_like_no};

pub(crate) const EMPTY: Rule = Rule::new("MY002", "somebody gets in without a password", Severity::Critical);
pub(crate) const PRINTED: Rule = Rule::new("MY026", "root's password is printed to the log", Severity::Low);

/// Whether root is sure to have no password.
pub(crate) fn root_is_open(server: &Server, environment: &Environment<'_>) -> bool {
    Image::of(server).is_some_and(|image| {
        image.switch(image.allow, environment).is_some() && image.root_password(environment) == Held::Nothing
    })
}

/// MY002.
pub(crate) fn empty_password(
    request: &Request,
    container: &Container,
    server: &Server,
    environment: &Environment<'_>,
) -> Option<Finding> {
    if linuxserver_has_no_password(server, environment) {
        let message = format!(
            "container {} has no MYSQL_ROOT_PASSWORD: on a new volume its image makes a root that gets in without a \
             password, from everywhere",
            container.name
        );
        let finding = Finding::new(&EMPTY, &container.at, message).severity(Severity::Medium);
        return Some(finding.help("Set MYSQL_ROOT_PASSWORD by valueFrom.secretKeyRef, with four letters or more"));
    }
    let image = Image::of(server)?;
    let (switch, text, at) = image.switch(image.allow, environment)?;
    let subject = if image.any_text && sounds_like_no(&text) {
        format!("{switch} of container {} is \"{text}\", and the image takes any text for yes", container.name)
    } else {
        format!("{switch} of container {} is set", container.name)
    };
    let says = |consequence: &str| Finding::new(&EMPTY, at, format!("{subject}: {consequence}"));
    let finding = match image.root_password(environment) {
        Held::Nothing if root_is_local(server, environment) => {
            says("root gets in without a password from every container of the pod").severity(Severity::Medium)
        }
        Held::Nothing => says("whoever reaches the server gets in as root without a password"),
        Held::Perhaps(source) => says(&format!(
            "unless {source} holds root's password, whoever reaches the server gets in as root without one"
        ))
        .severity(Severity::Medium),
        Held::Text(_) | Held::Something => {
            match image.account_without_password(environment) {
                Some(account) => says(&format!("the account that {account} names gets in without a password")),
                None => {
                    return Some(
                    says("it does nothing as long as root has a password, and lets everybody in should that be empty")
                        .severity(Severity::Low)
                        .help(format!("Take {switch} out: without it the server refuses to start on an empty password")),
                );
                }
            }
        }
    };
    Some(finding.help(instead(request, image, server)))
}

/// What to write instead. Probes and scripts relied on the empty password. `MYSQL_PWD` must not be in the server's
/// own environment: its entrypoint asks its first server with the client, which would take it from there.
fn instead(request: &Request, image: &Image, server: &Server) -> String {
    let password = password_variable(server);
    let not = image.random.first().map(|random| format!(" (not {random}, which prints the password to the log)"));
    let mut help = format!(
        "Take it out and set {password} by valueFrom.secretKeyRef{}. Probes and scripts that log in as root then need it \
         too: sh -c 'MYSQL_PWD=\"${password}\" mysql -uroot …'",
        not.unwrap_or_default()
    );
    if request.is_update() {
        help.push_str(". Data that is there already keeps its empty password until ALTER USER gives it one");
    }
    help
}

/// MY026. An image that lets a one-time password expire prints one that must be changed at once.
pub(crate) fn printed_password(
    container: &Container,
    server: &Server,
    environment: &Environment<'_>,
) -> Option<Finding> {
    let image = Image::of(server)?;
    if image.random.is_empty() {
        return None;
    }
    let (switch, text, at) = image.switch(image.random, environment)?;
    if server.is_mysql() && environment.get("MYSQL_ONETIME_PASSWORD").0.is_set() {
        return None;
    }
    let name = &container.name;
    let mut message = if sounds_like_no(&text) {
        format!(
            "{switch} of container {name} is \"{text}\", and the image takes any text for yes: it prints root's password \
             to the log"
        )
    } else {
        format!("{switch} of container {name} prints root's password to the log, for all who may read logs")
    };
    let password = password_variable(server);
    if environment.any(&[password]).is_set() {
        message.push_str(&format!("; {password} does not count then"));
    }
    let help = format!("Take it out and set {password} by valueFrom.secretKeyRef");
    Some(Finding::new(&PRINTED, at, message).help(help))
}

/// The variable that holds root's password. MariaDB's image has names of its own since 10.2.38, 10.3.29, 10.4.19,
/// 10.5.10 and in all later releases (docker-library/docs, mariadb), and still takes MySQL's.
fn password_variable(server: &Server) -> &'static str {
    match server.flavor.as_str() {
        "bitnami-mariadb" => "MARIADB_ROOT_PASSWORD",
        "mariadb" if server.at_least(10, 6).is_yes() => "MARIADB_ROOT_PASSWORD",
        _ => "MYSQL_ROOT_PASSWORD",
    }
}
