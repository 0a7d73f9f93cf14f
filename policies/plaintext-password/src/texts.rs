//! Passwords in a piece of text: SQL, addresses, settings. They are withheld; what stands around the mark tells
//! whose they are.

use std::cell::OnceCell;

use crate::form::Form;
use crate::names::{WITHHELD, is_evidence, is_generic_password, is_password};

/// Plugins whose `AS` is followed by the hash of a password; others have a certificate's or a group's name there.
const PLUGINS: &[&str] =
    &["mysql_native_password", "caching_sha2_password", "sha256_password", "mysql_old_password", "ed25519", "parsec"];

/// How far before a password its name or address begins. Longer ones are none that a person wrote, and a text of one
/// long line would be gone through again for each mark.
const REACH: usize = 1000;

/// The first password of MySQL's in a text. `mysql`: its SQL is meant for MySQL.
pub(crate) fn password_in(text: &str, mysql: bool) -> Option<Form> {
    // A template's placeholders are withheld too where they stand in quotes, and cannot be told from passwords.
    if text.contains("{{") {
        return None;
    }
    let beside = Beside { text, evidence: OnceCell::new(), address: OnceCell::new() };
    let mut line_at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = line_at;
        line_at += line.len();
        let is_comment = ["#", ";", "-- ", "//"].iter().any(|sign| line.trim_start().starts_with(sign));
        if is_comment {
            return None;
        }
        let last_brace = line.rfind("}}");
        line.match_indices(WITHHELD).find_map(|(in_line, _)| {
            let at = start + in_line;
            if last_brace.is_some_and(|brace| brace > in_line) {
                return None;
            }
            let (before, after) = (end_of(&text[..at]), &text[at + WITHHELD.len()..]);
            address(before, after)
                .or_else(|| named(before, &beside))
                .or_else(|| (mysql && account(before)).then_some(Form::Account))
        })
    })
}

/// The last part of a text, as far as it matters for what follows.
fn end_of(text: &str) -> &str {
    let mut start = text.len().saturating_sub(REACH);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// What the rest of a text says of a password in it; asked for seldom, and once.
struct Beside<'a> {
    text: &'a str,
    evidence: OnceCell<bool>,
    address: OnceCell<bool>,
}

impl Beside<'_> {
    /// Whether a setting says MySQL, as in an `.env` file.
    fn speaks_of_mysql(&self) -> bool {
        *self.evidence.get_or_init(|| {
            let mut settings = self.text.lines().filter_map(|line| line.split_once(['=', ':']));
            settings.any(|(_, value)| is_evidence(value.trim().trim_matches(['"', '\''])))
        })
    }

    /// Whether it names a database of MySQL's as Java does.
    fn has_address(&self) -> bool {
        *self.address.get_or_init(|| ["jdbc:mysql:", "jdbc:mariadb:"].iter().any(|address| self.text.contains(address)))
    }
}

/// `mysql://user:…@host`, `jdbc:mysql://host/db?password=…`, `user:…@tcp(host)/`.
fn address(before: &str, after: &str) -> Option<Form> {
    let start = before.rfind(|letter: char| letter.is_whitespace() || "\"'`<>".contains(letter)).map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or_default();
    let is_mysql = match word.split_once("://") {
        Some((scheme, _)) => {
            let scheme = scheme.to_ascii_lowercase();
            let mysql = scheme.contains("mysql") || scheme.contains("mariadb");
            mysql && (after.starts_with('@') || word.to_ascii_lowercase().ends_with("password="))
        }
        None => word.ends_with(':') && ["@tcp(", "@unix(", "@("].iter().any(|end| after.starts_with(end)),
    };
    is_mysql.then_some(Form::Address)
}

/// `MYSQL_PWD=…`, `MASTER_PASSWORD=…`, `"mysql_password": …`, `spring.datasource.password=…`.
fn named(before: &str, beside: &Beside<'_>) -> Option<Form> {
    let before = before.trim_end().strip_suffix(['=', ':'])?.trim_end().trim_end_matches(['"', '\'']);
    let start =
        before.rfind(|letter: char| !letter.is_ascii_alphanumeric() && !"_-.".contains(letter)).map_or(0, |at| at + 1);
    let name = before.get(start..)?;
    let upper = name.to_ascii_uppercase();
    if upper == "MASTER_PASSWORD" || upper == "SOURCE_PASSWORD" {
        return Some(Form::Replication(upper));
    }
    let generic = is_generic_password(&upper) && beside.speaks_of_mysql();
    let source = upper.contains("DATASOURCE") && upper.ends_with("PASSWORD") && beside.has_address();
    (is_password(name) || source || generic).then(|| Form::Variable(name.to_owned()))
}

/// `IDENTIFIED BY …`, `IDENTIFIED WITH plugin AS …`, `PASSWORD(…)`, `SET PASSWORD = …`.
fn account(before: &str) -> bool {
    let end = before.trim_end();
    // Most passwords are no account's, and a look at the word before them is cheaper than taking the statement apart.
    let ends_so = |word: &str| {
        let tail = end.len().checked_sub(word.len()).and_then(|at| end.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    };
    if !["by", "as", "password", "=", "("].into_iter().any(ends_so) {
        return false;
    }
    let mut start = end.len().saturating_sub(200);
    while !end.is_char_boundary(start) {
        start += 1;
    }
    let statement = end[start..].rsplit(';').next().unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = statement.split_whitespace().collect();
    match words.as_slice() {
        [.., "identified", "by"] | [.., "identified", "by", "password"] | [.., "set", "password", "="] => true,
        [.., "identified", "with", _, "by"] => true,
        [.., "identified", "with", plugin, "as"] => PLUGINS.contains(&plugin.trim_matches(['\'', '"', '`'])),
        _ => statement.strip_suffix('(').map(str::trim_end).is_some_and(|call| {
            let function = call.rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next();
            function == Some("password") && ["identified", "set password"].iter().any(|word| call.contains(word))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_passwords() {
        let variable = |name: &str| Some(Form::Variable(name.to_owned()));
        for (text, expected) in [
            ("CREATE USER 'a'@'%' IDENTIFIED BY <withheld>;", Some(Form::Account)),
            ("create user a identified with caching_sha2_password\n by <withheld>", Some(Form::Account)),
            ("CREATE USER a IDENTIFIED WITH 'mysql_native_password' AS <withheld>", Some(Form::Account)),
            ("CREATE USER a IDENTIFIED WITH authentication_ldap_simple AS <withheld>", None),
            ("GRANT ALL ON *.* TO a IDENTIFIED BY PASSWORD <withheld>", Some(Form::Account)),
            ("SET PASSWORD = <withheld>", Some(Form::Account)),
            ("SET PASSWORD FOR a = PASSWORD(<withheld>)", Some(Form::Account)),
            ("CREATE USER a IDENTIFIED VIA ed25519 USING PASSWORD(<withheld>)", Some(Form::Account)),
            ("login(password(<withheld>))", None),
            (
                "CHANGE MASTER TO MASTER_USER='a', MASTER_PASSWORD=<withheld>,",
                Some(Form::Replication("MASTER_PASSWORD".into())),
            ),
            ("source_password = <withheld>", Some(Form::Replication("SOURCE_PASSWORD".into()))),
            ("export MYSQL_PWD=<withheld>", variable("MYSQL_PWD")),
            ("\"mysql_password\": <withheld>", variable("mysql_password")),
            ("MYSQL_ALLOW_EMPTY_PASSWORD=<withheld>", None),
            ("REDIS_PASSWORD=<withheld>", None),
            ("DB_CONNECTION=mysql\nDB_PASSWORD=<withheld>\nREDIS_PASSWORD=<withheld>", variable("DB_PASSWORD")),
            ("DB_CONNECTION=pgsql\nDB_PASSWORD=<withheld>", None),
            ("# MYSQL_PASSWORD=<withheld>", None),
            ("-- CREATE USER a IDENTIFIED BY <withheld>", None),
            ("password=<withheld>", None),
            ("url=jdbc:mysql://db/a\nspring.datasource.password=<withheld>", variable("spring.datasource.password")),
            ("url=jdbc:postgresql://db/a\nspring.datasource.password=<withheld>", None),
            ("mysql://a:<withheld>@db/a", Some(Form::Address)),
            ("mysql+pymysql://a:<withheld>@db/a", Some(Form::Address)),
            ("jdbc:mysql://db/a?user=b&password=<withheld>", Some(Form::Address)),
            ("a:<withheld>@tcp(db:3306)/a", Some(Form::Address)),
            ("postgres://a:<withheld>@db/a", None),
            ("IDENTIFIED BY <withheld> }}", None),
            ("{{ with secret }}IDENTIFIED BY <withheld>{{ end }}", None),
            ("UPDATE users SET password=<withheld>", None),
            ("nothing", None),
        ] {
            assert_eq!(password_in(text, true), expected, "{text}");
        }
        assert_eq!(password_in("CREATE USER a IDENTIFIED BY <withheld>", false), None);
    }
}
