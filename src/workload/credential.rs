//! Which environment variables hold credentials, by their names and by the form of their values.

use std::sync::LazyLock;

use regex::Regex;

/// Variables of MySQL images and clients that are credentials whenever they are literal.
///
/// Sources: the entrypoints of docker-library/mysql, MariaDB/mariadb-docker, percona-docker,
/// mysql/mysql-docker, sclorg/mysql-container and bitnami/containers, the documentation of
/// prometheus/mysqld_exporter, phpmyadmin/docker and docker-library/wordpress.
const CREDENTIALS: &[&str] = &[
    "DATA_SOURCE_NAME",
    "MARIADB_MASTER_ROOT_PASSWORD",
    "MARIADB_PASSWORD",
    "MARIADB_PASSWORD_HASH",
    "MARIADB_REPLICATION_PASSWORD",
    "MARIADB_REPLICATION_PASSWORD_HASH",
    "MARIADB_ROOT_PASSWORD",
    "MARIADB_ROOT_PASSWORD_HASH",
    "MYSQLD_EXPORTER_PASSWORD",
    "MYSQL_MASTER_PASSWORD",
    "MYSQL_MASTER_ROOT_PASSWORD",
    "MYSQL_OPERATIONS_PASSWORD",
    "MYSQL_PASSWORD",
    "MYSQL_PWD",
    "MYSQL_REPLICATION_PASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "MYSQL_SOURCE_PASSWORD",
    "PMA_PASSWORD",
    "WORDPRESS_DB_PASSWORD",
    "WSREP_SST_PASSWORD",
    "XTRABACKUP_PASSWORD",
];

/// How the password of some database is called; it is MySQL's if others of the container say so. Also
/// with something before it: `KC_DB_PASSWORD`, `MOODLE_DATABASE_PASSWORD`, `GITEA__database__PASSWD`.
const GENERIC_PASSWORDS: &[&str] = &[
    "DATABASE_CONNECTION_PASSWORD",
    "DATABASE_PASS",
    "DATABASE_PASSWD",
    "DATABASE_PASSWORD",
    "DATASOURCE_PASSWORD",
    "DB_PASS",
    "DB_PASSWD",
    "DB_PASSWORD",
    "DB_PWD",
    "DB_ROOT_PASSWORD",
];

/// Whether a variable holds the password of some database by its name.
pub(super) fn is_generic_password(name: &str) -> bool {
    // The webhook's conditions look for just these, in CEL, which counts what it costs.
    if !["PASSWORD", "password", "PASS", "PASSWD", "PWD", "passwd"].iter().any(|end| name.ends_with(end)) {
        return false;
    }
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_").replace("__", "_");
    GENERIC_PASSWORDS
        .iter()
        .any(|end| name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_')))
}

/// Whether a text names another database than MySQL.
pub fn names_another_database(text: &str) -> bool {
    const OTHERS: &[&str] = &["postgres", "pgsql", "psql", "mongo", "redis", "mssql", "sqlserver", "oracle", "ldap"];
    let text = text.to_ascii_lowercase();
    text == "5432" || text.starts_with("pg_") || OTHERS.iter().any(|other| text.contains(other))
}

/// Whether the value of a variable says that its container talks to MySQL: `DB_HOST=mysql`,
/// `DB_CONNECTION=mysql`, `DB_PORT=3306`, `jdbc:mysql://…`. Long texts are none of these.
pub(super) fn is_generic_evidence(value: &str) -> bool {
    value == "3306"
        || (value.len() <= 200 && (value.contains("mysql") || value.contains("mariadb") || value.ends_with(":3306")))
}

/// Variables whose names sound like credentials and that are switches.
const SWITCHES: &[&str] = &["ALLOW_EMPTY", "RANDOM_ROOT_PASSWORD", "ONETIME_PASSWORD", "EXPIRE"];

/// Parts of names that make it likely that a value is a credential: withheld, if not moved.
const SOUNDS_LIKE: &[&str] = &["PASS", "PWD", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "API_KEY", "PRIVATE_KEY"];

/// A URL or JDBC address of a MySQL server with a password in it.
#[allow(clippy::unwrap_used, reason = "the pattern is a constant that every test runs")]
static MYSQL_URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\s*(?:jdbc:)?(?:mysql|mysqlx|mysql2|mariadb)(?:\+[a-z0-9_]+)?:(?://)",
        r"(?:[^\s/@]*:[^\s/]+@|\S*[?&]password=[^\s&]+)"
    ))
    .unwrap()
});

/// A Go driver's data source name, `user:password@(host)/` or `user:password@tcp(host)/`.
#[allow(clippy::unwrap_used, reason = "the pattern is a constant that every test runs")]
static GO_DSN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*[^:@/\s]+:[^\s]+@(?:[a-z0-9]+)?\(").unwrap());

/// Whether a literal value of this variable is a credential of a MySQL server or client.
pub fn is_credential(name: &str, value: &str) -> bool {
    match name {
        "DATA_SOURCE_NAME" => GO_DSN.is_match(value) || MYSQL_URL.is_match(value),
        _ => is_known_credential(name) || (value.contains("://") && MYSQL_URL.is_match(value)),
    }
}

/// Whether the variable's name alone makes its literal value a credential.
pub fn is_known_credential(name: &str) -> bool {
    name != "DATA_SOURCE_NAME" && (CREDENTIALS.binary_search(&name).is_ok() || is_called_password(name))
}

/// `MYSQL_ADMIN_PASSWORD`, `SHOP_MYSQL_PASS`: a password of MySQL's by its name, whoever reads it.
fn is_called_password(name: &str) -> bool {
    (name.contains("MYSQL") || name.contains("MARIADB"))
        && ["_PASSWORD", "_PASS", "_PASSWD", "_PWD"].iter().any(|end| name.ends_with(end))
        && !SWITCHES.iter().any(|switch| name.contains(switch))
}

/// Whether a value of this variable must not be shown to policies, reports and people.
pub(super) fn is_withheld(name: &str, value: &str) -> bool {
    if is_credential(name, value) {
        return true;
    }
    let upper = name.to_ascii_uppercase();
    !upper.ends_with("_FILE")
        && !SWITCHES.iter().any(|switch| upper.contains(switch))
        && SOUNDS_LIKE.iter().any(|part| upper.contains(part))
}
