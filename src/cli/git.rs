//! An earlier state of the files, out of Git.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::{audit, files};

/// The mode of an entry that is a submodule.
const SUBMODULE: &str = "160000";

/// The files of a revision, in a folder of their own for as long as this is held.
pub(super) struct Before {
    folder: TempDir,
    root: PathBuf,
    /// Files that have another name since: what they were called, and what they are.
    renamed: Vec<(PathBuf, PathBuf)>,
}

impl Before {
    /// Takes out what the current branch began with: the last commit that it has in common with
    /// `revision`. Neither the repository nor its index is touched.
    pub(super) fn of(revision: &str) -> anyhow::Result<Self> {
        if revision.starts_with('-') {
            bail!("--diff-base: {revision} is no revision");
        }
        let here = |arguments: &[&str]| run(Command::new("git").args(arguments));
        let root = here(&["rev-parse", "--show-toplevel"]).context("--diff-base needs a work tree of Git")?;
        let root = PathBuf::from(root);
        let unknown = || format!("--diff-base: Git does not know {revision}; in CI, fetch it first");
        here(&["rev-parse", "--verify", &format!("{revision}^{{commit}}")]).with_context(unknown)?;
        let base = here(&["merge-base", revision, "HEAD"]).with_context(|| {
            format!("--diff-base: {revision} and HEAD have no commit in common; in CI, fetch the whole history")
        })?;
        let folder = tempfile::tempdir().context("--diff-base: no folder for the earlier state")?;
        check_out(&root, &base, &folder.path().join("files"), &folder.path().join("index"))?;
        let changes = run(files::git(&root).args(["diff", "--name-status", "--find-renames", "-z", &base]))?;
        Ok(Self { folder, renamed: renamed(&changes), root })
    }

    /// The paths as they were: those that were not there yet are left out.
    pub(super) fn paths(&self, paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
        let here = std::env::current_dir().context("the current folder is gone")?;
        let mut then = Vec::new();
        for path in paths {
            if path.as_os_str() == "-" {
                bail!("--diff-base needs files: standard input was nothing before");
            }
            let whole = audit::plain_path(&here.join(path));
            let whole = whole.canonicalize().unwrap_or(whole);
            let below = whole.strip_prefix(&self.root).with_context(|| {
                format!("--diff-base: {} is outside of the repository {}", path.display(), self.root.display())
            })?;
            let before = self.folder.path().join("files").join(below);
            // A pattern is not there by its name.
            if before.exists() || !path.exists() {
                then.push(before);
            }
            // What was moved into it is nothing new.
            let moved = self.renamed.iter().filter(|(old, new)| new.starts_with(below) && !old.starts_with(below));
            then.extend(moved.map(|(old, _)| self.folder.path().join("files").join(old)));
        }
        Ok(then)
    }
}

/// The renames among what `git diff --name-status -z` prints: a word for the change, the file, and for a rename
/// what it is called now.
fn renamed(changes: &str) -> Vec<(PathBuf, PathBuf)> {
    let mut words = changes.split('\0');
    let mut renamed = Vec::new();
    while let (Some(change), Some(file)) = (words.next(), words.next()) {
        // A copy has two names as well, and is new.
        let other = if change.starts_with(['R', 'C']) { words.next() } else { None };
        if let (true, Some(now)) = (change.starts_with('R'), other) {
            renamed.push((PathBuf::from(file), PathBuf::from(now)));
        }
    }
    renamed
}

/// Writes the files of a commit into a folder, and those of its submodules as it has them, by an index of its own.
fn check_out(repository: &Path, commit: &str, into: &Path, index: &Path) -> anyhow::Result<()> {
    let git = || {
        let mut git = files::git(repository);
        git.env("GIT_INDEX_FILE", index);
        git
    };
    run(git().args(["read-tree", commit]))?;
    let mut prefix = OsString::from("--prefix=");
    prefix.push(into);
    prefix.push("/");
    run(git().args(["checkout-index", "--all"]).arg(prefix))?;
    // The next one takes the index.
    let entries = run(git().args(["ls-files", "--stage", "-z"]))?;
    for (commit, path) in submodules(&entries) {
        let submodule = repository.join(path);
        // One that was never fetched has no files now either.
        if submodule.join(".git").exists() {
            check_out(&submodule, commit, &into.join(path), index).with_context(|| {
                format!("--diff-base: the submodule {path} has no commit {commit}; fetch its history first")
            })?;
        }
    }
    Ok(())
}

/// The submodules among what `git ls-files --stage -z` prints: commit and path.
fn submodules(entries: &str) -> impl Iterator<Item = (&str, &str)> {
    entries.split('\0').filter_map(|entry| {
        let (about, path) = entry.split_once('\t')?;
        let mut about = about.split(' ');
        (about.next() == Some(SUBMODULE)).then_some((about.next()?, path))
    })
}

/// Runs Git, and gives back what it prints.
fn run(git: &mut Command) -> anyhow::Result<String> {
    let output = git.stdin(Stdio::null()).output().context("--diff-base needs git, which cannot be run")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("git says: {}", said.trim().lines().last().unwrap_or("nothing"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
