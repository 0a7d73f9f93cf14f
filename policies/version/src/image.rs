//! What an image's reference says, whichever version it is.

use tidegate_policy::{Container, Finding, ImageReference, Role, Server, Severity};

use crate::settings::Settings;
use crate::{IMAGE, VERSION};

/// The default of `refusedImages`, of which more is known.
const XTRABACKUP: &str = "gcr.io/google-samples/xtrabackup";

/// MY036: the image is refused.
pub(crate) fn refused(
    container: &Container,
    reference: &ImageReference,
    at: &str,
    settings: &Settings,
) -> Option<Finding> {
    let path = format!("{}/{}", reference.registry, reference.repository);
    let is_at = |refused: &&String| path == **refused || path.ends_with(&format!("/{refused}"));
    let refused = settings.refused_images.iter().find(is_at)?;
    let image = &container.image;
    Some(if refused == XTRABACKUP {
        // XtraBackup 2.4.4 is of July 2016; its release notes name MySQL 5.7.13.
        Finding::new(
            &IMAGE,
            at,
            format!("{image} holds XtraBackup 2.4.4 of 2016, made for MySQL 5.7.13, and nobody maintains it"),
        )
        .help(
            "Use percona/percona-xtrabackup of the server's own series (2.4 for 5.7, 8.0 for 8.0, 8.4 for 8.4), or from \
             MySQL 8.0.17 on the CLONE plugin, which needs no other image",
        )
    } else {
        Finding::new(&IMAGE, at, format!("{image} is among the images that are refused here"))
            .help("Use another image; the setting refusedImages of the policy version lists those that are refused")
    })
}

/// Bitnami's images that are no longer where they were.
///
/// From 28 August 2025 on the versioned tags went from docker.io/bitnami to docker.io/bitnamilegacy,
/// which gets no updates (bitnami/containers#83267).
pub(crate) fn moved(container: &Container, reference: &ImageReference, at: &str) -> Option<Finding> {
    if reference.registry != "docker.io" || reference.digest.is_some() {
        return None;
    }
    let image = &container.image;
    let (owner, _) = reference.repository.split_once('/')?;
    let is_versioned = reference.tag.as_ref().is_some_and(|tag| tag.starts_with(|first: char| first.is_ascii_digit()));
    let message = match owner {
        "bitnami" if is_versioned => format!(
            "{image} can no longer be pulled: Bitnami moved its versioned images to bitnamilegacy in August 2025"
        ),
        "bitnamilegacy" => format!("{image} is from an archive of Bitnami's that gets no fixes since August 2025"),
        _ => return None,
    };
    Some(Finding::new(&VERSION, at, message).severity(Severity::Medium).help(
        "Move to an image that is maintained, such as the official mysql or mariadb; it keeps its data elsewhere",
    ))
}

/// A tag that is another version after some later pull.
pub(crate) fn floats(
    container: &Container,
    reference: &ImageReference,
    server: Option<&Server>,
    at: &str,
) -> Option<Finding> {
    if reference.digest.is_some() {
        return None;
    }
    let image = &container.image;
    let tag = reference.tag.as_deref().unwrap_or("latest");
    let Some(server) = server else {
        return (tag == "latest").then(|| {
            let message = format!("image {image} has no version tag: after some later pull it is another program");
            Finding::new(&VERSION, at, message)
                .severity(Severity::Low)
                .help(format!("Write {}'s version as the tag, or its digest", called(container)))
        });
    };
    // The version of these is in their name, and their tag counts builds.
    if server.flavor.starts_with("sclorg") {
        return None;
    }
    let help = match () {
        () if server.is_mysql() => "Write a version with two numbers, such as 8.4, or better the digest",
        () if server.is_mariadb() => "Write a version with two numbers, such as 11.8, or better the digest",
        () => "Write the version as the tag, or better the digest",
    };
    let (message, severity) = if tag == "latest" {
        let message = format!(
            "image {image} has no version tag: some later pull upgrades the data, and there is no way back from that"
        );
        (message, Severity::Medium)
    } else if moves(tag) && server.flavor != "unknown" {
        let message = format!("the tag {tag} goes on to the next series by itself, and there is no way back from that");
        (message, Severity::Low)
    } else {
        return None;
    };
    Some(Finding::new(&VERSION, at, message).severity(severity).help(help))
}

/// Tags that name no series: `lts` went from 8.4 to 9.7, `innovation` goes on every quarter, and so does
/// MySQL's 26 and MariaDB's 13. The majors before them are at their last series: 8 is 8.4, 9 is 9.7
/// (docker-library/docs, mysql/README.md).
fn moves(tag: &str) -> bool {
    let first = tag.split(['-', '_']).next().unwrap_or(tag);
    matches!(first, "lts" | "innovation" | "rolling")
        || first.parse::<u32>().is_ok_and(|major| (13..100).contains(&major))
}

fn called(container: &Container) -> &'static str {
    match container.role {
        Role::Client => "the client",
        Role::Exporter => "the exporter",
        Role::Backup => "the backup tool",
        _ => "the program",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_move() {
        for tag in ["26", "26-oracle", "13", "lts", "lts-ubi", "innovation"] {
            assert!(moves(tag), "{tag}");
        }
        for tag in ["8.4", "8", "9-oracle", "11", "26.7", "10.11.6", "20240501", "v8.4", "stable"] {
            assert!(!moves(tag), "{tag}");
        }
    }
}
