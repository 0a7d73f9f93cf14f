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
    /// The option files that it reads, in order, if they are there.
    pub(super) option_files: &'static [&'static str],
    /// The folders whose `.cnf` files its own option file includes.
    pub(super) option_folders: &'static [&'static str],
    /// The variables that its entrypoint turns into options, with the option for each.
    pub(super) option_variables: &'static [(&'static str, &'static str)],
    /// The variable whose words become arguments.
    pub(super) flags_variable: Option<&'static str>,
    /// The command that the image ships to ask its server.
    pub(super) healthcheck: &'static [&'static str],
}

impl Flavor {
    /// The command that the image ships to ask its server, if it is known to ship one.
    pub fn healthcheck(&self) -> Option<&'static [&'static str]> {
        (!self.healthcheck.is_empty()).then_some(self.healthcheck)
    }
}

/// A server whose image nobody knows; what it takes and keeps is a guess that nothing may build on.
pub(super) const UNKNOWN: Flavor = Flavor {
    name: "unknown",
    product: Product::Unknown,
    data_directory: "/var/lib/mysql",
    user_id: None,
    options: Options::Variables,
    option_files: &["/etc/my.cnf", "/etc/mysql/my.cnf"],
    option_folders: &["/etc/mysql/conf.d", "/etc/my.cnf.d"],
    option_variables: &[],
    flags_variable: None,
    healthcheck: &[],
};

/// docker-library/mysql: `config/*.cnf` and the Dockerfiles say which files are read.
const MYSQL: Flavor = Flavor {
    name: "mysql",
    product: Product::MySql,
    user_id: Some(999),
    options: Options::Arguments,
    option_folders: &["/etc/mysql/conf.d", "/etc/mysql/mysql.conf.d"],
    ..UNKNOWN
};
/// mysql/mysql-docker: `/healthcheck.sh` is its `HEALTHCHECK`.
const ORACLE: Flavor = Flavor {
    name: "oracle",
    user_id: Some(27),
    option_folders: &["/etc/my.cnf.d"],
    healthcheck: &["/healthcheck.sh"],
    ..MYSQL
};
/// MariaDB/mariadb-docker.
const MARIADB: Flavor = Flavor {
    name: "mariadb",
    product: Product::MariaDb,
    user_id: Some(999),
    options: Options::Arguments,
    option_folders: &["/etc/mysql/conf.d", "/etc/mysql/mariadb.conf.d"],
    healthcheck: &["healthcheck.sh", "--connect", "--innodb_initialized"],
    ..UNKNOWN
};
/// percona/percona-docker.
const PERCONA: Flavor = Flavor {
    name: "percona",
    user_id: Some(1001),
    option_folders: &["/etc/my.cnf.d", "/etc/mysql/conf.d", "/etc/percona-server.conf.d"],
    ..MYSQL
};
const PERCONA_CLUSTER: Flavor = Flavor {
    name: "percona-xtradb-cluster",
    option_folders: &["/etc/my.cnf.d", "/etc/mysql/conf.d", "/etc/percona-xtradb-cluster.conf.d"],
    ..PERCONA
};
/// bitnami/containers, `mysql/*/rootfs/opt/bitnami/scripts/mysql-env.sh`.
const BITNAMI_MYSQL: Flavor = Flavor {
    name: "bitnami-mysql",
    product: Product::MySql,
    data_directory: "/bitnami/mysql/data",
    user_id: Some(1001),
    option_files: &[
        "/opt/bitnami/mysql/conf/my.cnf",
        "/opt/bitnami/mysql/conf/my_custom.cnf",
        "/bitnami/mysql/conf/my_custom.cnf",
    ],
    option_folders: &[],
    option_variables: &[("MYSQL_PORT_NUMBER", "port"), ("MYSQL_BIND_ADDRESS", "bind-address")],
    flags_variable: Some("MYSQL_EXTRA_FLAGS"),
    ..UNKNOWN
};
const BITNAMI_MARIADB: Flavor = Flavor {
    name: "bitnami-mariadb",
    product: Product::MariaDb,
    data_directory: "/bitnami/mariadb/data",
    option_files: &[
        "/opt/bitnami/mariadb/conf/my.cnf",
        "/opt/bitnami/mariadb/conf/my_custom.cnf",
        "/bitnami/mariadb/conf/my_custom.cnf",
    ],
    option_variables: &[("MARIADB_PORT_NUMBER", "port"), ("MARIADB_BIND_ADDRESS", "bind-address")],
    flags_variable: Some("MARIADB_EXTRA_FLAGS"),
    ..BITNAMI_MYSQL
};
/// sclorg/mysql-container, "Environment variables and volumes" of its README.
const SCLORG_MYSQL: Flavor = Flavor {
    name: "sclorg-mysql",
    product: Product::MySql,
    data_directory: "/var/lib/mysql/data",
    user_id: Some(27),
    option_files: &["/etc/my.cnf"],
    option_folders: &["/etc/my.cnf.d", "/opt/app-root/src/mysql-cfg"],
    option_variables: &[
        ("MYSQL_BINLOG_FORMAT", "binlog-format"),
        ("MYSQL_INNODB_BUFFER_POOL_SIZE", "innodb-buffer-pool-size"),
        ("MYSQL_INNODB_LOG_FILE_SIZE", "innodb-log-file-size"),
        ("MYSQL_LOWER_CASE_TABLE_NAMES", "lower-case-table-names"),
        ("MYSQL_MAX_ALLOWED_PACKET", "max-allowed-packet"),
        ("MYSQL_MAX_CONNECTIONS", "max-connections"),
    ],
    ..UNKNOWN
};
const SCLORG_MARIADB: Flavor = Flavor { name: "sclorg-mariadb", product: Product::MariaDb, ..SCLORG_MYSQL };
/// linuxserver/docker-mariadb.
const LINUXSERVER: Flavor = Flavor {
    name: "linuxserver-mariadb",
    product: Product::MariaDb,
    data_directory: "/config/databases",
    option_files: &["/config/custom.cnf"],
    option_folders: &[],
    ..UNKNOWN
};

/// Images by the end of their repository's path; the first that fits counts.
const BY_PATH: &[(&str, Flavor)] = &[
    ("bitnami/mysql", BITNAMI_MYSQL),
    ("bitnamilegacy/mysql", BITNAMI_MYSQL),
    ("bitnamisecure/mysql", BITNAMI_MYSQL),
    ("bitnami/mariadb", BITNAMI_MARIADB),
    ("bitnamilegacy/mariadb", BITNAMI_MARIADB),
    ("bitnamisecure/mariadb", BITNAMI_MARIADB),
    ("bitnami/mariadb-galera", BITNAMI_MARIADB),
    ("bitnamilegacy/mariadb-galera", BITNAMI_MARIADB),
    ("bitnamisecure/mariadb-galera", BITNAMI_MARIADB),
    ("linuxserver/mariadb", LINUXSERVER),
    ("mysql/mysql-server", ORACLE),
    ("mysql/community-server", ORACLE),
    ("mysql/enterprise-server", ORACLE),
    ("percona/percona-xtradb-cluster", PERCONA_CLUSTER),
    ("percona/percona-server", PERCONA),
    ("library/percona", PERCONA),
    ("library/mysql", MYSQL),
    ("library/mariadb", MARIADB),
    // OpenShift's image streams are the Software Collections' images.
    ("openshift/mysql", SCLORG_MYSQL),
    ("openshift/mariadb", SCLORG_MARIADB),
];

/// Owners on Docker Hub of the official images for one architecture (docker-library/official-images,
/// "Architectures other than amd64").
const ARCHITECTURES: &[&str] =
    &["amd64", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "i386", "mips64le", "ppc64le", "riscv64", "s390x"];

/// Registries where anybody may have a repository: `acme/mysql` is acme's own build there.
const SHARED_REGISTRIES: &[&str] =
    &["docker.io", "docker.pkg.github.com", "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws"];

/// Images by the last part of their path, on any other registry, where a mirror of the official
/// image is more likely than somebody's own build.
const BY_NAME: &[(&str, Flavor)] =
    &[("mysql", MYSQL), ("mariadb", MARIADB), ("percona", PERCONA), ("mysql-server", ORACLE)];

/// Software Collections' and Red Hat's images: the version is in the name.
const SCLORG: &[(&str, Flavor)] = &[("mysql-", SCLORG_MYSQL), ("mariadb-", SCLORG_MARIADB)];
/// Where those images are: the part of the path before the name.
const SCLORG_OWNERS: &[&str] = &[
    "sclorg",
    "centos",
    "centos7",
    "centos8",
    "rhel7",
    "rhel8",
    "rhel9",
    "rhel10",
    "rhscl",
    "fedora",
    "openshift",
    "openshift3",
];

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
    if SHARED_REGISTRIES.contains(&image.registry.as_str()) && !ARCHITECTURES.contains(&owner) {
        return None;
    }
    BY_NAME.iter().find(|(name, _)| image.name() == *name).map(|(_, flavor)| (*flavor, by_tag()))
}

/// The client programs that an image is sure to have: for queries and for administration.
///
/// MariaDB's have names of their own since 10.5, and since 11 no others (mariadb-docker#512).
pub(super) fn programs(flavor: Flavor, version: Option<Version>) -> Option<(&'static str, &'static str)> {
    match flavor.name {
        "mysql" | "oracle" | "percona" | "percona-xtradb-cluster" => Some(("mysql", "mysqladmin")),
        "mariadb" => {
            let version = version?;
            match (version.major, version.minor) {
                (11.., _) | (10, Some(5..)) => Some(("mariadb", "mariadb-admin")),
                // 10 without a minor version is before 11, and has the old names too.
                _ => Some(("mysql", "mysqladmin")),
            }
        }
        _ => None,
    }
}
