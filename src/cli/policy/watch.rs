//! Waits until something of a policy changes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::authoring::Place;

/// How long nothing may change before it counts as one change: editors and compilers write in steps.
const QUIET: Duration = Duration::from_millis(100);

/// Watches a policy's cases, component and document.
pub(super) struct Watcher {
    watched: Watched,
    changes: Receiver<notify::Result<Event>>,
    /// It ends with this.
    _system: RecommendedWatcher,
}

/// What counts. Folders are watched, not files: programs put new files in the places of old ones.
struct Watched {
    cases: PathBuf,
    files: Vec<PathBuf>,
}

impl Watcher {
    /// Begins to watch.
    pub(super) fn of(place: &Place) -> anyhow::Result<Self> {
        let (sender, changes) = mpsc::channel();
        let mut system = notify::recommended_watcher(sender).context("changes cannot be watched")?;
        let mut watched = Watched { cases: whole(&place.cases)?, files: Vec::new() };
        let mut folders = vec![watched.cases.clone()];
        for file in place.component.iter().chain(&place.document) {
            let file = whole(file)?;
            folders.extend(file.parent().map(Path::to_owned));
            watched.files.push(file);
        }
        folders.sort();
        folders.dedup();
        for folder in &folders {
            let cannot = || format!("{} cannot be watched", folder.display());
            system.watch(folder, RecursiveMode::NonRecursive).with_context(cannot)?;
        }
        Ok(Self { watched, changes, _system: system })
    }

    /// Waits for a change, and until it is complete; tells the first file that changed.
    pub(super) fn wait(&self) -> anyhow::Result<PathBuf> {
        let mut first = None;
        loop {
            let event = match &first {
                None => self.changes.recv().context("changes are watched no more")?,
                Some(file) => match self.changes.recv_timeout(QUIET) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => return Ok(PathBuf::clone(file)),
                    Err(RecvTimeoutError::Disconnected) => anyhow::bail!("changes are watched no more"),
                },
            };
            let event = event.context("changes cannot be watched")?;
            if first.is_none() && !matches!(event.kind, EventKind::Access(_)) {
                first = event.paths.into_iter().find(|path| self.watched.holds(path));
            }
        }
    }
}

impl Watched {
    fn holds(&self, path: &Path) -> bool {
        let is_case = path.parent() == Some(self.cases.as_path())
            && path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        is_case || self.files.iter().any(|file| file == path)
    }
}

fn whole(path: &Path) -> anyhow::Result<PathBuf> {
    path.canonicalize().with_context(|| format!("{} cannot be watched", path.display()))
}
