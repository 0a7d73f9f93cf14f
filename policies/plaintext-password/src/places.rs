//! Passwords in what a container runs: its command, its probes and its hooks.

use tidegate_policy::{Container, EnvVar, Finding, Role, raw};

use crate::commands::{argument, unexpanded, variable};
use crate::form::{Form, with_password};
use crate::hidden::Hidden;
use crate::names::{WITHHELD, is_mysql_text};
use crate::texts::password_in;
use crate::variables::probes;
use tidegate_policy::script::{pipelines, script_in};

const TRANSFER: &str = "wsrep-sst-auth";

/// A list of words that is run.
struct Place<'a> {
    what: String,
    words: Vec<(String, &'a str)>,
    expands: Expands,
}

/// What the kubelet puts in the place of `$(NAME)`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expands {
    /// Every variable: in `command` and `args`.
    All,
    /// Literal values only: in probes (`ExpandContainerCommandOnlyStatic`, kubernetes#42273).
    Literals,
    /// Nothing: in hooks (kubernetes#129502).
    Nothing,
}

/// The passwords in what a container runs: one finding for each place.
pub(crate) fn judge(container: &Container, hidden: &Hidden<'_>) -> Vec<Finding> {
    let hooks = ["postStart", "preStop"].map(|name| {
        let at = container.path(["lifecycle", name, "exec", "command"]);
        let words = raw::at::<Vec<String>>(&at).unwrap_or_default();
        (name, at, words)
    });
    let mut words = listed(container.path(["command"]), &container.command);
    words.extend(listed(container.path(["args"]), &container.args));
    let mut places = vec![Place { what: "command".to_owned(), words, expands: Expands::All }];
    places.extend(probes(container).map(|(name, probe)| Place {
        what: name.to_owned(),
        words: listed(format!("{}/exec/command", probe.at), &probe.command),
        expands: Expands::Literals,
    }));
    places.extend(hooks.iter().map(|(name, at, words)| Place {
        what: format!("{name} hook"),
        words: listed(at.clone(), words),
        expands: Expands::Nothing,
    }));
    let found = places.iter().filter_map(|place| place.judge(container, hidden));
    found.chain(transfer(container, hidden)).collect()
}

/// Galera's account for state transfers, `wsrep_sst_auth=user:password`, in an argument or a variable. In an
/// option file it is the ConfigMap's matter.
fn transfer(container: &Container, hidden: &Hidden<'_>) -> Option<Finding> {
    let Role::Server(server) = &container.role else { return None };
    let option = server.option(TRANSFER).filter(|option| !option.at.contains("/volumeMounts/"))?;
    let (_, password) = option.value.as_deref()?.split_once(':')?;
    if password.is_empty() || password.contains(['$', '`', '<', '{']) && password != WITHHELD {
        return None;
    }
    let form = Form::Variable(TRANSFER.to_owned());
    let place = format!("the command of container {}", container.name);
    let help = "Write it in an option file that a Secret holds, mounted where the server reads its option files";
    Some(hidden.finding(&option.at, &place, &form, help))
}

/// The first password in a list of words that is run, and the number of its word. `mysql`: its SQL is meant
/// for MySQL.
pub(crate) fn password_in_words(words: &[&str], mysql: bool) -> Option<(usize, Form)> {
    let mysql = mysql || words.iter().any(|word| is_mysql_text(word));
    if let Some(script) = script_in(words) {
        return Some((script, password_in_script(words[script], mysql)?));
    }
    let command: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    argument(&command)
        .or_else(|| words.iter().enumerate().find_map(|(index, word)| Some((index, password_in(word, mysql)?))))
}

/// The first password in a script.
pub(crate) fn password_in_script(script: &str, mysql: bool) -> Option<Form> {
    // A template: its placeholders are withheld where they stand in quotes, and look like passwords.
    if script.contains("{{") {
        return None;
    }
    let pipelines = pipelines(script);
    let given = pipelines.iter().flatten().find_map(|command| argument(command)).map(|(_, form)| form);
    given.or_else(|| password_in(script, mysql)).or_else(|| variable(&pipelines))
}

/// Whether there may be a password: most texts hold none, and a look is cheaper than taking them apart.
pub(crate) fn worth_a_look(text: &str) -> bool {
    text.contains(WITHHELD) || text.contains("-p") || text.contains("password")
}

fn listed(at: String, words: &[String]) -> Vec<(String, &str)> {
    words.iter().enumerate().map(|(index, word)| (format!("{at}/{index}"), word.as_str())).collect()
}

impl Place<'_> {
    fn judge(&self, container: &Container, hidden: &Hidden<'_>) -> Option<Finding> {
        if !self.words.iter().any(|(_, word)| worth_a_look(word)) {
            return None;
        }
        let mut words: Vec<&str> = self.words.iter().map(|(_, word)| *word).collect();
        // An image of such a program runs it with the arguments.
        let by_image = container.command.is_empty()
            && self.expands == Expands::All
            && matches!(container.role, Role::Backup)
            && words.first().is_some_and(|word| word.starts_with('-'));
        if by_image {
            words.insert(0, "xtrabackup");
        }
        let at = |index: usize| &self.words[index - usize::from(by_image)].0;
        let mysql = !matches!(container.role, Role::Other(_));
        let ping = words.iter().any(|word| word.split_whitespace().any(|word| word == "ping"));
        if let Some((index, form)) = password_in_words(&words, mysql) {
            let help = match form {
                Form::Argument(_) if ping => no_password_for_ping(),
                _ => form.instead(&wanted(&form, container)),
            };
            let place = format!("the {} of container {}", self.what, container.name);
            return Some(hidden.finding(at(index), &place, &form, &help));
        }
        if script_in(&words).is_some() {
            return None;
        }
        let command: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (index, value, program) = unexpanded(&command).filter(|(_, value, _)| !self.expands(value, container))?;
        let help = if ping {
            no_password_for_ping()
        } else {
            let name = value.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
            let is_name = name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
            let command = with_password(&program, if is_name { name } else { "MYSQL_PASSWORD" });
            format!("Let a shell put the value in: command: [sh, -c, '{command}']")
        };
        let place = format!("the {} of container {}", self.what, container.name);
        let empty = reference(value).is_some_and(|name| container.variable(name).is_some());
        let message = if empty && self.expands == Expands::Literals {
            format!(
                "{place} gives {program} an empty password: $(…) in a probe is for literal values, none of a Secret"
            )
        } else {
            format!(
                "{place} runs without a shell, so that {program} gets a variable's name for a password, not its value"
            )
        };
        Some(hidden.unexpanded(at(index), message, &help))
    }

    /// Whether the kubelet puts a value in the place of the variable.
    fn expands(&self, value: &str, container: &Container) -> bool {
        let Some(name) = reference(value) else { return false };
        match self.expands {
            Expands::All => true,
            // What is moved into a Secret is no literal any more; MY001 sees to it that it is not.
            Expands::Literals => container.variable(name).is_some_and(|variable| variable.value.is_some()),
            Expands::Nothing => false,
        }
    }
}

/// The variable's name in `$(NAME)`.
fn reference(value: &str) -> Option<&str> {
    let name = value.strip_prefix("$(")?.strip_suffix(')')?;
    name.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"_-.".contains(&letter)).then_some(name)
}

/// Exit codes, tried on MySQL 9.7 and MariaDB 10.11: `mysqladmin ping` ends with 0 also when the login is denied.
fn no_password_for_ping() -> String {
    "Leave the password out: ping succeeds as soon as the server answers, also when it denies the login".to_owned()
}

/// The variable that the password is to come from: one that the container has, if there is one for it.
fn wanted(form: &Form, container: &Container) -> String {
    let own = container.env.iter().find(|variable| is_password(variable)).map(|variable| variable.name.clone());
    match form {
        Form::Account => "ACCOUNT_PASSWORD".to_owned(),
        Form::Replication(_) => "REPLICATION_PASSWORD".to_owned(),
        _ => own.unwrap_or_else(|| "MYSQL_PASSWORD".to_owned()),
    }
}

fn is_password(variable: &EnvVar) -> bool {
    variable.credential && variable.name.ends_with("PASSWORD")
}
