//! kubectl as a given user, with its output as text or JSON.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Value, json};

/// kubectl with a kubeconfig: one user of one control plane.
pub(crate) struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
}

/// What a call of kubectl ended with.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; `kubectl diff` says 1 for a difference, more for a failure.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    arguments: String,
}

impl Output {
    pub(crate) fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// What it printed on standard output; panics with what it said if it failed.
    #[track_caller]
    pub(crate) fn expect_success(self) -> String {
        assert!(self.is_success(), "kubectl {} failed:\n{}", self.arguments, self.stderr);
        self.stdout
    }

    /// What it said on standard error; panics if it succeeded.
    #[track_caller]
    pub(crate) fn expect_failure(self) -> String {
        assert!(!self.is_success(), "kubectl {} succeeded:\n{}", self.arguments, self.stdout);
        self.stderr
    }
}

impl Kubectl {
    /// For the user that a token stands for. Writes the kubeconfig `NAME.kubeconfig`.
    pub(crate) fn with_token(
        program: &Path,
        folder: &Path,
        name: &str,
        port: u16,
        authority_file: &Path,
        token: &str,
    ) -> Self {
        let cluster = json!({
            "server": format!("https://127.0.0.1:{port}"),
            "certificate-authority": authority_file,
        });
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": "tests", "user": name}}],
            "current-context": name,
        });
        let kubeconfig = folder.join(format!("{name}.kubeconfig"));
        fs::write(&kubeconfig, config.to_string()).unwrap_or_else(|error| panic!("{}: {error}", kubeconfig.display()));
        Self { program: program.to_owned(), kubeconfig }
    }

    /// For the user of a kubeconfig that is there.
    pub(crate) fn with_kubeconfig(program: &Path, kubeconfig: &Path) -> Self {
        Self { program: program.to_owned(), kubeconfig: kubeconfig.to_owned() }
    }

    /// The same user, who acts in this namespace unless told otherwise, as a pod's account does.
    pub(crate) fn in_namespace(self, namespace: &str) -> Self {
        let set = ["config", "set-context", "--current", &format!("--namespace={namespace}")];
        self.run(&set).expect_success();
        self
    }

    /// Another handle of the same user.
    pub(crate) fn handle(&self) -> Self {
        Self { program: self.program.clone(), kubeconfig: self.kubeconfig.clone() }
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with_input(arguments, "")
    }

    /// Runs kubectl with `input` as its standard input, for `-f -`.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Output {
        self.run_in(&[], arguments, input)
    }

    /// Runs kubectl with more environment variables, for instance `KUBE_EDITOR`.
    pub(crate) fn run_in(&self, environment: &[(&str, &Path)], arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            // For its caches, which must not outlive the control plane.
            .env("HOME", self.kubeconfig.parent().expect("it is in a folder"))
            // It lives too short for collecting its garbage to pay.
            .env("GOGC", "400")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path); // `kubectl diff` runs `diff`
        }
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let mut stdin = child.stdin.take().expect("standard input is piped");
        let output = thread::scope(|scope| {
            // It may end without having read everything.
            scope.spawn(move || drop(stdin.write_all(input.as_bytes())));
            child.wait_with_output().expect("a child can be waited for")
        });
        Output {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            arguments: arguments.join(" "),
        }
    }

    /// Runs kubectl with `-o json`, which must succeed, and parses what it prints.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.run(&[arguments, &["-o", "json"]].concat()).expect_success();
        serde_json::from_str(&text).expect("kubectl prints JSON")
    }
}
