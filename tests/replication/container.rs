//! A container: a program in namespaces of its own, which sees the image and its pod's volumes.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::network::Sandbox;
use crate::process::{Process, tied};
use crate::wait::eventually;

/// Where the image looks for programs.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// How long the namespaces may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a container is to be.
pub(crate) struct Plan {
    pub(crate) name: String,
    /// Arguments of `enter.sh` before the mounts: the image's layers, and the pod's `/etc/hosts`.
    pub(crate) layers: [PathBuf; 3],
    /// Whether it may write there, what is mounted, and where.
    pub(crate) mounts: Vec<(bool, PathBuf, String)>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) command: Vec<String>,
}

/// A container that runs, or ran. Dropping it kills all of its processes at once, as SIGKILL of the
/// kubelet does.
pub(crate) struct Container {
    process: Process,
    environment: Vec<(String, String)>,
}

/// What a program that was run in a container printed, and whether it ended well.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) success: bool,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Container {
    /// Starts it in a pod; its files are in the pod's folder.
    pub(crate) fn start(plan: &Plan, sandbox: &Sandbox, folder: &Path) -> Self {
        let root = folder.join(format!("{}.root", plan.name));
        fs::create_dir_all(&root).unwrap();
        let mut mounts = String::new();
        for (writable, source, target) in &plan.mounts {
            let mode = if *writable { "rw" } else { "ro" };
            writeln!(mounts, "{mode} {} {target}", source.display()).unwrap();
        }
        let list = folder.join(format!("{}.mounts", plan.name));
        fs::write(&list, mounts).unwrap();

        let mut command = tied(Path::new("nsenter"));
        command.args(["--target", &sandbox.id().to_string(), "--net", "--uts", "unshare"]);
        command.args(["--mount", "--pid", "--ipc", "--fork", "--kill-child", "sh"]);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replication/enter.sh"));
        command.arg(root).args(&plan.layers).arg(list).args(&plan.command);
        command.env("PATH", PATH).envs(plan.environment.iter().map(|(name, value)| (name, value)));
        let log = folder.join(format!("{}.log", plan.name));
        Self { process: Process::start(&plan.name, command, &log), environment: plan.environment.clone() }
    }

    /// Everything that it and the ones before it of that name printed.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, within: Duration) -> ExitStatus {
        self.process.wait_for_exit(within)
    }

    /// Whether it ended well, once it has ended.
    pub(crate) fn ended(&mut self) -> Option<bool> {
        self.process.exit_status().map(|status| status.success())
    }

    /// Panics if it ended.
    pub(crate) fn expect_running(&mut self) {
        self.process.expect_running();
    }

    /// Tells its first process to end, as the kubelet does.
    pub(crate) fn terminate(&mut self, within: Duration) {
        let sent = Command::new("sh").args(["-c", &format!("kill -s TERM {}", self.first())]).status().unwrap();
        assert!(sent.success());
        self.wait(within);
    }

    /// Runs a program in it as the user mysql, with this input.
    pub(crate) fn run(&self, words: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &str) -> Outcome {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=1", "60", "nsenter", "--target", &self.first().to_string()]);
        command.args(["--mount", "--net", "--uts", "--ipc", "--pid", "--root", "setpriv"]);
        command.args(["--reuid", "999", "--regid", "999", "--clear-groups", "--"]);
        command.args(["env", "--chdir=/"]).args(words);
        command.env_clear().env("PATH", PATH).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        Outcome { success: output.status.success(), output: text(&output.stdout), errors: text(&output.stderr) }
    }

    /// The number that its first process has outside.
    fn first(&self) -> u32 {
        let id = self.process.id();
        eventually("a container's first process", PATIENCE, || {
            let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
            let first = children.split_whitespace().next()?.parse().ok()?;
            // Only then it sees the image, and no longer this machine.
            let inside = format!("/proc/{first}/root/usr/local/bin/docker-entrypoint.sh");
            Path::new(&inside).exists().then_some(first)
        })
    }
}
