//! Passwords in commands: arguments of MySQL's programs, and variables that a script gives them.

use std::collections::BTreeSet;

use crate::form::Form;
use crate::names::{WITHHELD, is_evidence, is_generic_password};
use tidegate_policy::script::{Pipeline, base_name, position};

/// Programs to which `-p` and `--password` are the password.
const CLIENTS: &[&str] = &[
    "mysql",
    "mysqladmin",
    "mysqlbinlog",
    "mysqlcheck",
    "mysqldump",
    "mysqlimport",
    "mysqlpump",
    "mysqlsh",
    "mysqlshow",
    "mysqlslap",
    "mysql_secure_installation",
    "mysql_upgrade",
    "mariadb",
    "mariadb-admin",
    "mariadb-binlog",
    "mariadb-check",
    "mariadb-dump",
    "mariadb-import",
    "mariadb-show",
    "mariadb-slap",
    "mariadb-upgrade",
];
/// Programs that take it as the next word too: to the clients that would be the name of a database.
const BACKUPS: &[&str] = &["innobackupex", "mariabackup", "mariadb-backup", "mydumper", "myloader", "xtrabackup"];

/// The password that a command gives to one of MySQL's programs, and the number of its word.
pub(crate) fn argument(command: &[String]) -> Option<(usize, Form)> {
    passwords(command).find(|(_, value)| is_literal(value)).map(|(word, _)| (word, Form::Argument(program(command))))
}

/// The word of a command without a shell in which a variable stands for the password, as it is written, and the
/// program that gets it.
pub(crate) fn unexpanded(command: &[String]) -> Option<(usize, &str, String)> {
    let (word, value) = passwords(command).find(|(_, value)| value.starts_with('$') || value.starts_with('`'))?;
    Some((word, value, program(command)))
}

/// The variable in which a script keeps the password of one of its commands: `PASSWORD=…; mysql -p"$PASSWORD"`.
pub(crate) fn variable(pipelines: &[Pipeline]) -> Option<Form> {
    let commands = || pipelines.iter().flatten();
    let assigned = commands().flatten().filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        let is_name = !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
        (is_name && is_literal(value) && value.contains(WITHHELD)).then_some(name)
    });
    // Each of these goes through all commands once, not once for each variable.
    let values = commands().flat_map(|command| passwords(command).map(|(_, value)| value));
    let read: BTreeSet<&str> = values.filter_map(referred).collect();
    let mut evidence = None;
    let mut speaks_of_mysql =
        || *evidence.get_or_insert_with(|| commands().flatten().any(|word| is_evidence_of_address(word)));
    let used = |name: &&str| read.contains(name) || (is_generic_password(name) && speaks_of_mysql());
    assigned.into_iter().find(used).map(|name| Form::Variable(name.to_owned()))
}

/// The names of the variables that a command gives to one of MySQL's programs as its password: `-p$NAME`,
/// `--password=${NAME}`, `-p$(NAME)`, and `MYSQL_PWD=$NAME` before it.
pub(crate) fn given(command: &[String]) -> impl Iterator<Item = &str> {
    let before = command.iter().filter_map(|word| word.strip_prefix("MYSQL_PWD="));
    let names = passwords(command).map(|(_, value)| value).chain(before).filter_map(referred);
    names.map(|name| name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name))
}

/// The values of a command's password options, each with the number of its word.
fn passwords(command: &[String]) -> impl Iterator<Item = (usize, &str)> {
    let client = position(command, CLIENTS);
    let backup = position(command, BACKUPS);
    let first = client.or(backup).map_or(command.len(), |at| at + 1);
    let spaced = client.is_none();
    // `mysqladmin password NEW`
    let sets = client.is_some_and(|at| matches!(base_name(&command[at]), "mysqladmin" | "mariadb-admin"));
    command.iter().enumerate().skip(first).filter_map(move |(at, word)| {
        let next = || if spaced { command.get(at + 1).map(|value| (at + 1, value.as_str())) } else { None };
        match word.strip_prefix("--pass") {
            // Any beginning of the option's name will do.
            Some(rest) => match rest.split_once('=') {
                Some((name, value)) if "word".starts_with(name) => Some((at, value)),
                None if rest == "word" => next(),
                _ => None,
            },
            None if word == "-p" => next(),
            None if sets && word == "password" => command.get(at + 1).map(|value| (at + 1, value.as_str())),
            None => word.strip_prefix("-p").map(|value| (at, value)),
        }
    })
}

fn program(command: &[String]) -> String {
    let at = position(command, CLIENTS).or_else(|| position(command, BACKUPS));
    at.map_or_else(String::new, |at| base_name(&command[at]).to_owned())
}

/// Whether a value is the password itself: no variable, no placeholder.
fn is_literal(value: &str) -> bool {
    value == WITHHELD || !(value.is_empty() || value.contains(['$', '`', '<']) || value.contains("{{"))
}

/// The name in `$NAME` or `${NAME}`.
fn referred(value: &str) -> Option<&str> {
    value.strip_prefix('$').map(|rest| rest.trim_start_matches('{').trim_end_matches('}'))
}

fn is_evidence_of_address(word: &str) -> bool {
    word.split_once('=').is_some_and(|(_, value)| is_evidence(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_policy::script::pipelines;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn finds_arguments() {
        for (text, expected) in [
            ("mysql -uroot -p<withheld> -e x", Some(2)),
            ("/usr/bin/mysqldump --password=<withheld> db", Some(1)),
            ("exec mariadb --pass=<withheld>", Some(2)),
            ("mysql -uroot -psecret", Some(2)),
            ("xtrabackup --backup --password <withheld>", Some(3)),
            ("mydumper -p secret", Some(2)),
            ("mysqladmin -uroot password secret", Some(3)),
            ("mysqladmin -uroot password $PW", None),
            ("mysql -p secret", None),
            ("mysql -P3306 -p", None),
            ("mysql -p$PW", None),
            ("mysql -p$(cat /f)", None),
            ("mysql -p<password>", None),
            ("mysql --password={{ .pw }}", None),
            ("mysql --password=", None),
            ("redis-cli --password=<withheld>", None),
            ("tar -pxf a", None),
            ("mysqladmin ping", None),
        ] {
            assert_eq!(argument(&words(text)).map(|(word, _)| word), expected, "{text}");
        }
        assert_eq!(
            argument(&words("bin/mysqladmin -p<withheld> ping")),
            Some((1, Form::Argument("mysqladmin".into())))
        );
    }

    #[test]
    fn finds_the_variables_that_are_given() {
        let found = |text: &str| given(&words(text)).map(str::to_owned).collect::<Vec<_>>();
        for (text, expected) in [
            ("mysqldump -hdb -p$PW shop", &["PW"][..]),
            ("mysqldump --password=${PW} shop", &["PW"]),
            ("mysqldump -p$(PW) shop", &["PW"]),
            ("MYSQL_PWD=$PW mysqldump shop", &["PW"]),
            ("redis-cli -p$PORT", &[]),
            ("mysqldump -pswordfish shop", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn finds_what_no_shell_expands() {
        assert_eq!(unexpanded(&words("mysqladmin -uroot -p${PW} ping")), Some((2, "${PW}", "mysqladmin".into())));
        assert_eq!(unexpanded(&words("mysqladmin --password=$PW ping")), Some((1, "$PW", "mysqladmin".into())));
        assert_eq!(unexpanded(&words("mysqladmin -uroot -p ping")), None);
    }

    #[test]
    fn finds_variables_that_a_client_gets() {
        let found = |script: &str| variable(&pipelines(script));
        for (script, expected) in [
            ("PASS=<withheld>; mysql -p\"$PASS\"", Some("PASS")),
            ("export DB_PASS=<withheld>\nmysql --password=${DB_PASS} x", Some("DB_PASS")),
            ("PASS=<withheld>; redis-cli -a \"$PASS\"; mysql -p\"$OTHER\"", None),
            ("PASS=$X; mysql -p\"$PASS\"", None),
            ("DB_HOST=mysql DB_PASSWORD=<withheld> ./start", Some("DB_PASSWORD")),
            ("DB_PASSWORD=<withheld> ./start", None),
        ] {
            assert_eq!(found(script), expected.map(|name| Form::Variable(name.to_owned())), "{script}");
        }
    }
}
