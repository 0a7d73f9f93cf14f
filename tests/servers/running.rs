//! A server that runs, on data of its own.

use std::path::PathBuf;
use std::time::Duration;

use crate::folder::TemporaryFolder;
use crate::installed::{Installed, text};
use crate::process::Process;

/// How long a server may take to start or to end. One that has nothing to recover needs three seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// The socket's name: a relative one is below the data, and never too long for the kernel.
const SOCKET: &str = "socket";

/// Data, and a server that can be started on it again and again.
pub(crate) struct Data<'a> {
    pub(crate) installed: &'a Installed,
    folder: TemporaryFolder,
}

/// A server that runs. It ends when the value is dropped.
pub(crate) struct Running<'a> {
    data: &'a Data<'a>,
    process: Process,
}

impl<'a> Data<'a> {
    /// The data of a new server.
    pub(crate) fn new(installed: &'a Installed) -> Self {
        let test = std::thread::current().name().unwrap_or("server").replace("::", "-");
        let data = Self { installed, folder: TemporaryFolder::new(&test) };
        installed.initialise(&data.path());
        data
    }

    /// Starts the server with these options, and waits until it answers on its socket.
    pub(crate) fn start(&'a self, options: &[String]) -> Running<'a> {
        let mut command = self.installed.command(self.installed.daemon());
        command.args(self.installed.options_on(&self.path())).arg(format!("--socket={SOCKET}"));
        // Before the options in question, which win.
        command.args(["--bind-address=127.0.0.1", "--innodb-buffer-pool-size=32M", "--innodb-use-native-aio=0"]);
        command.args(options);
        let log = self.folder.path().join("log");
        let process = Process::start(&self.installed.image(), command, &log);
        let mut running = Running { data: self, process };
        let asked = || self.ask(&["ping"]);
        running.process.wait_until(PATIENCE, asked);
        running
    }

    /// Whether the administrator's program, by the socket, ends well.
    pub(crate) fn ask(&self, words: &[&str]) -> bool {
        let program = match self.installed.daemon() {
            "mysqld" => "mysqladmin",
            _ => "mariadb-admin",
        };
        let options = ["--no-defaults".to_owned(), format!("--socket={SOCKET}"), "-uroot".to_owned()];
        let words = options.iter().map(String::as_str).chain(words.iter().copied());
        self.installed.run_within(10, program, words, &self.path(), &[]).status.success()
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Running<'_> {
    /// Runs statements as root, by the socket.
    ///
    /// # Errors
    /// What the client said.
    pub(crate) fn query(&self, statements: &str) -> Result<String, String> {
        let client = match self.data.installed.daemon() {
            "mysqld" => "mysql",
            _ => "mariadb",
        };
        let socket = format!("--socket={SOCKET}");
        let options =
            ["--no-defaults", &socket, "-uroot", "--default-character-set=utf8mb4", "-N", "-B", "-e", statements];
        let output = self.data.installed.run_within(20, client, options, &self.data.path(), &[]);
        if output.status.success() { Ok(text(&output.stdout).trim_end().to_owned()) } else { Err(text(&output.stderr)) }
    }

    /// Ends the server as the kubelet does.
    pub(crate) fn stop(mut self) {
        self.process.signal("TERM");
        let status = self.process.wait_for_exit(PATIENCE);
        assert!(status.success(), "{} ended with {status}: {}", self.data.installed.image(), self.process.log());
    }
}
