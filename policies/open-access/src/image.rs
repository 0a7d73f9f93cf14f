//! What the images make of their variables for the first start.
//!
//! Sources: `docker-entrypoint.sh` of docker-library/mysql (8.4), of MariaDB/mariadb-docker and of
//! mysql/mysql-docker (8.0), `ps-entry.sh` and the entrypoint of percona-xtradb-cluster in
//! percona/percona-docker, `libmysql.sh`, `mysql-env.sh`, `mariadb-env.sh` and `is_boolean_yes` in
//! bitnami/containers, `init-mariadb-initdb/run` of linuxserver/docker-mariadb.

use tidegate_policy::Server;

use crate::environment::{Environment, Held};

/// The variables of an image.
pub(crate) struct Image {
    /// Switches that allow root to have no password.
    pub(crate) allow: &'static [&'static str],
    /// Switches that give root a password that is printed to the log.
    pub(crate) random: &'static [&'static str],
    /// What gives root a password.
    passwords: &'static [&'static str],
    /// True if any text switches on, `no` included.
    pub(crate) any_text: bool,
    /// Pairs of an account's name and its password, of which the latter may be missing where an empty
    /// one is allowed.
    accounts: &'static [(&'static str, &'static str)],
}

const MYSQL: Image = Image {
    allow: &["MYSQL_ALLOW_EMPTY_PASSWORD"],
    random: &["MYSQL_RANDOM_ROOT_PASSWORD"],
    passwords: &["MYSQL_ROOT_PASSWORD"],
    any_text: true,
    accounts: &[],
};

/// `MARIADB_ALLOW_EMPTY_PASSWORD` is the name that MariaDB's older image mariadb/server had for it.
const MARIADB: Image = Image {
    allow: &["MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_PASSWORD"],
    random: &["MARIADB_RANDOM_ROOT_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"],
    passwords: &["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD_HASH"],
    any_text: true,
    accounts: &[],
};

/// A replica gets its accounts from the primary, whose root password it is told.
const BITNAMI_MYSQL: Image = Image {
    allow: &["ALLOW_EMPTY_PASSWORD"],
    random: &[],
    passwords: &["MYSQL_ROOT_PASSWORD", "MYSQL_MASTER_ROOT_PASSWORD"],
    any_text: false,
    accounts: &[("MYSQL_USER", "MYSQL_PASSWORD"), ("MYSQL_REPLICATION_USER", "MYSQL_REPLICATION_PASSWORD")],
};

const BITNAMI_MARIADB: Image = Image {
    allow: &["ALLOW_EMPTY_PASSWORD"],
    random: &[],
    passwords: &["MARIADB_ROOT_PASSWORD", "MARIADB_MASTER_ROOT_PASSWORD"],
    any_text: false,
    accounts: &[("MARIADB_USER", "MARIADB_PASSWORD"), ("MARIADB_REPLICATION_USER", "MARIADB_REPLICATION_PASSWORD")],
};

/// An image that nobody knows: built on one of the others, as far as can be guessed.
const UNKNOWN: Image = Image {
    allow: &["MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "ALLOW_EMPTY_PASSWORD"],
    random: &["MYSQL_RANDOM_ROOT_PASSWORD", "MARIADB_RANDOM_ROOT_PASSWORD"],
    passwords: &["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD_HASH"],
    any_text: false,
    accounts: &[],
};

impl Image {
    /// The image of a server; none if it has no such variables.
    pub(crate) fn of(server: &Server) -> Option<&'static Self> {
        Some(match server.flavor.as_str() {
            "mysql" | "oracle" | "percona" | "percona-xtradb-cluster" => &MYSQL,
            "mariadb" => &MARIADB,
            "bitnami-mysql" => &BITNAMI_MYSQL,
            "bitnami-mariadb" => &BITNAMI_MARIADB,
            "unknown" => &UNKNOWN,
            _ => return None,
        })
    }

    /// The first of these switches that is on: its name, its text, and where it is written.
    pub(crate) fn switch<'e>(
        &self,
        switches: &[&'static str],
        environment: &'e Environment<'_>,
    ) -> Option<(&'static str, String, &'e str)> {
        switches.iter().find_map(|name| match environment.get(name) {
            (Held::Text(text), at) if self.any_text || is_yes(&text) => Some((*name, text, at)),
            _ => None,
        })
    }

    /// Whether root gets a password, printed or not.
    pub(crate) fn root_password(&self, environment: &Environment<'_>) -> Held {
        match environment.any(self.passwords) {
            Held::Nothing | Held::Perhaps(_) if self.switch(self.random, environment).is_some() => Held::Something,
            held => held,
        }
    }

    /// The first account that is made without a password.
    pub(crate) fn account_without_password(&self, environment: &Environment<'_>) -> Option<&'static str> {
        let open = self.accounts.iter().find(|(name, password)| {
            environment.get(name).0.is_set() && environment.any(&[*password]) == Held::Nothing
        });
        open.map(|(name, _)| *name)
    }
}

/// Whether root may log in from inside of the pod only: `MYSQL_ROOT_HOST` says so, or Oracle's image,
/// which makes no other root unless it is told to.
pub(crate) fn root_is_local(server: &Server, environment: &Environment<'_>) -> bool {
    let names = if server.is_mariadb() { &["MARIADB_ROOT_HOST", "MYSQL_ROOT_HOST"][..] } else { &["MYSQL_ROOT_HOST"] };
    match names.iter().map(|name| environment.get(name).0).find(|held| *held != Held::Nothing) {
        Some(Held::Text(host)) => matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1"),
        Some(_) => false,
        None => server.flavor == "oracle",
    }
}

/// linuxserver.io's image makes root for every address, without a password if it is told none. The
/// password may also stand in a file, which `FILE__` names, or in `env` on the volume.
pub(crate) fn linuxserver_has_no_password(server: &Server, environment: &Environment<'_>) -> bool {
    server.flavor == "linuxserver-mariadb"
        && environment.any(&["MYSQL_ROOT_PASSWORD", "FILE__MYSQL_ROOT_PASSWORD"]) == Held::Nothing
}

/// As Bitnami's scripts read a switch: without regard to case.
fn is_yes(text: &str) -> bool {
    ["1", "yes", "true"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}

/// A text that says no to a person, and yes to an image that takes any text for it.
pub(crate) fn sounds_like_no(text: &str) -> bool {
    ["0", "no", "false", "off"].iter().any(|no| text.eq_ignore_ascii_case(no))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_as_the_images_do() {
        for yes in ["1", "yes", "YES", "true", "True"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", "0", "no", "on", "y", "yes "] {
            assert!(!is_yes(no), "{no}");
        }
        assert!(sounds_like_no("No") && sounds_like_no("0") && !sounds_like_no("yes"));
    }
}
