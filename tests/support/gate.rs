//! The gate as a process of its own, the way it runs in a cluster.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use super::certificates::Certificates;
use super::folder::TemporaryFolder;
use super::https::Server;
use super::port;
use super::process::{Process, tied};

/// The first start compiles the policies, with a compiler that is itself not optimised when
/// the tests run on it.
const START: Duration = Duration::from_mins(1);

/// More than `terminationGracePeriodSeconds` is by default.
const STOP: Duration = Duration::from_secs(40);

/// A running `tidegate serve`. Dropping it kills it.
pub(crate) struct Gate {
    // In the order in which they are dropped.
    process: Process,
    port: u16,
    certificates: Certificates,
    builder: Builder,
    folder: TemporaryFolder,
}

/// How to start a gate.
pub(crate) struct Builder {
    kubeconfig: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    working_folder: Option<PathBuf>,
}

impl Gate {
    /// A gate that reaches its control plane by `kubeconfig`, with the founding policies.
    pub(crate) fn builder(kubeconfig: &Path) -> Builder {
        let (arguments, environment) = (Vec::new(), Vec::new());
        Builder { kubeconfig: kubeconfig.to_owned(), arguments, environment, working_folder: None }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// For requests to the gate without an API server between.
    pub(crate) fn server(&self) -> Server<'_> {
        Server { port: self.port, authority: &self.certificates.authority }
    }

    /// Everything that it has printed, on standard output and standard error.
    pub(crate) fn logs(&self) -> String {
        self.process.log()
    }

    /// Sends a signal: `TERM`, or `STOP` and `CONT` for a gate that hangs.
    pub(crate) fn signal(&self, signal: &str) {
        self.process.signal(signal);
    }

    /// Kills it, as a node that fails would, and starts it again at the same address. Its log goes on.
    pub(crate) fn restart(&mut self) {
        self.process.signal("KILL");
        self.process.wait_for_exit(STOP);
        let command = self.builder.command(self.port, &self.certificates);
        self.process = Process::start("tidegate", command, &log(&self.folder));
        self.wait_until_ready();
    }

    fn wait_until_ready(&mut self) {
        let Self { process, certificates, port, .. } = self;
        let server = Server { port: *port, authority: &certificates.authority };
        process.wait_until(START, || server.get("/readyz").is_ok_and(|response| response.status == 200));
    }

    /// Asks it to end, as the kubelet does, and returns how it ended and all that it logged.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        self.process.signal("TERM");
        let status = self.process.wait_for_exit(STOP);
        (status, self.process.log())
    }
}

impl Builder {
    /// Adds a policy document.
    pub(crate) fn policy(self, file: &Path) -> Self {
        self.argument("--policy").argument(file)
    }

    /// Adds an argument to `tidegate serve`.
    pub(crate) fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets an environment variable. By default there are only `PATH`, `HOME`, `KUBECONFIG`,
    /// `TIDEGATE_WEBHOOKS=leave` and `RUST_LOG=trace`.
    pub(crate) fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts it in this folder. By default it is the tests' own.
    pub(crate) fn working_folder(mut self, folder: &Path) -> Self {
        self.working_folder = Some(folder.to_owned());
        self
    }

    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(self) -> Gate {
        let folder = TemporaryFolder::new("gate");
        let certificates = Certificates::write_to(folder.path());
        let port = port::free();
        let process = Process::start("tidegate", self.command(port, &certificates), &log(&folder));
        let mut gate = Gate { process, port, certificates, builder: self, folder };
        gate.wait_until_ready();
        gate
    }

    fn command(&self, port: u16, certificates: &Certificates) -> Command {
        let mut command = tied(Path::new(env!("CARGO_BIN_EXE_tidegate")));
        command
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .arg("--tls-cert")
            .arg(&certificates.certificate_file)
            .arg("--tls-key")
            .arg(&certificates.key_file)
            .args(["--log-format", "json"])
            .args(&self.arguments)
            // Compiled policies are kept here for the other gates of this run and the next.
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("KUBECONFIG", &self.kubeconfig)
            // No value of a password may be logged at any level.
            .env("RUST_LOG", "trace")
            // Most tests say themselves what is sent; those of webhooks let the gate do it.
            .env("TIDEGATE_WEBHOOKS", "leave")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.working_folder {
            command.current_dir(folder);
        }
        command
    }
}

fn log(folder: &TemporaryFolder) -> PathBuf {
    folder.path().join("gate.log")
}
