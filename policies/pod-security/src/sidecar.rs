//! MY037: a container beside the server is root and can write to the live data directory.

use tidegate_policy::{Container, Finding, Mount, Role, Server};

use crate::SIDECAR;
use crate::context::{Pod, Written};
use crate::image::starts_as_root;
use crate::namespace::Platform;

/// The finding on a container that is no server.
pub(crate) fn judge(
    pod: &Pod,
    container: &Container,
    servers: &[(&Container, &Server)],
    platform: &Platform<'_>,
) -> Option<Finding> {
    if matches!(container.role, Role::Server(_)) {
        return None;
    }
    let (mount, server) = container.mounts.iter().filter(|mount| !mount.read_only).find_map(|mount| {
        let server = servers.iter().map(|(_, server)| *server).find(|server| holds_data_of(mount, server))?;
        Some((mount, server))
    })?;
    let is_root = match pod.context_of(container).written() {
        Written::Root => true,
        // OpenShift chooses another user then.
        Written::Nothing => starts_as_root(container) && !platform.has_ranges().is_yes(),
        Written::User(_) | Written::NotRoot => false,
    };
    if !is_root {
        return None;
    }
    let user = server.user_id.map_or_else(|| "the server's user".to_owned(), |user| format!("runAsUser: {user}"));
    Some(
        Finding::new(
            &SIDECAR,
            &mount.at,
            format!(
                "the container {} runs as root beside the server and can write to its data directory: what goes wrong \
                 or breaks in there has the whole database in its hands",
                container.name
            ),
        )
        .help(format!("Mount the volume with readOnly: true if it only reads, or run the container with {user}")),
    )
}

/// Whether a mount brings the data of a server, or a part of it: another folder of its volume does not.
fn holds_data_of(mount: &Mount, server: &Server) -> bool {
    let Some(own) = server.data_volume.as_ref().filter(|own| own.volume == mount.volume) else { return false };
    let below = server.data_directory.strip_prefix(own.path.trim_end_matches('/')).unwrap_or_default();
    let data = folder(own.sub_path.as_deref(), below);
    let mounted = folder(mount.sub_path.as_deref(), "");
    is_within(&data, &mounted) || is_within(&mounted, &data)
}

/// A folder of a volume, from its root and without slashes at the ends.
fn folder(sub_path: Option<&str>, below: &str) -> String {
    let parts = [sub_path.unwrap_or_default(), below].map(|part| part.trim_matches('/'));
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

fn is_within(path: &str, above: &str) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_a_volume() {
        assert_eq!(folder(None, ""), "");
        assert_eq!(folder(Some("mysql/"), ""), "mysql");
        assert_eq!(folder(Some("mysql"), "/data"), "mysql/data");
        for (path, above, expected) in [
            ("mysql", "", true),
            ("mysql", "mysql", true),
            ("mysql/data", "mysql", true),
            ("mysql2", "mysql", false),
            ("", "mysql", false),
            ("backup", "mysql", false),
        ] {
            assert_eq!(is_within(path, above), expected, "{path} {above}");
        }
    }
}
