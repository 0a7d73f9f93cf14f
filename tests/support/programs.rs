//! Where etcd, kube-apiserver, kube-controller-manager, kubectl, Helm and kubeseal are on this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::skip::skip;

/// The programs of a control plane, and those that its users have, each by its path.
pub(crate) struct Programs {
    pub(crate) etcd: PathBuf,
    pub(crate) api_server: PathBuf,
    pub(crate) controller_manager: PathBuf,
    pub(crate) kubectl: PathBuf,
    pub(crate) three_way_merge: PathBuf,
    pub(crate) helm: PathBuf,
    pub(crate) kubeseal: PathBuf,
}

impl Programs {
    /// The programs of the folder that `KUBEBUILDER_ASSETS` names, of `target/cluster`, or of
    /// the `PATH`, whichever has them all first. Else they are built, which takes minutes.
    ///
    /// Without Go that cannot be: the caller is to leave its test, which is then reported as
    /// passed, so a line on standard error says what was skipped. Where `CI=true` it panics.
    pub(crate) fn find_or_build() -> Option<Self> {
        let built = target_folder().join("cluster");
        let assets = env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
        let path = env::var_os("PATH").unwrap_or_default();
        if let Some(found) = assets
            .and_then(|folder| Self::in_folders(&[folder]))
            .or_else(|| Self::in_folders(std::slice::from_ref(&built)))
            .or_else(|| Self::in_folders(&env::split_paths(&path).collect::<Vec<_>>()))
        {
            return Some(found);
        }
        if !env::split_paths(&path).any(|folder| folder.join("go").is_file()) {
            skip(
                "no kube-apiserver, etcd, kube-controller-manager, kubectl, helm and kubeseal, and no Go to build them",
            );
            return None;
        }
        build(&built);
        Some(Self::in_folders(&[built]).expect("the build makes them all"))
    }

    fn in_folders(folders: &[PathBuf]) -> Option<Self> {
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        Some(Self {
            etcd: find("etcd")?,
            api_server: find("kube-apiserver")?,
            controller_manager: find("kube-controller-manager")?,
            kubectl: find("kubectl")?,
            // Of these tests alone: a folder that was built before there was one lacks it, and is built anew.
            three_way_merge: find("three-way-merge")?,
            helm: find("helm")?,
            kubeseal: find("kubeseal")?,
        })
    }
}

/// Cargo's target directory, wherever it was told to put it.
fn target_folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is target/tmp")
}

fn build(into: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/build.sh");
    let status =
        Command::new(&script).arg(into).status().unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    assert!(status.success(), "{} failed ({status})", script.display());
}
