//! What servers do with character sets, by product and version.

use tidegate_policy::Server;

use crate::Settings;

/// The character set of a server that is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Default {
    /// MySQL before 8.0, MariaDB before 11.6.
    Latin1,
    /// Those after.
    Utf8mb4,
}

impl Default {
    /// None if the product or the version is not known: then nothing is said.
    pub(crate) fn of(server: &Server) -> Option<Self> {
        let before = match () {
            () if server.is_mysql() => server.before(8, 0),
            () if server.is_mariadb() => server.before(11, 6),
            () => return None,
        };
        // utf8mb4 came with MySQL 5.5.3; older servers are beyond help here.
        if before.is_unknown() || server.before(5, 5).is_yes() {
            return None;
        }
        Some(if before.is_yes() { Self::Latin1 } else { Self::Utf8mb4 })
    }
}

/// Why the server does not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// For the author.
    pub(crate) message: String,
    /// It is the character set that is wrong, and not the collation.
    pub(crate) blames_charset: bool,
    /// A collation of utf8mb4 stands without its character set, and all else is well.
    pub(crate) lacks_charset: bool,
}

/// Whether a server refuses to start with what is written; tried on MariaDB 10.11 and MySQL 9.7.
pub(crate) fn refusal(
    server: &Server,
    default: Default,
    charset: Option<String>,
    collation: Option<String>,
) -> Option<Refusal> {
    let refusal = |message: String, blames_charset| Some(Refusal { message, blames_charset, lacks_charset: false });
    if charset.as_deref() == Some("utf8") && server.is_mysql() && server.at_least(9, 7).is_yes() {
        return refusal("MySQL 9.7 refuses the character set utf8 and does not start".to_owned(), true);
    }
    if server.is_mysql()
        && server.at_least(9, 7).is_yes()
        && let Some(collation) = collation.as_deref().filter(|collation| collation.starts_with("utf8_"))
    {
        return refusal(format!("MySQL 9.7 refuses the collation {collation} and does not start"), false);
    }
    // It can change what utf8 means (MariaDB's UTF8_IS_UTF8MB3).
    if server.option("old-mode").is_some() {
        return None;
    }
    let collation = collation?;
    if collation.starts_with("uca1400_") {
        return refusal(
            format!("{collation} is a collation's name without its character set, and the server does not start"),
            false,
        );
    }
    if collation.contains("_0900_") && !may_know_0900(server)
        || collation.contains("_uca1400_") && !may_know_uca1400(server)
    {
        return refusal(format!("this version does not know the collation {collation} and does not start"), false);
    }
    let of_collation = of_collation(&collation);
    match charset {
        Some(charset) if canonical(&charset) != of_collation => refusal(
            format!("{collation} is no collation of the character set {charset}: the server does not start"),
            false,
        ),
        Some(_) => None,
        None if default == Default::Latin1 && of_collation == "utf8mb4" => Some(Refusal {
            message: format!("the collation {collation} without character-set-server: the server does not start"),
            blames_charset: false,
            lacks_charset: true,
        }),
        // A character set that only an option file names would fit.
        None if default == Default::Utf8mb4 && of_collation != "utf8mb4" && !server.option_files => refusal(
            format!("{collation} is no collation of the default character set, utf8mb4: the server does not start"),
            false,
        ),
        None => None,
    }
}

/// True for the character set and for its collations.
pub(crate) fn is_utf8mb4(value: &str) -> bool {
    value == "utf8mb4" || value.starts_with("utf8mb4_")
}

/// The options that make a server speak utf8mb4. The character set comes with its collation, as a
/// collation alone is refused.
pub(crate) fn options(server: &Server, settings: &Settings) -> Vec<String> {
    let mut options =
        vec!["--character-set-server=utf8mb4".to_owned(), format!("--collation-server={}", settings.collation)];
    if settings.large_indexes && has_short_keys(server) {
        let large = ["--innodb-file-per-table=ON", "--innodb-file-format=Barracuda", "--innodb-large-prefix=ON"];
        options.extend(large.map(str::to_owned));
    }
    options
}

/// Whether keys end at 767 bytes, 191 characters of utf8mb4: until DYNAMIC became the default row
/// format in MySQL 5.7 and MariaDB 10.2. The options that lengthen them are known to just these.
pub(crate) fn has_short_keys(server: &Server) -> bool {
    server.is_mysql() && server.before(5, 7).is_yes() || server.is_mariadb() && server.before(10, 2).is_yes()
}

/// The collations of MySQL 8.0; MariaDB 11.4 and later know them as others' names.
fn may_know_0900(server: &Server) -> bool {
    if server.is_mysql() { !server.before(8, 0).is_yes() } else { !server.before(11, 4).is_yes() }
}

/// MariaDB's own collations, since 10.10 (MDEV-27009).
fn may_know_uca1400(server: &Server) -> bool {
    server.is_mariadb() && !server.before(10, 10).is_yes()
}

/// The character set of a collation.
fn of_collation(collation: &str) -> &str {
    canonical(collation.split_once('_').map_or(collation, |(charset, _)| charset))
}

fn canonical(charset: &str) -> &str {
    if charset == "utf8" { "utf8mb3" } else { charset }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_policy::Version;

    fn server(product: &str, major: u32, minor: impl Into<Option<u32>>) -> Server {
        Server {
            flavor: product.into(),
            product: product.into(),
            version: Some(Version { major, minor: minor.into(), patch: None }),
            data_directory: "/var/lib/mysql".into(),
            data_volume: None,
            user_id: None,
            options: vec![],
            options_at: None,
            option_files: false,
            port: Some(3306),
            extra: vec![],
        }
    }

    fn starts(server: &Server, charset: &str, collation: &str) -> bool {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let default = Default::of(server).unwrap();
        refusal(server, default, text(charset), text(collation)).is_none()
    }

    #[test]
    fn defaults_by_version() {
        use super::Default::{Latin1, Utf8mb4};
        for (product, major, minor, default) in [
            ("mysql", 5, Some(7), Some(Latin1)),
            ("mysql", 5, None, Some(Latin1)),
            ("mysql", 5, Some(1), None),
            ("mysql", 8, None, Some(Utf8mb4)),
            ("mysql", 26, Some(7), Some(Utf8mb4)),
            ("mariadb", 5, Some(5), Some(Latin1)),
            ("mariadb", 10, None, Some(Latin1)),
            ("mariadb", 11, Some(5), Some(Latin1)),
            ("mariadb", 11, None, None),
            ("mariadb", 11, Some(6), Some(Utf8mb4)),
            ("unknown", 5, Some(7), None),
        ] {
            assert_eq!(super::Default::of(&server(product, major, minor)), default, "{product} {major} {minor:?}");
        }
    }

    #[test]
    fn starts_as_real_servers_do() {
        let mariadb = server("mariadb", 10, 11);
        for (charset, collation) in
            [("utf8mb4", ""), ("utf8mb4", "utf8mb4_unicode_ci"), ("utf8", "utf8_general_ci"), ("utf8mb3", "utf8_bin")]
        {
            assert!(starts(&mariadb, charset, collation), "{charset} {collation}");
        }
        for (charset, collation) in [
            ("", "utf8mb4_unicode_ci"),
            ("utf8mb4", "latin1_swedish_ci"),
            ("utf8", "utf8mb4_unicode_ci"),
            ("utf8mb4", "utf8mb4_0900_ai_ci"),
        ] {
            assert!(!starts(&mariadb, charset, collation), "{charset} {collation}");
        }
        let mysql = server("mysql", 9, 7);
        for (charset, collation) in [
            ("latin1", ""),
            ("", "utf8mb4_general_ci"),
            ("utf8mb4", "utf8mb4_0900_ai_ci"),
            ("utf8mb3", "utf8mb3_general_ci"),
        ] {
            assert!(starts(&mysql, charset, collation), "{charset} {collation}");
        }
        for (charset, collation) in
            [("utf8", ""), ("", "latin1_swedish_ci"), ("utf8mb4", "latin1_swedish_ci"), ("utf8mb3", "utf8_general_ci")]
        {
            assert!(!starts(&mysql, charset, collation), "{charset} {collation}");
        }
    }

    #[test]
    fn what_is_not_tried_is_not_claimed() {
        assert!(starts(&server("mysql", 9, 1), "utf8", ""));
        assert!(starts(&server("mysql", 9, None), "utf8", ""));
        assert!(starts(&server("mariadb", 11, 4), "utf8mb4", "utf8mb4_0900_ai_ci"));
        let mut files = server("mysql", 8, 4);
        files.option_files = true;
        assert!(starts(&files, "", "latin1_swedish_ci"));
    }

    #[test]
    fn long_keys_only_where_the_options_are_known() {
        let settings = Settings { large_indexes: true, ..Settings::default() };
        assert_eq!(options(&server("mysql", 5, 6), &settings).len(), 5);
        assert_eq!(options(&server("mariadb", 10, 1), &settings).len(), 5);
        for known in
            [server("mysql", 5, 7), server("mysql", 5, None), server("mariadb", 10, 11), server("mariadb", 10, None)]
        {
            assert_eq!(options(&known, &settings).len(), 2);
        }
    }
}
