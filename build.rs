//! Embeds the built-in policies: every component that `make policies` has built.
//!
//! Without them the gate still builds, and says at run time that it has none: a checkout must
//! compile also where the WebAssembly target is missing.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let components = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("policies/target/components");
    println!("cargo::rerun-if-changed={}", components.display());
    let mut found: Vec<_> = match fs::read_dir(&components) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    found.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    found.sort();
    if found.is_empty() {
        println!("cargo::warning=no built-in policies: run `make policies` first");
    }
    let mut table = String::from("const BUILTIN: &[(&str, &[u8])] = &[\n");
    for path in found {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())?;
    }
    table.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("builtin.rs"), table)?;
    Ok(())
}
