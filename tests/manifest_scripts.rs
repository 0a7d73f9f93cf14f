//! What the reference manifests are made of: the scripts are in the ConfigMaps as they are in
//! `manifests/scripts/`, shellcheck finds nothing in them, the overlays can be rendered, and all of it runs
//! one image. `make docs` writes the ConfigMaps: it runs this test with `TIDEGATE_WRITE_DOCS=1`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[path = "support/skip.rs"]
mod skip;

/// Of the servers, and of backups: which scripts a ConfigMap holds.
const OF_REPLICATED: &[&str] =
    &["accounts.sh", "clone.sh", "common.sh", "configure.sh", "initialise.sh", "ready.sh", "replicate.sh"];
const OF_SINGLE: &[&str] = &["accounts.sh", "common.sh", "initialise.sh"];
const OF_BACKUPS: &[&str] = &["backup.sh", "common.sh", "restore-check.sh"];

#[test]
fn the_config_maps_hold_the_scripts() {
    for (folder, namespace, of_servers) in
        [("replicated", "mysql", OF_REPLICATED), ("single", "mysql-single", OF_SINGLE)]
    {
        for (file, name, scripts) in [
            ("21-scripts.yaml", "mysql-scripts", of_servers),
            ("22-backup-scripts.yaml", "mysql-backup-scripts", OF_BACKUPS),
        ] {
            let file = manifests().join(folder).join(file);
            let wanted = config_map(namespace, folder, name, scripts);
            if env::var_os("TIDEGATE_WRITE_DOCS").is_some() {
                fs::write(&file, &wanted).unwrap();
            }
            let there = fs::read_to_string(&file).unwrap_or_default();
            assert!(there == wanted, "{} is not what manifests/scripts/ says; run `make docs`", file.display());
        }
    }
}

/// A ConfigMap with these scripts, as text.
fn config_map(namespace: &str, instance: &str, name: &str, scripts: &[&str]) -> String {
    let mut text = format!(
        "# Written from ../scripts/ by `make docs`: change them there.\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  \
         namespace: {namespace}\n  name: {name}\n  labels:\n    app.kubernetes.io/name: mysql\n    \
         app.kubernetes.io/instance: {instance}\ndata:\n"
    );
    for script in scripts {
        writeln!(text, "  {script}: |").unwrap();
        for line in fs::read_to_string(manifests().join("scripts").join(script)).unwrap().lines() {
            writeln!(text, "{}", if line.is_empty() { String::new() } else { format!("    {line}") }).unwrap();
        }
    }
    text
}

#[test]
fn shellcheck_finds_nothing() {
    let scripts = [manifests(), root().join("tests/replication")].into_iter().flat_map(files);
    let scripts: Vec<PathBuf> = scripts.filter(|file| file.extension().is_some_and(|ending| ending == "sh")).collect();
    assert!(scripts.len() > 10, "{scripts:?}");
    let Ok(output) = Command::new("shellcheck").args(["-x", "-P", "SCRIPTDIR"]).args(&scripts).output() else {
        skip::skip("no shellcheck; `make test` installs it");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn all_of_it_runs_one_image_by_its_digest() {
    let mut images: Vec<String> = Vec::new();
    for file in files(manifests()).iter().filter(|file| file.extension().is_some_and(|ending| ending == "yaml")) {
        let text = fs::read_to_string(file).unwrap();
        images.extend(text.lines().filter_map(|line| line.trim().strip_prefix("image: ").map(str::to_owned)));
    }
    assert!(images.len() > 10, "{images:?}");
    let (series, digest) = images[0].split_once("@sha256:").unwrap();
    assert!(series.starts_with("mysql:8.4.") && digest.len() == 64, "{}", images[0]);
    assert!(images.iter().all(|image| *image == images[0]), "{images:#?}");
    let told = fs::read_to_string(manifests().join("README.md")).unwrap();
    assert!(told.contains(series), "manifests/README.md does not tell of {series}");
}

#[test]
fn the_overlays_put_other_volumes_in_place_of_ebs() {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("cluster").join("kubectl");
    let kubectl = if built.is_file() { built } else { PathBuf::from("kubectl") };
    let mut overlays = 0;
    for file in files(manifests().join("overlays")) {
        let folder = file.parent().unwrap();
        if !file.ends_with("kustomization.yaml") || folder.ends_with("class") {
            continue;
        }
        overlays += 1;
        let Ok(output) = Command::new(&kubectl).arg("kustomize").arg(folder).output() else {
            skip::skip("no kubectl");
            return;
        };
        let rendered = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
        assert!(!rendered.contains("mysql-gp2") && !rendered.contains("ebs.csi"), "{}", folder.display());
        // Everything of the folder is there, and its claims name the class that is.
        let base = manifests().join(folder.file_name().unwrap());
        let own = fs::read_to_string(base.join("Kustomization")).unwrap();
        for entry in fs::read_dir(&base).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
            assert_eq!(
                entry.ends_with(".yaml"),
                own.contains(&format!("  - {entry}\n")),
                "{}: {entry}",
                base.display()
            );
        }
        let class = fs::read_to_string(folder.with_file_name("class").join("class.yaml")).unwrap();
        let class = class.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap();
        let named = rendered.lines().filter_map(|line| line.trim().strip_prefix("storageClassName: "));
        let named: Vec<&str> = named.collect();
        assert!(named.len() > 1 && named.iter().all(|name| *name == class), "{}: {named:?}", folder.display());
    }
    assert_eq!(overlays, 6);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn manifests() -> PathBuf {
    root().join("manifests")
}

/// All files below a folder.
fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(path)) } else { found.push(path) }
    }
    found.sort();
    found
}
