//! Whether a server surely reads a file of a ConfigMap: where its workload mounts it.

use tidegate_policy::{Container, Known, Mount, ResourceType, SeenWorkload, Server, Value, cluster, pointer};

/// Folders and files that the images read options from; what else is mounted may be for others.
const READ: &[&str] = &[
    "/etc/my.cnf",
    "/etc/my.cnf.d",
    "/etc/mysql/conf.d",
    "/etc/mysql/mariadb.conf.d",
    "/etc/mysql/my.cnf",
    "/etc/mysql/mysql.conf.d",
];

/// Whether a container surely reads a file of the ConfigMap.
pub(crate) fn mounts(
    kind: &ResourceType,
    seen: &SeenWorkload,
    container: &Container,
    server: &Server,
    config_map: &str,
    at: &str,
) -> bool {
    // `option_files`: the host says that something with options is mounted where the server reads them.
    let reads_elsewhere = server.option("defaults-file").is_some()
        || ["bitnami", "linuxserver"].iter().any(|flavor| server.flavor.starts_with(flavor));
    if !server.option_files || reads_elsewhere {
        return false;
    }
    let key = at.trim_start_matches("/data/").replace("~1", "/").replace("~0", "~");
    container.mounts.iter().any(|mount| {
        let volume = seen.workload.mounted(mount);
        let Some(volume) =
            volume.filter(|volume| volume.kind == "configMap" && volume.source.as_deref() == Some(config_map))
        else {
            return false;
        };
        let items = seen.object.name.as_deref().map(|name| items(kind, name, &volume.at));
        match items {
            Some(Known::Yes(items)) => {
                let file = if items.is_empty() {
                    Some(key.clone())
                } else {
                    items.iter().find(|item| item.0 == key).map(|item| item.1.clone())
                };
                file.is_some_and(|file| is_read_at(mount, &file))
            }
            _ => false,
        }
    })
}

/// Whether the server reads the file that a mount makes of one of the volume's.
fn is_read_at(mount: &Mount, file: &str) -> bool {
    let folder = mount.path.trim_end_matches('/');
    let path = match mount.sub_path.as_deref() {
        None => format!("{folder}/{file}"),
        Some(sub) if sub == file => folder.to_owned(),
        Some(_) => return false,
    };
    READ.contains(&path.as_str())
        || path.ends_with(".cnf") && path.rsplit_once('/').is_some_and(|(folder, _)| READ.contains(&folder))
}

/// The `items` of a volume of a workload: keys and paths; empty: every key under its own name.
fn items(kind: &ResourceType, name: &str, volume: &str) -> Known<Vec<(String, String)>> {
    cluster::get::<Value>(kind, name).map(|object| {
        let items = object.pointer(&pointer::join(volume, ["configMap", "items"])).and_then(Value::as_array);
        let text = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        items.into_iter().flatten().map(|item| (text(item, "key"), text(item, "path"))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_where_servers_look() {
        let mount = |path: &str, sub_path: Option<&str>| Mount {
            at: "/m".into(),
            volume: "conf".into(),
            path: path.into(),
            sub_path: sub_path.map(Into::into),
            read_only: false,
        };
        for (path, sub_path, file, read) in [
            ("/etc/mysql/conf.d", None, "my.cnf", true),
            ("/etc/mysql/conf.d/", None, "my.cnf", true),
            ("/etc/mysql/conf.d", None, "my.conf", false),
            ("/etc/my.cnf", Some("my.cnf"), "my.cnf", true),
            ("/etc/my.cnf", Some("other"), "my.cnf", false),
            ("/etc/mysql/conf.d/x.cnf", Some("server"), "server", true),
            ("/mnt/config-map", None, "my.cnf", false),
        ] {
            assert_eq!(is_read_at(&mount(path, sub_path), file), read, "{path}");
        }
    }
}
