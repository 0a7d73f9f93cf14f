//! Which options a server's version does not know, so that it does not start: MY014's table, asked.

use tidegate_policy::{Server, Version};

use crate::rows::ROWS;

/// A version of three numbers.
pub(crate) type At = (u32, u32, u32);

/// Which program a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    /// MySQL, and Percona's builds of it.
    MySql,
    /// MariaDB.
    MariaDb,
}

/// Why the option is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It was taken away.
    Removed,
    /// A later version has it.
    NotYet,
    /// The other product has it.
    Foreign,
}

/// A row: an option, or one of its values, that some versions refuse.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// The option's name with dashes.
    pub(crate) name: &'static str,
    /// The value that is refused; none: the option itself.
    pub(crate) value: Option<&'static str>,
    /// The program that refuses.
    pub(crate) product: Product,
    /// Why it does.
    pub(crate) why: Why,
    /// The first version that refuses.
    pub(crate) first: At,
    /// The first version after that of which this is not known, or not so.
    pub(crate) end: Option<At>,
    /// What to write instead; a sentence without its full stop.
    pub(crate) instead: &'static str,
}

impl Row {
    /// Whether a version refuses; false if that is not sure.
    pub(crate) fn refuses(&self, version: &Version) -> bool {
        reached(version, self.first) && self.end.is_none_or(|end| version.before(end.0, end.1).is_yes())
    }
}

impl Product {
    /// The product of a server. None if it is not sure.
    pub(crate) fn of(server: &Server) -> Option<Self> {
        match () {
            () if server.is_mysql() => Some(Self::MySql),
            () if server.is_mariadb() => Some(Self::MariaDb),
            () => None,
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
        }
    }
}

/// The row that refuses an option in a version.
pub(crate) fn refusal(product: Product, version: &Version, name: &str, value: Option<&str>) -> Option<&'static Row> {
    forms(name).into_iter().flatten().find_map(|name| {
        rows(name)
            .filter(|row| row.product == product && row.refuses(version))
            .find(|row| row.value.is_none_or(|refused| lists(value, refused)))
    })
}

/// A name as it stands, and the switch x of `skip-x`, `disable-x` and `enable-x`, which are other forms
/// of it and refused with it (T97).
fn forms(name: &str) -> [Option<&str>; 2] {
    [Some(name), ["skip-", "disable-", "enable-"].iter().find_map(|prefix| name.strip_prefix(prefix))]
}

/// Whether any version of any product refuses an option of this name.
pub(crate) fn names(name: &str) -> bool {
    forms(name).into_iter().flatten().any(|name| rows(name).next().is_some())
}

/// The rows of a name; the table is sorted by it.
fn rows(name: &str) -> impl Iterator<Item = &'static Row> {
    let first = ROWS.partition_point(|row| row.name < name);
    ROWS[first..].iter().take_while(move |row| row.name == name)
}

/// Whether a value is the refused one, or lists it: `sql-mode` and `tls-version` are lists.
fn lists(value: Option<&str>, refused: &str) -> bool {
    value.is_some_and(|value| value.split(',').any(|item| item.trim().eq_ignore_ascii_case(refused)))
}

/// Whether it is this version or a later one. A tag without the last number names the newest of its
/// series.
fn reached(version: &Version, at: At) -> bool {
    match version.at_least(at.0, at.1) {
        known if !known.is_yes() => false,
        _ if version.major > at.0 || version.minor.is_some_and(|minor| minor > at.1) => true,
        // `8` alone may be any of 8.0 to 8.4, all of which have what the first release of 8.0 had.
        _ => version.patch.is_none_or(|patch| patch >= at.2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        let mut parts = text.split('.').map(|part| part.parse().unwrap());
        Version { major: parts.next().unwrap(), minor: parts.next(), patch: parts.next() }
    }

    fn refuses(product: Product, of: &str, name: &str, value: Option<&str>) -> bool {
        refusal(product, &version(of), name, value).is_some()
    }

    #[test]
    fn the_table_is_sorted_and_says_nothing_twice() {
        for pair in ROWS.windows(2) {
            assert!(pair[0].name <= pair[1].name, "{} stands before {}", pair[0].name, pair[1].name);
            let key = |row: &Row| (row.name, row.product.name(), row.value, row.why == Why::NotYet);
            assert_ne!(key(&pair[0]), key(&pair[1]));
        }
    }

    #[test]
    fn every_row_can_fire_and_helps() {
        for row in ROWS {
            assert!(!row.instead.is_empty() && !row.instead.ends_with('.'), "{}", row.name);
            assert!(row.end.is_none_or(|end| end > row.first), "{}", row.name);
            assert!(!row.name.contains('_'), "{}", row.name);
        }
    }

    #[test]
    fn the_first_version_that_refuses() {
        use Product::{MariaDb, MySql};
        for (product, name, takes, refuses_it) in [
            (MySql, "query-cache-size", &["5.6", "5.7.44", "5"][..], &["8.0", "8", "8.4.3", "9.7", "26.7"][..]),
            (MySql, "tx-isolation", &["5.7"], &["8.0.11"]),
            (MySql, "internal-tmp-disk-storage-engine", &["5.7", "8.0.15"], &["8.0", "8.0.16", "8.4"]),
            (MySql, "expire-logs-days", &["8.0.46", "8.1", "8"], &["8.2", "8.4", "9"]),
            (MySql, "skip-host-cache", &["8.2"], &["8.3.0", "9.7"]),
            (MySql, "default-authentication-plugin", &["8.0", "8.3"], &["8.4.0", "9.7.4"]),
            (MySql, "mysql-native-password", &["8.4"], &["8.0", "5.7", "9.0", "9.7"]),
            (MySql, "innodb-log-file-size", &["5.7", "8.0", "8.4", "9.1", "9"], &["9.7"]),
            (MySql, "innodb-redo-log-capacity", &["8.0", "8.4"], &["5.7"]),
            (MySql, "gtid-strict-mode", &["5.6"], &["5.7", "8.0", "9.7"]),
            (MySql, "gtid-mode", &["5.6", "9.7"], &[]),
            (MariaDb, "gtid-mode", &["10.4", "12.0"], &["10.5", "10.11.6", "11.8"]),
            (MariaDb, "query-cache-size", &["10.5", "11.8"], &[]),
            (MariaDb, "binlog-expire-logs-seconds", &["10.6", "10.11"], &["10.5"]),
        ] {
            for takes in takes {
                assert!(!refuses(product, takes, name, Some("1")), "{takes} takes {name}");
            }
            for of in refuses_it {
                assert!(refuses(product, of, name, Some("1")), "{of} refuses {name}");
            }
        }
    }

    #[test]
    fn values_are_found_in_lists() {
        let sql_mode = |of: &str, value: &str| refuses(Product::MySql, of, "sql-mode", Some(value));
        assert!(sql_mode("8.0", "NO_AUTO_CREATE_USER"));
        assert!(sql_mode("8.4", "STRICT_TRANS_ROWSS,no_auto_create_user"));
        assert!(!sql_mode("8.4", "STRICT_TRANS_ROWSS"));
        assert!(!sql_mode("5.7", "NO_AUTO_CREATE_USER"));
        assert!(!refuses(Product::MySql, "8.0", "sql-mode", None));
        assert!(!refuses(Product::MariaDb, "10.11", "sql-mode", Some("ORACLE")));
        assert!(refuses(Product::MySql, "9.7", "tls-version", Some("TLSv1,TLSv1.2")));
        assert!(!refuses(Product::MySql, "9.7", "tls-version", Some("TLSv1.2")));
    }

    #[test]
    fn a_switch_has_other_forms() {
        for name in
            ["skip-character-set-client-handshake", "skip-ssl", "disable-secure-auth", "skip-innodb", "skip-partition"]
        {
            assert!(refuses(Product::MySql, "9.7", name, None), "{name}");
        }
        for name in ["skip-name-resolve", "skip-log-bin", "skip-external-locking", "skip-symbolic-links"] {
            assert!(!refuses(Product::MySql, "9.7", name, None), "{name}");
        }
    }
}
