//! Whose image a server runs from, and what follows from that.

use super::image::ImageReference;
use super::version::Version;

/// Which program serves, whoever built its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// MySQL, or Percona's build of it.
    MySql,
    /// MariaDB.
    MariaDb,
    /// Not known.
    Unknown,
}

impl Product {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Unknown => "unknown",
        }
    }
}

/// How an image takes options for its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Options {
    /// Its entrypoint puts `mysqld` before arguments that start with a dash.
    Arguments,
    /// Only by variables or files: `args` would replace what starts the server.
    Variables,
}

/// What is known of an image that serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flavor {
    /// The contract's word, for instance `mysql` for the official image.
    pub name: &'static str,
    /// The program.
    pub product: Product,
    /// Where the server keeps its data.
    pub data_directory: &'static str,
    /// The user that the server runs as.
    pub user_id: Option<u32>,
    pub(super) options: Options,
}

const fn flavor(
    name: &'static str,
    product: Product,
    data_directory: &'static str,
    user_id: Option<u32>,
    options: Options,
) -> Flavor {
    Flavor { name, product, data_directory, user_id, options }
}

/// A server whose image nobody knows; what it takes and keeps is a guess that nothing may build on.
pub(super) const UNKNOWN: Flavor = flavor("unknown", Product::Unknown, "/var/lib/mysql", None, Options::Variables);

const MYSQL: Flavor = flavor("mysql", Product::MySql, "/var/lib/mysql", Some(999), Options::Arguments);
const ORACLE: Flavor = flavor("oracle", Product::MySql, "/var/lib/mysql", Some(27), Options::Arguments);
const MARIADB: Flavor = flavor("mariadb", Product::MariaDb, "/var/lib/mysql", Some(999), Options::Arguments);
const PERCONA: Flavor = flavor("percona", Product::MySql, "/var/lib/mysql", Some(1001), Options::Arguments);
const PERCONA_CLUSTER: Flavor =
    flavor("percona-xtradb-cluster", Product::MySql, "/var/lib/mysql", Some(1001), Options::Arguments);
const BITNAMI_MYSQL: Flavor = flavor("bitnami-mysql", Product::MySql, "/bitnami/mysql", Some(1001), Options::Variables);
const BITNAMI_MARIADB: Flavor =
    flavor("bitnami-mariadb", Product::MariaDb, "/bitnami/mariadb", Some(1001), Options::Variables);
const SCLORG_MYSQL: Flavor =
    flavor("sclorg-mysql", Product::MySql, "/var/lib/mysql/data", Some(27), Options::Variables);
const SCLORG_MARIADB: Flavor =
    flavor("sclorg-mariadb", Product::MariaDb, "/var/lib/mysql/data", Some(27), Options::Variables);
const LINUXSERVER: Flavor =
    flavor("linuxserver-mariadb", Product::MariaDb, "/config/databases", None, Options::Variables);

/// Images by the end of their repository's path; the first that fits counts.
const BY_PATH: &[(&str, Flavor)] = &[
    ("bitnami/mysql", BITNAMI_MYSQL),
    ("bitnamilegacy/mysql", BITNAMI_MYSQL),
    ("bitnamisecure/mysql", BITNAMI_MYSQL),
    ("bitnami/mariadb", BITNAMI_MARIADB),
    ("bitnamilegacy/mariadb", BITNAMI_MARIADB),
    ("bitnamisecure/mariadb", BITNAMI_MARIADB),
    ("linuxserver/mariadb", LINUXSERVER),
    ("mysql/mysql-server", ORACLE),
    ("mysql/community-server", ORACLE),
    ("mysql/enterprise-server", ORACLE),
    ("percona/percona-xtradb-cluster", PERCONA_CLUSTER),
    ("percona/percona-server", PERCONA),
    ("library/percona", PERCONA),
    ("library/mysql", MYSQL),
    ("library/mariadb", MARIADB),
];

/// Registries where anybody may have a repository: `acme/mysql` is acme's own build there.
const SHARED_REGISTRIES: &[&str] = &["docker.io", "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws"];

/// Images by the last part of their path, on any other registry, where a mirror of the official
/// image is more likely than somebody's own build.
const BY_NAME: &[(&str, Flavor)] =
    &[("mysql", MYSQL), ("mariadb", MARIADB), ("percona", PERCONA), ("mysql-server", ORACLE)];

/// Software Collections' and Red Hat's images: the version is in the name.
const SCLORG: &[(&str, Flavor)] = &[("mysql-", SCLORG_MYSQL), ("mariadb-", SCLORG_MARIADB)];
/// Where those images are: the part of the path before the name.
const SCLORG_OWNERS: &[&str] =
    &["sclorg", "centos7", "centos8", "rhel7", "rhel8", "rhel9", "rhel10", "rhscl", "fedora"];

/// The flavour of an image and the version that it tells; none if it is not a known server.
pub(super) fn of_image(image: &ImageReference) -> Option<(Flavor, Option<Version>)> {
    let by_tag = || image.tag.as_deref().and_then(Version::from_tag);
    if let Some((_, flavor)) = BY_PATH.iter().find(|(path, _)| image.is_at(path)) {
        return Some((*flavor, by_tag()));
    }
    let owner = image.repository.rsplit('/').nth(1).unwrap_or_default();
    if SCLORG_OWNERS.contains(&owner) {
        return SCLORG.iter().find_map(|(prefix, flavor)| {
            let rest = image.name().strip_prefix(prefix)?;
            let version = Version::from_name_digits(rest.split('-').next().unwrap_or(rest))?;
            Some((*flavor, Some(version)))
        });
    }
    if SHARED_REGISTRIES.contains(&image.registry.as_str()) {
        return None;
    }
    BY_NAME.iter().find(|(name, _)| image.name() == *name).map(|(_, flavor)| (*flavor, by_tag()))
}
