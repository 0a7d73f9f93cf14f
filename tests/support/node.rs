//! A real Kubernetes cluster whose nodes run Pods, started by `tests/node/start.sh`: in namespaces of its
//! own, so that nothing of it is left on the machine, and it ends with the test.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::folder::TemporaryFolder;
use super::kubectl::{Kubectl, Output};
use super::process::{Process, tied};
use super::skip::{skip, tell};
use super::wait;

/// Ready after 11 s on two idle cores; a busy machine gets twenty times that.
const START: Duration = Duration::from_mins(4);

/// How long its end may take, with the removal of what the machines had on their disks.
const END: Duration = Duration::from_mins(1);

/// A control plane and its nodes, `node1` and on. Dropping it ends them and removes their data.
pub(crate) struct Node {
    admin: Kubectl,
    namespaces: AtomicU32,
    importing: Mutex<()>,
    // In the order in which they are dropped.
    process: Process,
    folder: TemporaryFolder,
}

impl Node {
    /// The one that all tests of a program share, each in namespaces of its own. `None`: this machine
    /// cannot have one, which was said, and the test is to return.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Node>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A node for a test alone, for instance to stop its API server.
    pub(crate) fn start() -> Option<Self> {
        Self::start_several(1)
    }

    /// A cluster of several nodes.
    pub(crate) fn start_several(nodes: u32) -> Option<Self> {
        if !can_run() {
            return None;
        }
        let folder = TemporaryFolder::new("node");
        let state = folder.path().join("state");
        let mut command = tied(&script("start.sh"));
        command.arg(&state).arg(nodes.to_string()).env("TIDEGATE_NODE_TARGET", target());
        let mut process = Process::start("node", command, &folder.path().join("start.log"));
        process.wait_until(START, || state.join("ready").exists());
        // kubectl from here, but in the cluster's network.
        let program = target().join("cluster/kubectl");
        let kubectl = folder.write(
            "kubectl",
            format!("#!/bin/sh\nexec nsenter --target {} --net '{}' \"$@\"\n", process.id(), program.display()),
        );
        make_executable(&kubectl);
        let admin = Kubectl::with_kubeconfig(&kubectl, &state.join("admin.kubeconfig"));
        Some(Self { admin, namespaces: AtomicU32::new(0), importing: Mutex::new(()), process, folder })
    }

    /// Runs kubectl as the administrator.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Output {
        self.admin.run(arguments)
    }

    /// Runs kubectl as the administrator with something on standard input, for `-f -`.
    pub(crate) fn kubectl_with_input(&self, arguments: &[&str], input: &str) -> Output {
        self.admin.run_with_input(arguments, input)
    }

    /// Runs kubectl as the administrator with `-o json`.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.admin.json(arguments)
    }

    /// kubectl as the administrator, for another thread.
    pub(crate) fn handle(&self) -> Kubectl {
        self.admin.handle()
    }

    /// The administrator's kubeconfig. Its address is only to be reached by [`Self::client`].
    pub(crate) fn kubeconfig(&self) -> &Path {
        self.admin.kubeconfig()
    }

    /// A new namespace, `PREFIX-NUMBER`, in which Pods can be made.
    #[track_caller]
    pub(crate) fn create_namespace(&self, prefix: &str) -> String {
        let namespace = format!("{prefix}-{}", self.namespaces.fetch_add(1, Ordering::Relaxed));
        self.kubectl(&["create", "namespace", &namespace]).expect_success();
        wait::eventually("the namespace's service account", START, || {
            self.kubectl(&["get", "serviceaccount", "default", "-n", &namespace]).is_success().then_some(())
        });
        namespace
    }

    /// A command of this machine that is a client of the cluster: in its network, and as its administrator.
    pub(crate) fn client(&self, program: &Path) -> Command {
        let mut command = self.run();
        command.arg(program);
        command
    }

    /// Runs a command on one of the cluster's machines, `control-plane` or a node, which must succeed. What
    /// it prints is the answer.
    #[track_caller]
    pub(crate) fn on(&self, machine: &str, command: &[&str]) -> String {
        let mut run = self.run();
        run.args(["--on", machine]).args(command);
        succeed(run)
    }

    /// `restart` kills a program of a machine, as a crash would, and it is started again at once; after
    /// `stop` only when it is told to `start`. Such as `kubelet` of `node1`, `kube-apiserver` of
    /// `control-plane`; and of `cluster` the machines themselves, by their names.
    #[track_caller]
    pub(crate) fn supervise(&self, machine: &str, verb: &str, program: &str) {
        self.on(machine, &["supervise.sh", verb, program]);
    }

    /// Whether the API server says that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        self.kubectl(&["get", "--raw", "/readyz"]).is_success()
    }

    /// Gives a node an image: an archive as `docker save` writes it. It is had under `name`, such as
    /// `docker.io/library/mysql:8.4`, since nodes can pull nothing. What that is in truth, the image says.
    #[track_caller]
    pub(crate) fn import(&self, machine: &str, archive: &Path, name: &str) {
        // One after the other: what two images share would be unpacked twice.
        let _turn = self.importing.lock().unwrap_or_else(PoisonError::into_inner);
        let file = File::open(archive).unwrap_or_else(|error| panic!("{}: {error}", archive.display()));
        let ctr = ["--on", machine, "ctr", "--namespace", "k8s.io", "images"];
        let mut import = self.run();
        import.args(ctr).args(["import", "-"]).stdin(file);
        succeed(import);
        let mut tag = self.run();
        tag.args(ctr).args(["tag", "--force", &own_name(archive), name]);
        succeed(tag);
    }

    /// One of the images that the project builds itself.
    pub(crate) fn own_image(name: &str) -> PathBuf {
        target().join(format!("node/images/{name}.tar"))
    }

    /// The filesystem of a machine, as it is seen from here.
    pub(crate) fn disk(&self, machine: &str) -> PathBuf {
        self.folder.path().join("state").join(machine)
    }

    /// What a program of a machine has logged.
    pub(crate) fn log(&self, machine: &str, program: &str) -> String {
        fs::read_to_string(self.disk(machine).join(format!("var/log/{program}.log"))).unwrap_or_default()
    }

    /// `run.sh` for this cluster.
    fn run(&self) -> Command {
        let mut command = Command::new(script("run.sh"));
        command.env("STATE", self.folder.path().join("state")).env("TIDEGATE_NODE_TARGET", target());
        command.stdin(Stdio::null());
        command
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.process.signal("KILL");
        // What removes the machines' disks has to be done before the folder goes.
        wait::poll(END, || (!self.folder.path().join("state/pid").exists()).then_some(()));
    }
}

/// Whether this machine can have a node. If it cannot, that is said; where nothing but a build is missing,
/// `CI=true` makes it a failure.
fn can_run() -> bool {
    let allowed = Command::new(script("allowed.sh")).output().expect("bash is on this machine");
    if !allowed.status.success() {
        tell(String::from_utf8_lossy(&allowed.stdout).trim());
        return false;
    }
    let needed = ["cluster/kubelet", "node/bin/coredns", "node/images/mysql.inputs", "node/images/mariadb.inputs"];
    match needed.iter().find(|file| !target().join(file).exists()) {
        Some(missing) => {
            skip(&format!("no {missing} in Cargo's target folder; run `make node`"));
            false
        }
        None => true,
    }
}

/// The name that an archive gives its image.
fn own_name(archive: &Path) -> String {
    let mut tar = Command::new("tar");
    tar.arg("-xOf").arg(archive).arg("manifest.json");
    let manifest: Value = serde_json::from_str(&succeed(tar)).expect("it lists the images");
    manifest[0]["RepoTags"][0].as_str().expect("it names the image").to_owned()
}

#[track_caller]
fn succeed(mut command: Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}:\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node").join(name)
}

/// Cargo's target directory, wherever it was told to put it.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is target/tmp")
}

fn make_executable(file: &Path) {
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("it was just written");
}
