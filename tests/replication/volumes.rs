//! What a pod's volumes hold: folders of this machine, filled as the kubelet fills them.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::manifests::{list, text};

/// The image's user and group `mysql`, which is the pods' `fsGroup`.
pub(crate) const MYSQL: u32 = 999;

/// The folders of one namespace of the cluster.
pub(crate) struct Volumes(PathBuf);

impl Volumes {
    pub(crate) fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Stores a ConfigMap's or Secret's files; pods that mount it whole see them change.
    pub(crate) fn store(&self, kind: &str, name: &str, files: &BTreeMap<String, String>) {
        let folder = self.object(kind, name);
        fs::create_dir_all(&folder).unwrap();
        for old in fs::read_dir(&folder).unwrap() {
            fs::remove_file(old.unwrap().path()).unwrap();
        }
        for (key, content) in files {
            let file = folder.join(key);
            fs::write(&file, content).unwrap();
            chown(&file, Some(0), Some(MYSQL)).unwrap();
            let mode = if kind == "secrets" { 0o440 } else { 0o644 };
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        }
    }

    /// A file of a stored ConfigMap or Secret.
    pub(crate) fn stored(&self, kind: &str, name: &str, key: &str) -> String {
        fs::read_to_string(self.object(kind, name).join(key)).unwrap()
    }

    /// The volume of a claim.
    pub(crate) fn claim(&self, name: &str) -> PathBuf {
        shared(self.0.join("claims").join(name))
    }

    /// The folder of a pod's volume, made if it is not there. `own` is the pod's, and goes with it.
    pub(crate) fn folder(&self, volume: &Value, own: &Path) -> PathBuf {
        let name = text(&volume["name"]);
        for (kind, field, called) in [("configmaps", "configMap", "name"), ("secrets", "secret", "secretName")] {
            let Some(source) = volume.get(field) else { continue };
            let stored = self.object(kind, text(&source[called]));
            if !stored.is_dir() {
                assert_eq!(source["optional"], true, "there is no {kind} {}", source[called]);
                fs::create_dir_all(&stored).unwrap();
            }
            if source.get("items").is_none() {
                return stored;
            }
            let chosen = own.join(name);
            fs::create_dir_all(&chosen).unwrap();
            for item in list(&source["items"]) {
                let file = stored.join(text(&item["key"]));
                if file.exists() {
                    let copy = chosen.join(text(&item["path"]));
                    fs::copy(&file, &copy).unwrap();
                    chown(&copy, Some(0), Some(MYSQL)).unwrap();
                }
            }
            return chosen;
        }
        match volume.get("persistentVolumeClaim") {
            Some(source) => self.claim(text(&source["claimName"])),
            None => shared(own.join(name)),
        }
    }

    fn object(&self, kind: &str, name: &str) -> PathBuf {
        self.0.join(kind).join(name)
    }
}

/// A folder that belongs to the group `mysql`, as a volume with `fsGroup` does.
pub(crate) fn shared(folder: PathBuf) -> PathBuf {
    if !folder.is_dir() {
        fs::create_dir_all(&folder).unwrap();
        chown(&folder, Some(0), Some(MYSQL)).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o2775)).unwrap();
    }
    folder
}
