//! `tidegate policy`: what authors of policies have, as they start it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bench;
mod cases;
#[path = "../support/command.rs"]
mod command;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};

use command::{Outcome, tidegate_in};
use tempfile::TempDir;

/// A folder as an author has it: a component, cases, perhaps a document.
struct Folder(TempDir);

impl Folder {
    /// With the component of a built-in policy.
    fn of(policy: &str) -> Self {
        Self::with(&components().join(format!("components/{policy}.wasm")))
    }

    /// With the component that does wrong as its settings say.
    fn misbehaving() -> Self {
        Self::with(&components().join("guests/misbehaving.wasm"))
    }

    fn with(component: &Path) -> Self {
        let folder = Self(TempDir::new().unwrap());
        fs::create_dir_all(folder.path("build")).unwrap();
        fs::create_dir_all(folder.path("cases")).unwrap();
        fs::copy(component, folder.path("build").join(component.file_name().unwrap())).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn policy(&self, arguments: &[&str]) -> Outcome {
        tidegate_in(self.0.path(), &[&["policy"], arguments].concat(), "")
    }
}

fn components() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target")
}

/// A Deployment of MySQL whose pods have so many seconds to end.
fn deployment(seconds: u32) -> String {
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
