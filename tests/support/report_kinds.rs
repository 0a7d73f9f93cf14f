//! The kinds of reports, as their projects define them, for a control plane.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::control_plane::ControlPlane;
use super::skip::skip;
use super::wait::eventually;

/// The API server reads a definition in a second; a busy machine gets more.
const SERVED: Duration = Duration::from_secs(30);

/// A group of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportKinds {
    /// `wgpolicyk8s.io`, in a module of Kyverno.
    PolicyReport,
    /// `openreports.io`.
    OpenReports,
}

impl ReportKinds {
    /// What `--reports` calls them.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::PolicyReport => "--reports=policyreport",
            Self::OpenReports => "--reports=openreports",
        }
    }

    /// What kubectl calls the reports of objects in namespaces, and the others.
    pub(crate) fn resources(self) -> [&'static str; 2] {
        match self {
            Self::PolicyReport => ["policyreports.wgpolicyk8s.io", "clusterpolicyreports.wgpolicyk8s.io"],
            Self::OpenReports => ["reports.openreports.io", "clusterreports.openreports.io"],
        }
    }

    /// Installs their definitions, and returns when they are served. False if this machine cannot get them, which was
    /// said, and the test is to return.
    #[must_use]
    pub(crate) fn install(self, cluster: &ControlPlane) -> bool {
        let Some(folder) = self.definitions() else { return false };
        for kind in self.resources() {
            let (plural, group) = kind.split_once('.').expect("a resource with its group");
            let file = folder.join(format!("{group}_{plural}.yaml")).display().to_string();
            cluster.kubectl(&["apply", "--server-side", "-f", &file]).expect_success();
            eventually(kind, SERVED, || cluster.kubectl(&["get", kind, "-A"]).is_success().then_some(()));
        }
        true
    }

    fn definitions(self) -> Option<PathBuf> {
        let (module, folder) = match self {
            Self::PolicyReport => ("github.com/kyverno/kyverno", "config/crds/policyreport"),
            Self::OpenReports => ("github.com/openreports/reports-api", "config/crd"),
        };
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report-kinds");
        let output = Command::new("go").args(["mod", "download", "-json", module]).current_dir(here).output();
        let Ok(output) = output else {
            skip("no Go to fetch the kinds of reports");
            return None;
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let module: Value = serde_json::from_str(&said).expect("go answers in JSON");
        Some(Path::new(module["Dir"].as_str().expect("a module has a folder")).join(folder))
    }
}
