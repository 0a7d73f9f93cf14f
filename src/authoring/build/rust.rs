//! A policy in Rust: cargo for `wasm32-unknown-unknown`, then a component of the module that it makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tidegate_component::{encode, toolchain};

use super::error::BuildError;
use super::folder::Folder;

pub(super) fn build(folder: &Folder) -> Result<Vec<u8>, BuildError> {
    let toolchain = toolchain::find(None)?;
    let mut cargo = toolchain.cargo();
    cargo.args(["build", "--release", "--target", toolchain::TARGET, "--message-format=json-render-diagnostics"]);
    let module = module(&run(cargo.current_dir(&folder.whole))?, &folder.whole).ok_or_else(|| {
        let problem = "its library is no WebAssembly module; it needs [lib] with crate-type = [\"cdylib\"]";
        BuildError::file(&folder.path.join("Cargo.toml"), &problem)
    })?;
    let bytes = std::fs::read(&module).map_err(|error| BuildError::file(&module, &error))?;
    encode(&bytes).map_err(BuildError::NoComponent)
}

/// What cargo says of what it made. How it goes on, and what is wrong, it shows itself.
fn run(cargo: &mut Command) -> Result<String, BuildError> {
    let program = cargo.get_program().to_string_lossy().into_owned();
    let output = cargo
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| toolchain::ToolchainError::Broken { program, problem: error.to_string() })?;
    if !output.status.success() {
        return Err(BuildError::Code { what: "the policy does not compile", output: String::new() });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The module of the folder's own crate, among all that cargo says it made.
fn module(messages: &str, folder: &Path) -> Option<PathBuf> {
    let manifest = folder.join("Cargo.toml");
    let made = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let own = made.filter(|message| message["manifest_path"].as_str().map(Path::new) == Some(&manifest));
    let files = own.filter_map(|message| message["filenames"].as_array().cloned()).flatten();
    files
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.extension().is_some_and(|end| end == "wasm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_the_one_of_the_folder() {
        let messages = r#"
{"reason":"compiler-artifact","manifest_path":"/a/sdk/Cargo.toml","filenames":["/a/target/x/sdk.wasm"]}
{"reason":"compiler-artifact","manifest_path":"/a/Cargo.toml","filenames":["/a/target/x/liba.rlib","/a/target/x/a.wasm"]}
{"reason":"build-finished","success":true}
not JSON"#;
        assert_eq!(module(messages, Path::new("/a")), Some(PathBuf::from("/a/target/x/a.wasm")));
        assert_eq!(module(messages, Path::new("/b")), None);
        assert_eq!(module("", Path::new("/a")), None);
    }
}
