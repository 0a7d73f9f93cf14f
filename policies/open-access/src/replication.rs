//! MY027: replication or backup logs in with an empty password.

use tidegate_policy::{Container, Finding, Rule, Severity};

use crate::commands::{Commands, dump_program};
use crate::stream::served_commands;

pub(crate) const PASSWORDLESS: Rule =
    Rule::new("MY027", "replication or backup logs in without a password", Severity::High);

/// What in a container's environment may give a client its password.
const PASSWORD_VARIABLE: &str = "MYSQL_PWD";

/// MY027. `root_is_open`: a server of the same pod lets root in without a password.
pub(crate) fn passwordless(container: &Container, commands: &Commands, root_is_open: bool) -> Option<Finding> {
    let name = &container.name;
    for (index, word) in container.command.iter().chain(&container.args).enumerate() {
        let Some((user, option)) = replicates_without_password(word) else { continue };
        let at = match index.checked_sub(container.command.len()) {
            None => container.path(["command", &index.to_string()]),
            Some(index) => container.path(["args", &index.to_string()]),
        };
        let user = user.map_or_else(String::new, |user| format!(" as {user}"));
        let message = format!("container {name} replicates{user} with an empty password: {option}=''");
        return Some(Finding::new(&PASSWORDLESS, at, message).help(format!(
            "Make an account for it (CREATE USER, GRANT REPLICATION SLAVE) and write {option}='$REPLICATION_PASSWORD' in a \
             here-document without quotes, with that variable by valueFrom.secretKeyRef"
        )));
    }
    let told = container.variable(PASSWORD_VARIABLE).is_some()
        || commands.pipelines.iter().flatten().flatten().any(|word| word.contains(PASSWORD_VARIABLE));
    let program = commands.pipelines.iter().flatten().find_map(|command| {
        let open = root_is_open && !told;
        let own = backs_up_without_password(command, open).map(str::to_owned);
        own.or_else(|| {
            served_commands(command).iter().find_map(|inner| Some(backs_up_without_password(inner, open)?.to_owned()))
        })
    })?;
    let message = format!("container {name} runs {program} as an account without a password");
    Some(Finding::new(&PASSWORDLESS, &commands.at, message).help(
        "Make an account for backups, and give its password by an option file of a Secret, as the first argument: \
         --defaults-extra-file=/run/secrets/backup.cnf",
    ))
}

/// The account and the option of a statement that starts replication with an empty password.
///
/// In a statement there is a comma before or after it; a shell's `MASTER_PASSWORD=''` has none.
fn replicates_without_password(text: &str) -> Option<(Option<&str>, &'static str)> {
    ["MASTER", "SOURCE"].into_iter().zip(["MASTER_PASSWORD", "SOURCE_PASSWORD"]).find_map(|(prefix, option)| {
        text.match_indices(option).find_map(|(at, _)| {
            let rest = value(&text[at + option.len()..])?;
            let rest = ["''", "\"\"", "\\'\\'", "\\\"\\\""].iter().find_map(|empty| rest.strip_prefix(empty))?;
            let gap = |letter: char| letter.is_whitespace() || letter == '\\';
            let before = text[..at].trim_end_matches(gap).ends_with(',');
            let after = rest.trim_start_matches(gap).starts_with(',');
            (before || after).then(|| (user(text, at, prefix), option))
        })
    })
}

/// The account in the same statement.
fn user<'a>(text: &'a str, at: usize, prefix: &str) -> Option<&'a str> {
    let start = text[..at].rfind(';').map_or(0, |end| end + 1);
    let statement = text[start..].split(';').next()?;
    let (_, rest) = statement.split_once(&format!("{prefix}_USER"))?;
    let name = value(rest)?.trim_start_matches(['\'', '"', '\\']);
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_-.".contains(letter))?;
    Some(&name[..end]).filter(|name| !name.is_empty())
}

/// What follows the `=` behind an option's name.
fn value(rest: &str) -> Option<&str> {
    Some(rest.trim_start().strip_prefix('=')?.trim_start())
}

/// The program that copies the data with an empty password: one that is written so, or none at all of a root
/// that has none in this pod.
fn backs_up_without_password(command: &[String], root_is_open: bool) -> Option<&str> {
    let (program, at) = dump_program(command)?;
    let arguments = &command[at + 1..];
    if arguments.iter().any(|word| matches!(word.as_str(), "--password=" | "--skip-password")) {
        return Some(program);
    }
    let is_root = option(arguments, "-u", "--user") == Some("root");
    let is_local = option(arguments, "-h", "--host").is_none_or(|host| matches!(host, "127.0.0.1" | "localhost"));
    let told = arguments
        .iter()
        .any(|word| ["-p", "--password", "--defaults", "--login-path"].iter().any(|option| word.starts_with(option)));
    (root_is_open && is_root && is_local && !told).then_some(program)
}

/// The value of an option, in any of its forms.
fn option<'a>(arguments: &'a [String], short: &str, long: &str) -> Option<&'a str> {
    arguments.iter().enumerate().find_map(|(at, word)| {
        if word == short || word == long {
            return arguments.get(at + 1).map(String::as_str);
        }
        match word.strip_prefix(long) {
            Some(rest) => rest.strip_prefix('='),
            None => word.strip_prefix(short),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_statements_from_variables() {
        for (text, expected) in [
            (
                "MASTER_HOST='a',\n MASTER_USER='root',\n MASTER_PASSWORD='',\n MASTER_CONNECT_RETRY=10;",
                Some((Some("root"), "MASTER_PASSWORD")),
            ),
            (
                "CHANGE REPLICATION SOURCE TO SOURCE_USER = \"repl\", SOURCE_PASSWORD = \"\"",
                Some((Some("repl"), "SOURCE_PASSWORD")),
            ),
            ("CHANGE MASTER TO MASTER_PASSWORD='', \\\n MASTER_HOST='a'", Some((None, "MASTER_PASSWORD"))),
            (
                "-e \"CHANGE MASTER TO MASTER_USER=\\'root\\', MASTER_PASSWORD=\\'\\'\"",
                Some((Some("root"), "MASTER_PASSWORD")),
            ),
            ("MASTER_USER='root', MASTER_PASSWORD='$PW'", None),
            ("MASTER_USER='root', MASTER_PASSWORD=<withheld>,", None),
            ("MASTER_USER=''\nMASTER_PASSWORD=''\n", None),
            ("MASTER_PASSWORD=\"\"; export MASTER_PASSWORD", None),
            ("MASTER_PASSWORD", None),
        ] {
            assert_eq!(replicates_without_password(text), expected, "{text}");
        }
    }

    #[test]
    fn tells_backups_without_a_password() {
        let judge = |text: &str| {
            let command: Vec<_> = text.split(' ').map(str::to_owned).collect();
            (backs_up_without_password(&command, true).is_some(), backs_up_without_password(&command, false).is_some())
        };
        for (command, expected) in [
            ("xtrabackup --backup --host=127.0.0.1 --user=root", (true, false)),
            ("mysqldump -u root -h localhost db", (true, false)),
            ("mysqldump -uroot --password= db", (true, true)),
            ("mysqldump -uroot -p$PW db", (false, false)),
            ("mysqldump --defaults-extra-file=/a -uroot db", (false, false)),
            ("mysqldump -uroot -hmysql-0.mysql db", (false, false)),
            ("mysqldump -ubackup db", (false, false)),
            ("mysql -uroot", (false, false)),
        ] {
            assert_eq!(judge(command), expected, "{command}");
        }
    }
}
