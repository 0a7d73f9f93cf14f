//! A folder as an author has it, and what is tried in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Outcome, tidegate_in};
use tempfile::TempDir;

/// A folder as an author has it: a component, cases, perhaps a document.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// With the component of a built-in policy.
    pub(crate) fn of(policy: &str) -> Self {
        Self::with(&components().join(format!("components/{policy}.wasm")))
    }

    /// With the component that does wrong as its settings say.
    pub(crate) fn misbehaving() -> Self {
        Self::with(&components().join("guests/misbehaving.wasm"))
    }

    pub(crate) fn with(component: &Path) -> Self {
        let folder = Self(TempDir::new().unwrap());
        fs::create_dir_all(folder.path("build")).unwrap();
        fs::create_dir_all(folder.path("cases")).unwrap();
        fs::copy(component, folder.path("build").join(component.file_name().unwrap())).unwrap();
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn policy(&self, arguments: &[&str]) -> Outcome {
        tidegate_in(self.0.path(), &[&["policy"], arguments].concat(), "")
    }
}

pub(crate) fn components() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target")
}

/// A Deployment of MySQL whose pods have so many seconds to end.
pub(crate) fn deployment(seconds: u32) -> String {
    format!(
        "object:
  apiVersion: apps/v1
  kind: Deployment
  metadata: {{ name: mysql, namespace: shop }}
  spec:
    selector: {{ matchLabels: {{ app: mysql }} }}
    template:
      metadata: {{ labels: {{ app: mysql }} }}
      spec:
        terminationGracePeriodSeconds: {seconds}
        containers:
          - {{ name: mysql, image: \"mysql:8.4\" }}
"
    )
}
