//! The same policy in each language, built by that language's real tools where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::documents::guest;

/// One language's policy that does nothing.
pub(crate) struct Language {
    pub(crate) name: &'static str,
    /// What a review is to take at most, in microseconds; none: it is only told.
    pub(crate) aim: Option<u32>,
    build: fn(&Path) -> Result<PathBuf, String>,
}

/// All of them.
pub(crate) const LANGUAGES: [Language; 3] = [
    Language { name: "Rust", aim: Some(35), build: |_| Ok(guest("idle")) },
    Language { name: "JavaScript", aim: Some(250), build: javascript },
    Language { name: "Python", aim: None, build: python },
];

impl Language {
    /// Its component, built in a folder of its own below the target folder; or what is missing.
    pub(crate) fn component(&self) -> Result<PathBuf, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("idle").join(self.name.to_lowercase());
        fs::create_dir_all(folder.join("wit")).unwrap();
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/wit/policy.wit");
        fs::copy(contract, folder.join("wit/policy.wit")).unwrap();
        let component = (self.build)(&folder)?;
        if component.exists() { Ok(component) } else { Err(format!("there is no {}", component.display())) }
    }
}

fn javascript(folder: &Path) -> Result<PathBuf, String> {
    fs::write(folder.join("policy.js"), include_str!("idle/policy.js")).unwrap();
    let arguments = ["--yes", "componentize-qjs@0.4.5", "-w", "wit", "-n", "policy", "-j", "policy.js"];
    run(Command::new("npx").args(arguments).args(["--sync", "--stub-wasi", "-o", "policy.wasm"]), folder)?;
    Ok(folder.join("policy.wasm"))
}

fn python(folder: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(folder.join("app")).unwrap();
    fs::write(folder.join("app/policy.py"), include_str!("idle/policy.py")).unwrap();
    let tools = folder.join(".venv");
    let tool = |name: &str| Command::new(tools.join("bin").join(name));
    if !tools.join("bin/componentize-py").exists() {
        run(Command::new("python3").args(["-m", "venv", ".venv"]), folder)?;
        run(tool("pip").args(["install", "--quiet", "componentize-py==0.25.1"]), folder)?;
    }
    let arguments = ["-d", "wit", "-w", "policy", "componentize", "-p", "app", "policy", "--stub-wasi", "-o"];
    // Otherwise it takes the machine's own packages in.
    run(tool("componentize-py").args(arguments).arg("policy.wasm").env("VIRTUAL_ENV", &tools), folder)?;
    Ok(folder.join("policy.wasm"))
}

/// Runs a tool in a folder; an error is the last line that it says.
fn run(tool: &mut Command, folder: &Path) -> Result<(), String> {
    let name = Path::new(tool.get_program()).file_name().unwrap_or_default().display().to_string();
    let output = tool.current_dir(folder).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name}: {}", said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed")))
}
