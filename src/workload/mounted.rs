//! Which option files a container sees: those of ConfigMaps that are mounted where its server reads.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;

use serde_json::Value;

use super::config_map;
use super::flavor::Flavor;
use super::json::{Misfit, Node};
use super::model::{Mount, Volume};
use super::option_file::{self, FileOption, Include};
use super::read::ConfigMaps;
use super::server::is_within;

/// What a volume puts where it is mounted, as far as that matters here.
#[derive(Debug, Clone, Default)]
pub(super) struct VolumeFiles {
    /// The ConfigMaps.
    config_maps: Vec<NamedItems>,
    /// True if there may be files that no ConfigMap names.
    others: bool,
}

/// Reads what a volume of the pod holds.
pub(super) fn volume_files(node: &Node<'_>, volume: &Volume) -> Result<VolumeFiles, Misfit> {
    let mut files = VolumeFiles::default();
    match volume.kind.as_str() {
        "configMap" => files.config_maps.push(of_config_map(&node.child("configMap")?)?),
        "projected" => {
            for source in node.child("projected")?.nodes("sources")? {
                if source.has("configMap") {
                    files.config_maps.push(of_config_map(&source.child("configMap")?)?);
                } else if source.has("secret") {
                    files.others = true;
                }
            }
        }
        // What an init container writes there counts as the workload's own, and is not waited for.
        "emptyDir" => {}
        _ => files.others = true,
    }
    Ok(files)
}

/// A ConfigMap's name, and the keys that become files with the files' paths; none: all keys.
type NamedItems = (String, Option<Vec<(String, String)>>);

fn of_config_map(node: &Node<'_>) -> Result<NamedItems, Misfit> {
    let items = node.nodes("items")?;
    let items = items
        .iter()
        .map(|item| {
            let text = |key| Ok::<_, Misfit>(item.text(key)?.unwrap_or_default().to_owned());
            Ok((text("key")?, text("path")?))
        })
        .collect::<Result<Vec<_>, Misfit>>()?;
    let name = node.text("name")?.unwrap_or_default().to_owned();
    Ok((name, (!items.is_empty()).then_some(items)))
}

/// A file that a container sees.
struct SeenFile<'a> {
    path: String,
    text: String,
    mount: &'a Mount,
}

/// The option files of a container.
#[derive(Debug, Default)]
pub(super) struct OptionFiles {
    /// The options that they give the server, in order, each with the mount that brings it.
    pub(super) options: Vec<(FileOption, String)>,
    /// True if there may be more that nobody can see.
    pub(super) unseen: bool,
}

/// What is mounted in a container.
pub(super) struct Mounts<'a> {
    pub(super) mounts: &'a [Mount],
    pub(super) volumes: &'a [Volume],
    pub(super) files: &'a [VolumeFiles],
    pub(super) config_maps: ConfigMaps<'a>,
}

impl Mounts<'_> {
    /// The options of the files that the server reads. `named` is the file of `--defaults-file`,
    /// which stands for all others, and `extra` that of `--defaults-extra-file`.
    pub(super) fn option_files(&self, flavor: Flavor, named: Option<&str>, extra: Option<&str>) -> OptionFiles {
        let mut found = OptionFiles::default();
        let (files, unseen) = self.seen(flavor, &[named, extra]);
        found.unseen = unseen;
        let by_path = files.iter().rev().map(|file| (file.path.as_str(), file)).collect();
        let mut reader = Reader { by_path, read: HashSet::new(), depth: 0, found: &mut found };
        match named {
            Some(path) => reader.file(path),
            None => {
                let has_main = flavor.option_files.iter().any(|path| files.iter().any(|file| file.path == *path));
                flavor.option_files.iter().for_each(|path| reader.optional(path));
                if !has_main {
                    // The image's own file includes them.
                    flavor.option_folders.iter().for_each(|folder| reader.folder(folder));
                }
                if let Some(path) = extra {
                    reader.file(path);
                }
            }
        }
        found
    }

    /// The files below the places where the server looks, and whether there may be others.
    fn seen(&self, flavor: Flavor, named: &[Option<&str>]) -> (Vec<SeenFile<'_>>, bool) {
        let places: Vec<&str> = flavor
            .option_files
            .iter()
            .chain(flavor.option_folders)
            .copied()
            .chain(["/etc/mysql", "/etc/my.cnf.d"])
            .chain(named.iter().copied().flatten())
            .collect();
        let mut files = Vec::new();
        let mut unseen = false;
        for mount in self.mounts {
            let path = mount.path.trim_end_matches('/');
            if !places.iter().any(|place| is_within(path, place) || is_within(place, path)) || path.is_empty() {
                continue;
            }
            let Some(index) = self.volumes.iter().position(|volume| volume.name == mount.volume) else {
                // A claim template's.
                unseen |= !is_within(flavor.data_directory, path);
                continue;
            };
            // A volume of data above a place of option files holds data: Bitnami's `/bitnami/mysql`.
            let holds_data = is_within(flavor.data_directory, path);
            unseen |= self.files[index].others && !holds_data;
            for (name, items) in &self.files[index].config_maps {
                match (self.config_maps)(name) {
                    Some(map) => files.extend(mounted(&map, items.as_deref(), mount, path)),
                    None => unseen = true,
                }
            }
        }
        files.sort_by(|left, right| left.path.cmp(&right.path));
        (files, unseen)
    }

    /// The options of ConfigMaps that other containers mount beside a folder which they share with
    /// the server, empty at first: an init container may copy them there.
    pub(super) fn possible_options(&self, flavor: Flavor, others: &[Vec<Mount>]) -> Vec<(FileOption, String, String)> {
        let shared: Vec<&str> = self
            .mounts
            .iter()
            .filter(|mount| {
                let path = mount.path.trim_end_matches('/');
                flavor.option_folders.iter().chain(flavor.option_files).any(|place| is_within(place, path))
            })
            .filter(|mount| self.volumes.iter().any(|volume| volume.name == mount.volume && volume.kind == "emptyDir"))
            .map(|mount| mount.volume.as_str())
            .collect();
        let mut possible = Vec::new();
        let copying = others.iter().filter(|mounts| mounts.iter().any(|mount| shared.contains(&mount.volume.as_str())));
        for mount in copying.flatten() {
            let Some(index) = self.volumes.iter().position(|volume| volume.name == mount.volume) else { continue };
            for (name, _) in &self.files[index].config_maps {
                let Some(map) = (self.config_maps)(name) else { continue };
                for file in config_map::option_files(&map) {
                    possible.extend(file.options.into_iter().map(|option| (option, name.clone(), file.key.clone())));
                }
            }
        }
        possible.dedup();
        possible
    }
}

/// The files of a ConfigMap at a mount.
fn mounted<'a>(map: &Value, items: Option<&[(String, String)]>, mount: &'a Mount, at: &str) -> Vec<SeenFile<'a>> {
    let all: Vec<(String, String)> = match items {
        Some(items) => items.to_vec(),
        None => ["data", "binaryData"]
            .iter()
            .filter_map(|field| map.get(*field)?.as_object())
            .flat_map(|entries| entries.keys().map(|key| (key.clone(), key.clone())))
            .collect(),
    };
    all.into_iter()
        .filter_map(|(key, path)| {
            let path = match mount.sub_path.as_deref().map(|sub| sub.trim_matches('/')) {
                None => format!("{at}/{path}"),
                Some(sub) if sub == path => at.to_owned(),
                // A folder of the volume that is mounted.
                Some(sub) => format!("{at}/{}", path.strip_prefix(sub)?.strip_prefix('/')?),
            };
            Some(SeenFile { path, text: config_map::text(map, &key)?, mount })
        })
        .collect()
}

/// How deep files may include one another; MySQL has the same limit (`mysys/my_default.cc`).
const DEEPEST_INCLUDE: usize = 10;

struct Reader<'a, 'b> {
    /// The files, in the order of their paths.
    by_path: BTreeMap<&'a str, &'a SeenFile<'a>>,
    /// Files and folders are read once, however often and by whichever way they are included.
    read: HashSet<String>,
    depth: usize,
    found: &'b mut OptionFiles,
}

impl<'a> Reader<'a, '_> {
    /// A file that has to be there: if it is not seen, its options are not.
    fn file(&mut self, path: &str) {
        if self.by_path.contains_key(path) {
            self.optional(path);
        } else {
            self.found.unseen = true;
        }
    }

    fn optional(&mut self, path: &str) {
        let Some(file) = self.by_path.get(path).copied() else { return };
        if !self.read.insert(path.to_owned()) {
            return;
        }
        let parsed = option_file::parse(&file.text);
        let mut includes = parsed.includes.into_iter().peekable();
        for (number, option) in parsed.options.into_iter().enumerate() {
            while let Some((_, include)) = includes.next_if(|(before, _)| *before <= number) {
                self.include(&include);
            }
            self.found.options.push((option, file.mount.at.clone()));
        }
        includes.for_each(|(_, include)| self.include(&include));
    }

    fn include(&mut self, include: &Include) {
        if self.depth >= DEEPEST_INCLUDE {
            self.found.unseen = true;
            return;
        }
        self.depth += 1;
        match include {
            Include::File(path) => self.file(path),
            Include::Directory(path) => self.folder(path),
        }
        self.depth -= 1;
    }

    /// The files of a folder that end with `.cnf`, in the order of their names.
    fn folder(&mut self, folder: &str) {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        if !self.read.insert(folder.clone()) {
            return;
        }
        let inside: Vec<&'a str> = self
            .by_path
            .range::<str, _>((Bound::Included(folder.as_str()), Bound::Unbounded))
            .map(|(path, _)| *path)
            .take_while(|path| path.starts_with(&folder))
            .filter(|path| !path[folder.len()..].contains('/') && path.ends_with(".cnf"))
            .collect();
        inside.into_iter().for_each(|path| self.optional(path));
    }
}
