//! Repairs over real manifests: nothing repairable is left, nothing else changes, and a second run has nothing to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{corpus_files, run, skip};

/// Real manifests, by their path; none if this machine has none.
fn manifests_by_path() -> Option<BTreeMap<PathBuf, String>> {
    let Some(folder) = corpus_files::folder() else {
        skip::tell(corpus_files::NONE);
        return None;
    };
    let texts = corpus_files::files(&folder).into_iter().filter_map(|path| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path.strip_prefix(&folder).unwrap().to_owned(), text))
    });
    Some(texts.collect())
}

/// Repairable findings of a folder: file, rule, place.
fn repairable(folder: &Path) -> Vec<String> {
    let (_, out, err) = run(folder, &["audit", "--no-render", "--format", "json", "."], "");
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {err}"));
    let mut found = Vec::new();
    for object in report["objects"].as_array().unwrap() {
        for finding in object["findings"].as_array().unwrap().iter().filter(|finding| finding["fixed"] == true) {
            found.push(format!("{} {} {}", object["source"]["file"], finding["rule"], finding["at"]));
        }
    }
    found
}

#[test]
fn nothing_repairable_is_left_and_nothing_else_changes() {
    let Some(files) = manifests_by_path() else { return };
    let folder = tempfile::tempdir().unwrap();
    let manifests = folder.path().join("manifests");
    for (path, text) in &files {
        let file = manifests.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let before = repairable(&manifests);
    assert!(before.len() > 100, "only {} findings that can be repaired", before.len());
    let touched: Vec<PathBuf> = before
        .iter()
        .map(|found| PathBuf::from(found.split(' ').next().unwrap().trim_matches('"').trim_start_matches("./")))
        .collect();

    // Each repository has Secrets of its own: names repeat between them.
    let mut repositories: Vec<PathBuf> = files.keys().map(|path| PathBuf::from(path.iter().next().unwrap())).collect();
    repositories.dedup();
    let (mut passwords, mut told) = (0, String::new());
    for (number, repository) in repositories.iter().enumerate() {
        let secrets = folder.path().join(format!("secrets-{number}.yaml")).display().to_string();
        let repository = repository.display().to_string();
        let arguments = ["fix", "--secrets", &secrets, &repository];
        let (code, out, err) = run(&manifests, &arguments, "");
        assert!(code <= 2 && !err.contains("panicked"), "{repository}: {code} {err}");
        let texts: BTreeMap<PathBuf, String> = read_again(&manifests, &files);
        let (_, again, _) = run(&manifests, &arguments, "");
        assert!(
            read_again(&manifests, &files) == texts,
            "{repository}: the second run changed something:\n{out}\n{again}"
        );
        told.push_str(&out);
        passwords += usize::from(Path::new(&secrets).exists());
    }
    assert!(passwords > 10, "Secrets of {passwords} repositories");

    let left = repairable(&manifests);
    let (mut added, mut removed) = (0, 0);
    for (path, text) in &files {
        let after = fs::read_to_string(manifests.join(path)).unwrap();
        let diff = TextDiff::from_lines(text.as_str(), &after);
        for change in diff.iter_all_changes() {
            match change.tag() {
                ChangeTag::Insert => added += 1,
                ChangeTag::Delete => {
                    removed += 1;
                    let line = change.value().trim();
                    assert!(!line.starts_with('#'), "{}: a comment is gone: {line}", path.display());
                }
                ChangeTag::Equal => {}
            }
        }
        assert!(after == *text || touched.contains(path), "{} was changed without a finding", path.display());
    }
    println!(
        "{} findings repaired: {added} lines added, {removed} taken away, {} left: {left:#?}",
        before.len(),
        left.len()
    );
    // Each password is a line that goes; a flow collection and a list of options are a line that is written anew.
    assert!(removed <= before.len(), "{removed} lines were taken away for {} repairs", before.len());
    // Two workloads of one name and of different kinds would share a Secret: the second is told to use another.
    let named_alike = told.matches("cannot have it too").count();
    assert!(left.iter().all(|left| left.contains("MY001")) && left.len() == named_alike, "{left:#?}\n{told}");
}

fn read_again(folder: &Path, files: &BTreeMap<PathBuf, String>) -> BTreeMap<PathBuf, String> {
    files.keys().map(|path| (path.clone(), fs::read_to_string(folder.join(path)).unwrap())).collect()
}
