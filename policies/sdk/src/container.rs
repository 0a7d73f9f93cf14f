//! Looking around in a container.

use crate::{Container, EnvVar, pointer};

impl Container {
    /// A place in the container: `path(["livenessProbe", "periodSeconds"])`.
    pub fn path<'a>(&self, steps: impl IntoIterator<Item = &'a str>) -> String {
        pointer::join(&self.at, steps)
    }

    /// The environment variable of a name. The last one counts, as in Kubernetes.
    pub fn variable(&self, name: &str) -> Option<&EnvVar> {
        self.env.iter().rfind(|variable| variable.name == name)
    }

    /// True if it is run once before the others.
    pub fn is_init(&self) -> bool {
        self.placement == "init"
    }

    /// True if it was added to a running pod (`kubectl debug`). Such a container cannot be changed.
    pub fn is_ephemeral(&self) -> bool {
        self.placement == "ephemeral"
    }
}
