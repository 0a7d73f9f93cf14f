//! As whom images run by themselves.

use tidegate_policy::{Container, Server};

/// Images without a `USER` of their own, by the end of their repository's path: their containers
/// start as root. (docker-library's Dockerfiles; google-samples/xtrabackup is made from mysql:5.6.)
const ROOT: &[&str] = &[
    "library/mysql",
    "library/mariadb",
    "library/alpine",
    "library/bash",
    "library/busybox",
    "library/debian",
    "library/ubuntu",
    "google-samples/xtrabackup",
];

/// As whom a server's container starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// As root; the entrypoint gives the volume to the server's user, and then becomes it.
    Root,
    /// As the server's user.
    User,
    /// Not known.
    Unknown,
}

/// As whom the image of a server starts.
pub(crate) fn start(server: &Server) -> Start {
    match server.flavor.as_str() {
        "mysql" | "mariadb" | "oracle" => Start::Root,
        "bitnami-mysql" | "bitnami-mariadb" | "sclorg-mysql" | "sclorg-mariadb" => Start::User,
        // Images before 8.0 had other users, and the first of them started as root.
        "percona" | "percona-xtradb-cluster" if server.at_least(8, 0).is_yes() => Start::User,
        _ => Start::Unknown,
    }
}

/// Whether a container's image surely starts as root.
pub(crate) fn starts_as_root(container: &Container) -> bool {
    container.image_reference.as_ref().is_some_and(|image| {
        ROOT.iter().any(|path| {
            image.repository.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    })
}
