//! Makes the gate's image, without a daemon: the program, the libraries that it is linked with, and nothing else.
//!
//! The file is both an OCI image layout and what `docker load` reads, so that `ctr images import`, `docker load`,
//! `podman load` and `skopeo copy oci-archive:` all take it. The same program makes the same image: no times, no names of
//! the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Any user but root; in distroless images it is called `nonroot`.
const USER: &str = "65532";
/// Where the program is.
const PROGRAM: &str = "usr/bin/tidegate";
/// The authorities of the web, for policies' code from registries; Debian's package ca-certificates has them.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// What an image is made of.
pub(crate) struct Image {
    /// The program.
    pub(crate) program: PathBuf,
    /// `tidegate:0.1.0`.
    pub(crate) name: String,
    /// `0.1.0`.
    pub(crate) version: String,
    /// The file to be written.
    pub(crate) file: PathBuf,
}

/// What was made.
pub(crate) struct Made {
    /// The file's size, in bytes.
    pub(crate) size: u64,
    /// `sha256:…` of its manifest.
    pub(crate) digest: String,
    /// How many libraries are in it.
    pub(crate) libraries: usize,
}

impl Image {
    /// Writes the file.
    pub(crate) fn make(&self) -> Result<Made> {
        let libraries = libraries(&self.program)?;
        // What changes seldom is a layer of its own, so that a new version brings only its program.
        let mut base: BTreeMap<String, Entry> = BTreeMap::from([
            ("etc/passwd".to_owned(), Entry::text(format!("nonroot:x:{USER}:{USER}:nonroot:/:/sbin/nologin\n"))),
            ("etc/group".to_owned(), Entry::text(format!("nonroot:x:{USER}:\n"))),
            ("etc/nsswitch.conf".to_owned(), Entry::text("hosts: files dns\n".to_owned())),
        ]);
        if Path::new(AUTHORITIES).is_file() {
            base.insert(AUTHORITIES.trim_start_matches('/').to_owned(), Entry::file(Path::new(AUTHORITIES), 0o644)?);
        }
        for library in &libraries {
            base.insert(library.trim_start_matches('/').to_owned(), Entry::file(Path::new(library), 0o755)?);
        }
        let program = BTreeMap::from([(PROGRAM.to_owned(), Entry::file(&self.program, 0o755)?)]);
        let layers = [layer(&base)?, layer(&program)?];
        let (size, digest) = self.write(&layers)?;
        Ok(Made { size, digest, libraries: libraries.len() })
    }

    fn write(&self, layers: &[Vec<u8>]) -> Result<(u64, String)> {
        let blob = |bytes: &[u8]| format!("{:x}", Sha256::digest(bytes));
        let ids: Vec<String> = layers.iter().map(|layer| blob(layer)).collect();
        let config = serde_json::to_vec(&self.config(&ids))?;
        let described = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": format!("sha256:{}", blob(bytes)), "size": bytes.len() });
        let manifest = serde_json::to_vec(&json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": described("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers
                .iter()
                .map(|layer| described("application/vnd.oci.image.layer.v1.tar", layer))
                .collect::<Vec<_>>(),
        }))?;
        let mut entry = described("application/vnd.oci.image.manifest.v1+json", &manifest);
        entry["annotations"] = json!({
            // What containerd calls the image, and what others do.
            "io.containerd.image.name": containerd_name(&self.name),
            "org.opencontainers.image.ref.name": self.name,
        });
        let path = |bytes: &[u8]| format!("blobs/sha256/{}", blob(bytes));
        let mut files: BTreeMap<String, Entry> = BTreeMap::from([
            ("oci-layout".to_owned(), Entry::json(&json!({ "imageLayoutVersion": "1.0.0" }))?),
            ("index.json".to_owned(), Entry::json(&json!({ "schemaVersion": 2, "manifests": [entry] }))?),
            (
                // For docker load.
                "manifest.json".to_owned(),
                Entry::json(&json!([{
                    "Config": path(&config),
                    "RepoTags": [self.name],
                    "Layers": layers.iter().map(|layer| path(layer)).collect::<Vec<_>>(),
                }]))?,
            ),
        ]);
        let digest = format!("sha256:{}", blob(&manifest));
        for bytes in layers.iter().cloned().chain([config, manifest]) {
            files.insert(path(&bytes), Entry { bytes, mode: 0o644 });
        }
        let archive = layer(&files)?;
        let parent = self.file.parent().context("the image's file has no folder")?;
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        let beside = self.file.with_extension("tar.part");
        let mut out = fs::File::create(&beside).with_context(|| beside.display().to_string())?;
        out.write_all(&archive)?;
        fs::rename(&beside, &self.file).with_context(|| self.file.display().to_string())?;
        Ok((archive.len() as u64, digest))
    }

    fn config(&self, layers: &[String]) -> Value {
        json!({
            "architecture": architecture(),
            "os": "linux",
            "config": {
                "User": format!("{USER}:{USER}"),
                "Entrypoint": [format!("/{PROGRAM}")],
                "Cmd": ["serve"],
                "Env": ["PATH=/usr/bin", format!("SSL_CERT_FILE={AUTHORITIES}")],
                "WorkingDir": "/",
                "Labels": {
                    "org.opencontainers.image.title": "tidegate",
                    "org.opencontainers.image.description": "An admission gate for MySQL on Kubernetes",
                    "org.opencontainers.image.version": self.version,
                    "org.opencontainers.image.licenses": "Apache-2.0",
                },
            },
            "rootfs": {
                "type": "layers",
                "diff_ids": layers.iter().map(|id| format!("sha256:{id}")).collect::<Vec<_>>(),
            },
        })
    }
}

/// As `GOARCH` has it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// The whole name, as containerd keeps images.
fn containerd_name(name: &str) -> String {
    let first = name.split('/').next().unwrap_or_default();
    let has_registry = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    match (has_registry, name.contains('/')) {
        (true, _) => name.to_owned(),
        (false, true) => format!("docker.io/{name}"),
        (false, false) => format!("docker.io/library/{name}"),
    }
}

/// A file of an archive.
struct Entry {
    bytes: Vec<u8>,
    mode: u32,
}

impl Entry {
    fn text(text: String) -> Self {
        Self { bytes: text.into_bytes(), mode: 0o644 }
    }

    fn json(value: &Value) -> Result<Self> {
        Ok(Self { bytes: serde_json::to_vec(value)?, mode: 0o644 })
    }

    fn file(path: &Path, mode: u32) -> Result<Self> {
        Ok(Self { bytes: fs::read(path).with_context(|| path.display().to_string())?, mode })
    }
}

/// An archive of files, in the order of their names, that says nothing of when and by whom it was made.
fn layer(files: &BTreeMap<String, Entry>) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut folders = BTreeSet::new();
    for path in files.keys() {
        let above = Path::new(path).ancestors().skip(1);
        folders.extend(above.filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned));
    }
    for folder in folders {
        let mut header = header(tar::EntryType::Directory, 0, 0o755);
        archive.append_data(&mut header, format!("{}/", folder.display()), std::io::empty())?;
    }
    for (path, Entry { bytes, mode }) in files {
        let mut header = header(tar::EntryType::Regular, bytes.len() as u64, *mode);
        archive.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(archive.into_inner()?)
}

fn header(kind: tar::EntryType, size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// The paths of the libraries that a program is linked with, and of what loads them; none if it is linked with none.
fn libraries(program: &Path) -> Result<Vec<String>> {
    let output = Command::new("ldd").arg(program).output().context("ldd, of Debian's package libc-bin")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    if text.contains("statically linked") || complaint.contains("not a dynamic executable") {
        return Ok(Vec::new());
    }
    if !output.status.success() {
        bail!("ldd {}: {}{}", program.display(), text.trim(), complaint.trim());
    }
    read_ldd(&text)
}

fn read_ldd(text: &str) -> Result<Vec<String>> {
    let mut libraries = Vec::new();
    for line in text.lines().map(str::trim) {
        let path = line.split_once("=>").map_or(line, |(_, path)| path).split(" (").next().unwrap_or_default().trim();
        if path == "not found" {
            bail!("the program needs what this machine does not have: {line}");
        }
        // The kernel's own has no file.
        if path.starts_with('/') {
            libraries.push(path.to_owned());
        }
    }
    Ok(libraries)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_ldd_says() {
        let text = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibgcc_s.so.1 => /lib/x86_64-linux-gnu/libgcc_s.so.1 (0x00007f)\n\t\
                    /lib64/ld-linux-x86-64.so.2 (0x00007f)\n";
        let paths = read_ldd(text).unwrap();
        assert_eq!(paths, ["/lib/x86_64-linux-gnu/libgcc_s.so.1", "/lib64/ld-linux-x86-64.so.2"]);
        assert!(read_ldd("\tlibmissing.so.1 => not found\n").is_err());
    }

    #[test]
    fn names_as_containerd_has_them() {
        for (name, whole) in [
            ("tidegate:0.1.0", "docker.io/library/tidegate:0.1.0"),
            ("team/tidegate:1", "docker.io/team/tidegate:1"),
            ("registry.example.com/tidegate:1", "registry.example.com/tidegate:1"),
            ("localhost:5000/tidegate:1", "localhost:5000/tidegate:1"),
        ] {
            assert_eq!(containerd_name(name), whole);
        }
    }

    #[test]
    fn the_same_program_makes_the_same_image() {
        let folder = std::env::temp_dir().join(format!("tidegate-image-{}", std::process::id()));
        let image = |file: &str| Image {
            program: "/bin/true".into(),
            name: "tidegate:test".to_owned(),
            version: "0.0.0".to_owned(),
            file: folder.join(file),
        };
        let (first, second) = (image("a.tar").make().unwrap(), image("b.tar").make().unwrap());
        assert_eq!(first.digest, second.digest);
        assert_eq!(fs::read(folder.join("a.tar")).unwrap(), fs::read(folder.join("b.tar")).unwrap());
        let mut archive = tar::Archive::new(fs::File::open(folder.join("a.tar")).unwrap());
        let names: Vec<String> =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        for name in ["oci-layout", "index.json", "manifest.json"] {
            assert!(names.iter().any(|one| one == name), "no {name} in {names:?}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
