//! Servers speak utf8mb4 unless their author decides otherwise (MY016).

mod charset;
mod image;
mod source;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{
    Concern, Container, Finding, Known, Policy, Request, Rule, Server, ServerOption, Severity, Workload,
};

use crate::charset::{Default as ServerDefault, Refusal};

/// The policy.
struct Utf8mb4;

/// Most of its findings are medium; it is high where the server does not even start.
const RULE: Rule = Rule::new("MY016", "the server does not store every character, or does not start", Severity::High);

/// What can be set. The character set is utf8mb4, as the policy's name says.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The collation that is set together with utf8mb4. It must be one that every server knows to
    /// which it is given: utf8mb4_unicode_ci and utf8mb4_general_ci are known to all.
    pub(crate) collation: String,
    /// Whether MySQL before 5.7 and MariaDB before 10.2 also get innodb_large_prefix and Barracuda.
    /// With them, tables made with ROW_FORMAT=DYNAMIC can have long keys; other tables with an index
    /// on more than 191 characters are refused instead of cut.
    pub(crate) large_indexes: bool,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { collation: "utf8mb4_unicode_ci".to_owned(), large_indexes: false, ignore_containers: vec![] }
    }
}

impl Policy for Utf8mb4 {
    type Settings = Settings;
    const NAME: &str = "utf8mb4";
    const TITLE: &str = "Servers speak utf8mb4";
    const RULES: &[Rule] = &[RULE];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        let collation = &settings.collation;
        if !collation.starts_with("utf8mb4_") || collation.contains(|letter: char| letter.is_whitespace()) {
            return Err(format!("collation: {collation} is no collation of utf8mb4"));
        }
        // The servers that get it are MySQL before 8.0 and MariaDB before 11.6.
        if ["_0900_", "_uca1400_"].iter().any(|later| collation.contains(later)) {
            return Err(format!("collation: {collation} is unknown to the servers that need one (MySQL before 8.0)"));
        }
        Ok(())
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        workload
            .servers()
            .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
            .filter(|(container, _)| !settings.ignore_containers.contains(&container.name))
            .filter_map(|(container, server)| judge(workload, container, server, settings))
            .collect()
    }
}

tidegate_policy::export!(Utf8mb4);

fn judge(workload: &Workload, container: &Container, server: &Server, settings: &Settings) -> Option<Finding> {
    let default = ServerDefault::of(server)?;
    let charset = written(server, "character-set-server", "character-set-s");
    let collation = written(server, "collation-server", "collation-s");
    // Without a value the server says itself what it lacks; of another variable nobody knows the value.
    let is_clear = |option: &ServerOption| option.value.as_ref().is_some_and(|value| !value.contains('$'));
    if ![charset, collation].into_iter().flatten().all(is_clear) {
        return None;
    }
    let by_image = match image::variables(container, server).filter(|_| charset.is_none()) {
        Some(variables) => variables.charset(),
        None => Known::No,
    };
    let effective = match by_image {
        Known::Yes(charset) => Some(charset),
        Known::No => value(charset),
        // It decides whether the collation fits.
        Known::Unknown if collation.is_some() => return None,
        Known::Unknown => None,
    };
    if let Some(refusal) = charset::refusal(server, default, effective, value(collation)) {
        return refused(workload, container, server, settings, &refusal, charset, collation);
    }
    match charset.or(collation) {
        Some(option) if !charset::is_utf8mb4(&value(Some(option)).unwrap_or_default()) => {
            Some(other(workload, container, option, settings))
        }
        Some(_) => None,
        None if default == ServerDefault::Utf8mb4 => None,
        None => missing(container, server, settings),
    }
}

/// The last option of a name; the server takes any beginning that fits no other option.
fn written<'a>(server: &'a Server, name: &str, shortest: &str) -> Option<&'a ServerOption> {
    server.options.iter().rfind(|option| option.name.starts_with(shortest) && name.starts_with(&option.name))
}

fn value(option: Option<&ServerOption>) -> Option<String> {
    option.and_then(|option| option.value.as_deref()).map(|value| value.trim().to_ascii_lowercase())
}

/// The server does not start with what is written.
fn refused(
    workload: &Workload,
    container: &Container,
    server: &Server,
    settings: &Settings,
    refusal: &Refusal,
    charset: Option<&ServerOption>,
    collation: Option<&ServerOption>,
) -> Option<Finding> {
    let at = if refusal.blames_charset { charset.or(collation) } else { collation.or(charset) }?;
    let file = source::file(workload, container, at);
    let message = format!("{}{}", refusal.message, source::place(file.as_deref()));
    let mut finding = Finding::new(&RULE, &at.at, message);
    // What is meant is clear if only the character set is missing. An option file may name it.
    if refusal.lacks_charset {
        if server.option_files {
            return None;
        }
        finding = finding.severity(Severity::Medium);
        if let Some(edits) = server.append_options(["--character-set-server=utf8mb4"]) {
            return Some(finding.fix(edits).help("Add --character-set-server=utf8mb4"));
        }
    }
    let collation = &settings.collation;
    Some(match image::variables(container, server) {
        Some(variables) => finding.help(format!("Set {} to utf8mb4 instead", variables.charset)),
        None if file.is_some() => finding.help(source::lines(collation)),
        None => finding.help(format!("Write --character-set-server=utf8mb4 --collation-server={collation}")),
    })
}

/// Another character set is written: that is the author's decision, but they should know.
fn other(workload: &Workload, container: &Container, option: &ServerOption, settings: &Settings) -> Finding {
    let value = option.value.as_deref().unwrap_or_default();
    let file = source::file(workload, container, option);
    let instead = match file {
        Some(_) => source::lines(&settings.collation),
        None => "Write --character-set-server=utf8mb4 with a collation of utf8mb4".to_owned(),
    };
    let place = source::place(file.as_deref());
    Finding::new(&RULE, &option.at, format!("{} is {value}: it cannot hold every character{place}", option.name))
        .severity(Severity::Medium)
        .help(format!(
            "{instead}, unless you mean it: new databases get {value}, and text outside it is refused or stored as \
             question marks. Databases that exist keep theirs"
        ))
}

/// Nothing is written, and the server's default is latin1.
fn missing(container: &Container, server: &Server, settings: &Settings) -> Option<Finding> {
    let message = "the server's character set is latin1: Korean text or emoji are refused or stored as question marks";
    let finding = Finding::new(&RULE, &container.at, message).severity(Severity::Medium);
    let options = charset::options(server, settings);
    let words = options.join(" ");
    if let Some(variables) = image::variables(container, server) {
        return variables.judge(finding, &settings.collation);
    }
    if server.option_files {
        return Some(
            Finding::new(
                &RULE,
                &container.at,
                "whether the server's character set is utf8mb4 depends on option files that are not seen here",
            )
            .severity(Severity::Low)
            .help(format!(
                "If they do not say so, write character-set-server=utf8mb4 and collation-server={} under [mysqld] \
                     there, or {words} in args",
                settings.collation
            )),
        );
    }
    // Arguments would win over what the author says in a file that an init container may copy.
    if let Some(possible) = source::possible(server) {
        return possible.judge(container, settings);
    }
    Some(match server.append_options(&options) {
        Some(edits) if charset::has_short_keys(server) && !settings.large_indexes => finding.fix(edits).help(format!(
            "Add {words}; databases that exist keep theirs. In new ones a key on more than 191 characters needs \
             innodb_large_prefix, Barracuda and ROW_FORMAT=DYNAMIC on this version"
        )),
        Some(edits) => finding.fix(edits).help(format!("Add {words}; databases that exist keep theirs")),
        // What the script says the host does not take apart; where it names the option, it is not latin1 for sure.
        None if names_the_charset(container) => return None,
        None => finding.help(format!("The command leaves no place for further options: give the server {words} in it")),
    })
}

/// Whether a script sets the character set, one way or another.
fn names_the_charset(container: &Container) -> bool {
    let words = container.command.iter().chain(&container.args);
    words.map(|word| word.replace('_', "-")).any(|word| word.contains("character-set-server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_collation_must_be_known_to_old_servers() {
        let check =
            |collation: &str| Utf8mb4::check(&Settings { collation: collation.to_owned(), ..Settings::default() });
        assert_eq!(Utf8mb4::check(&Settings::default()), Ok(()));
        assert_eq!(check("utf8mb4_general_ci"), Ok(()));
        for collation in ["utf8mb4_0900_ai_ci", "utf8mb4_uca1400_ai_ci", "utf8_general_ci", "utf8mb4", "", "utf8mb4_ a"]
        {
            assert!(check(collation).is_err_and(|error| error.starts_with("collation: ")), "{collation}");
        }
    }
}
