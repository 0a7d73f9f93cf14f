//! Which names and texts speak of MySQL, and which of its passwords.

/// What stands in the place of a password.
pub(crate) const WITHHELD: &str = "<withheld>";

/// Passwords of MySQL's clients that do not say so.
const OTHERS: &[&str] = &["PMA_PASSWORD", "WORDPRESS_DB_PASSWORD", "WSREP_SST_PASSWORD"];
/// Switches that sound like passwords.
const SWITCHES: &[&str] = &[
    "ALLOW_EMPTY",
    "RANDOM_ROOT_PASSWORD",
    "ONETIME_PASSWORD",
    "EXPIRE",
    "VALIDATE_PASSWORD",
    // `--mysql-native-password=ON` switches a plugin on (8.4's manual, "Native Pluggable Authentication").
    "NATIVE_PASSWORD",
];
/// Passwords of some database.
const GENERIC: &[&str] = &[
    "DATABASE_PASSWORD",
    "DB_PASS",
    "DB_PASSWD",
    "DB_PASSWORD",
    "DB_PWD",
    "DB_ROOT_PASSWORD",
    "SPRING_DATASOURCE_PASSWORD",
];
/// How applications call the password of their database: `KC_DB_PASSWORD`, `MOODLE_DATABASE_PASSWORD`,
/// `GITEA__database__PASSWD`, `database__connection__password` of Ghost.
const OF_APPLICATIONS: &[&str] = &[
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
/// Other databases, in names and values.
const ELSEWHERE: &[&str] = &["postgres", "pgsql", "psql", "mongo", "redis", "mssql", "sqlserver", "oracle", "ldap"];
/// What occurs in SQL for MySQL and MariaDB, and hardly in that for others.
const SQL: &[&str] =
    &["mysql", "mariadb", "flush privileges", "on *.*", "@'", "@\"", "@`", "engine=innodb", "utf8mb4", "sql_log_bin"];

/// Whether a variable of this name holds a password of MySQL's: `MYSQL_ROOT_PASSWORD`, `SHOP_MYSQL_PWD`.
pub(crate) fn is_password(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let ends = ["PASSWORD", "PASSWD", "PASS", "PWD", "PASSWORD_HASH"].iter().any(|end| name.ends_with(end));
    let switch = SWITCHES.iter().any(|switch| name.contains(switch));
    // The account for state transfers of the images for Galera: `XTRABACKUP_PASSWORD`.
    let ours = names_mysql(&name) || name.contains("XTRABACKUP") || name.contains("GALERA");
    OTHERS.contains(&name.as_str()) || (ours && ends && !switch)
}

/// Whether a variable of this name is called the password of an application's database.
pub(crate) fn is_application_password(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_").replace("__", "_");
    let ends = |end: &&str| name.strip_suffix(*end).is_some_and(|before| before.is_empty() || before.ends_with('_'));
    OF_APPLICATIONS.iter().any(ends) && !names_another(&name)
}

/// Whether a text names another database than MySQL.
pub(crate) fn names_another(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ELSEWHERE.iter().any(|other| text.contains(other)) || text == "5432" || text.starts_with("pg_")
}

/// Whether a variable of this name holds a password of MySQL's if others beside it speak of MySQL.
pub(crate) fn is_generic_password(name: &str) -> bool {
    GENERIC.contains(&name)
}

/// Whether a value beside a generic password says that it is MySQL's.
pub(crate) fn is_evidence(value: &str) -> bool {
    value == "3306" || (value.len() <= 200 && (names_mysql(value) || value.ends_with(":3306")))
}

/// Whether a key sounds like that of something secret, so that its value is hidden whatever it is.
pub(crate) fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["PASS", "PWD", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "API_KEY", "PRIVATE_KEY"]
        .iter()
        .any(|part| name.contains(part))
}

pub(crate) fn names_mysql(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("mysql") || text.contains("maria")
}

/// Whether SQL is meant for MySQL or MariaDB: accounts are made with the same words elsewhere.
pub(crate) fn is_mysql_text(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SQL.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_names_of_passwords() {
        for name in ["MYSQL_ROOT_PASSWORD", "SHOP_MYSQL_PASS", "mysql.password", "--mysql-password", "PMA_PASSWORD"] {
            assert!(is_password(name), "{name}");
        }
        for name in ["XTRABACKUP_PASSWORD", "xtrabackup-password", "MYSQLPASSWORD"] {
            assert!(is_password(name), "{name}");
        }
        for name in [
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "--mysql-native-password",
            "mysql_native_password",
            "MYSQL_USER",
            "DB_PASSWORD",
            "password",
        ] {
            assert!(!is_password(name), "{name}");
        }
    }

    #[test]
    fn knows_what_applications_call_it() {
        for name in [
            "DB_PASSWORD",
            "KC_DB_PASSWORD",
            "MOODLE_DATABASE_PASSWORD",
            "GITEA__database__PASSWD",
            "database__connection__password",
            "spring.datasource.password",
        ] {
            assert!(is_application_password(name), "{name}");
        }
        for name in
            ["POSTGRES_DB_PASSWORD", "PG_DB_PASSWORD", "ADMINDB_PASSWORD", "DB_PASSWORD_FILE", "KEYCLOAK_PASSWORD"]
        {
            assert!(!is_application_password(name), "{name}");
        }
    }
}
