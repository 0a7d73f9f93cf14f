//! `policy test --watch`: a change is seen, whatever it is that changes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use super::{Folder, components, deployment};

/// Longer than any run takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The command while it runs.
struct Watching {
    process: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Folder) -> Self {
        // One pipe for both, so that what is said comes in its order.
        let (reader, writer) = std::io::pipe().unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .args(["policy", "test", "--watch"])
            .current_dir(folder.path(""))
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            BufReader::new(reader).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { process, lines }
    }

    /// All that is said until it waits again.
    fn round(&self) -> String {
        let mut said = String::new();
        while !said.contains("Ctrl-C ends") {
            said.push_str(&self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("silent after:\n{said}")));
            said.push('\n');
        }
        said
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_change_of_a_case_of_the_component_or_of_the_document_runs_the_cases_again() {
    let folder = Folder::of("grace-period");
    let case = format!("about: Two minutes.\n{}expect: {{ decision: allow, findings: [] }}\n", deployment(120));
    let document = |action: &str| {
        format!(
            "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: patience }}\nspec: {{ module: \
             builtin://x, action: {action} }}\n"
        )
    };
    folder.write("cases/a.yaml", &case);
    folder.write("policy.yaml", &document("fix"));
    let watching = Watching::start(&folder);
    let said = watching.round();
    assert!(said.contains("patience: 1 case in "), "{said}");

    folder.write("cases/b.yaml", &case.replace("allow", "deny"));
    let said = watching.round();
    assert!(said.contains("cases/b.yaml changed") && said.contains("FAILED  b"), "{said}");

    // As editors do it: a new file takes the place of the old one.
    folder.write("new", &case);
    fs::rename(folder.path("new"), folder.path("cases/b.yaml")).unwrap();
    let said = watching.round();
    assert!(said.contains("ok      b"), "{said}");

    folder.write("build/grace-period.wasm", "half of it");
    let said = watching.round();
    assert!(said.contains("is not a WebAssembly component"), "{said}");
    fs::copy(components().join("components/grace-period.wasm"), folder.path("build/grace-period.wasm")).unwrap();
    let said = watching.round();
    assert!(said.contains("grace-period.wasm changed") && said.contains("2 ok"), "{said}");

    folder.write("policy.yaml", &document("mend"));
    let said = watching.round();
    assert!(said.contains("policy.yaml changed") && said.contains("mend"), "{said}");
}
