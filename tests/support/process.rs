//! A process in the background that does not outlive the test, however that ends.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use super::wait;

/// How many of the last lines of its log a message about a process quotes.
const QUOTED_LINES: usize = 20;

/// A running program with its output in a file. Dropping it kills its whole group.
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// A command for `program` with an empty environment but for `PATH`. When the test process
/// dies, even by SIGKILL, the kernel kills the program: `setpriv` asks for that
/// (`PR_SET_PDEATHSIG`) without any unsafe code of ours, then becomes the program.
pub(crate) fn tied(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

impl Process {
    /// Starts a command made by [`tied`]; what it prints is appended to `log`.
    pub(crate) fn start(name: &str, mut command: Command, log: &Path) -> Self {
        let output = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let errors = output.try_clone().expect("a file handle can be cloned");
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
        let child = spawn(command)
            .unwrap_or_else(|error| panic!("{name} cannot be started (setpriv of util-linux is needed): {error}"));
        Self { name: name.to_owned(), child, log: log.to_owned() }
    }

    /// Its number, which stays when `setpriv` becomes the program.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read(&self.log).map_or_else(
            |error| format!("{}: {error}", self.log.display()),
            |bytes| String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    /// Sends a signal (`TERM`, `STOP`, …) to the process and its descendants.
    pub(crate) fn signal(&self, signal: &str) {
        // The shell's own `kill`: the program of that name is not on every machine.
        let sent = Command::new("sh")
            .args(["-c", r#"kill -s "$1" -- "-$2""#, "sh", signal])
            .arg(self.child.id().to_string())
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "no {signal} to {}", self.name);
    }

    pub(crate) fn wait_for_exit(&mut self, within: Duration) -> ExitStatus {
        match wait::poll(within, || self.exit_status()) {
            Some(status) => status,
            None => panic!("still running after {within:?}: {}", self.report()),
        }
    }

    /// Waits until `ready`; panics with the end of the log if the process ends before that,
    /// or is not ready in time.
    pub(crate) fn wait_until(&mut self, within: Duration, mut ready: impl FnMut() -> bool) {
        let in_time = wait::poll(within, || {
            self.expect_running();
            ready().then_some(())
        });
        assert!(in_time.is_some(), "not ready after {within:?}: {}", self.report());
    }

    /// Panics with the end of the log if the process has ended.
    pub(crate) fn expect_running(&mut self) {
        if let Some(status) = self.exit_status() {
            panic!("ended early ({status}): {}", self.report());
        }
    }

    /// How it ended, once it has.
    pub(crate) fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    fn report(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n");
        format!("{}, whose log ({}) ends with:\n{last}", self.name, self.log.display())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Once waited for, its number may be somebody else's.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("KILL");
            let _ = self.child.wait();
        }
    }
}

type Request = (Command, mpsc::Sender<io::Result<Child>>);

/// The thread that starts every process. To the kernel the parent whose death counts is the
/// thread that forked, not its process, and the test harness ends a thread with each test:
/// a process shared by several tests would die with the first of them.
static SPAWNER: LazyLock<Mutex<mpsc::Sender<Request>>> = LazyLock::new(|| {
    let (requests, inbox) = mpsc::channel::<Request>();
    thread::spawn(move || {
        for (mut command, reply) in inbox {
            let _ = reply.send(command.spawn());
        }
    });
    Mutex::new(requests)
});

fn spawn(command: Command) -> io::Result<Child> {
    let (reply, answer) = mpsc::channel();
    let requests = SPAWNER.lock().expect("nothing panics under this lock").clone();
    requests.send((command, reply)).expect("the spawner never ends");
    answer.recv().expect("the spawner answers")
}
