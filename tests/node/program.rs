//! The program under test: run as a user would, and as the image that the gate's pods have.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::node::Node;

/// Runs the program as the cluster's administrator; it has to succeed.
#[track_caller]
pub(crate) fn tidegate(cluster: &Node, arguments: &[&str]) -> String {
    let mut command = cluster.client(Path::new(env!("CARGO_BIN_EXE_tidegate")));
    let output = command.args(arguments).env("KUBECONFIG", cluster.kubeconfig()).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        let pods = cluster.kubectl(&["describe", "pods", "--all-namespaces"]).stdout;
        let logs =
            cluster.kubectl(&["logs", "-n", "tidegate-system", "-l", "app.kubernetes.io/name=tidegate", "--tail=30"]);
        panic!("tidegate {arguments:?}: {}{}\n{pods}\n{}", said(&output.stdout), said(&output.stderr), logs.stdout);
    }
    said(&output.stdout)
}

/// The image of the program under test. Without what is only for a debugger: it is copied into each container.
pub(crate) fn gate_image() -> &'static Path {
    static IMAGE: OnceLock<PathBuf> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gate-image");
        std::fs::create_dir_all(&folder).unwrap();
        let (program, image) = (folder.join("tidegate"), folder.join("tidegate.tar"));
        let mut strip = Command::new("strip");
        strip.arg("--strip-debug").arg("-o").arg(&program).arg(env!("CARGO_BIN_EXE_tidegate"));
        assert!(strip.status().unwrap().success(), "{strip:?}");
        let mut make = Command::new(env!("CARGO"));
        make.args(["run", "--quiet", "--package", "xtask", "--", "image", "--program"]).arg(&program);
        make.arg("--output").arg(&image).args(["--name", "tidegate.test/tidegate:1"]);
        let made = make.output().unwrap();
        assert!(made.status.success(), "{make:?}: {}", String::from_utf8_lossy(&made.stderr));
        image
    })
}
