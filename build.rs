//! Embeds the built-in policies: every component that `make policies` has built, and what
//! `policies/NAME/rules/` says of its rules; and what `tidegate policy new` writes.
//!
//! Without them the gate still builds, and says at run time that it has none: a checkout must
//! compile also where the WebAssembly target is missing.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let policies = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("policies");
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("builtin.rs"), components(&policies.join("target/components"))?)?;
    let rules = rule_files(&policies)?;
    fs::write(Path::new(&out).join("rule_texts.rs"), rule_texts(&rules)?)?;
    fs::write(Path::new(&out).join("rule_ids.rs"), rule_ids(&rules)?)?;
    fs::write(Path::new(&out).join("authoring.rs"), authoring()?)?;
    Ok(())
}

fn components(components: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", components.display());
    let found = files(components, "wasm");
    if found.is_empty() {
        println!("cargo::warning=no built-in policies: run `make policies` first");
    }
    let mut table = String::from("const BUILTIN: &[(&str, &[u8])] = &[\n");
    for path in found {
        let name = stem(&path);
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// The text of a rule: the rule, its policy, the file.
type RuleFile = (String, String, PathBuf);

/// The texts of all rules, in the order of the rules. A policy without any has no such folder.
fn rule_files(policies: &Path) -> Result<Vec<RuleFile>, Box<dyn Error>> {
    let mut found = Vec::new();
    for policy in fs::read_dir(policies)? {
        let policy = policy?.path();
        let rules = policy.join("rules");
        if rules.is_dir() {
            println!("cargo::rerun-if-changed={}", rules.display());
            found.extend(files(&rules, "md").into_iter().map(|file| (stem(&file), stem(&policy), file)));
        }
    }
    found.sort();
    Ok(found)
}

fn rule_texts(rules: &[RuleFile]) -> Result<String, Box<dyn Error>> {
    let mut table = String::from("const RULE_TEXTS: &[Embedded] = &[\n");
    for (rule, policy, file) in rules {
        let text = format!("include_str!({:?})", file.display().to_string());
        writeln!(table, "    Embedded {{ policy: {policy:?}, rule: {rule:?}, markdown: {text} }},")?;
    }
    table.push_str("];\n");
    Ok(table)
}

fn rule_ids(rules: &[RuleFile]) -> Result<String, Box<dyn Error>> {
    let mut table = String::from("const RULE_IDS: &[&str] = &[");
    for (rule, ..) in rules {
        write!(table, "{rule:?}, ")?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// What new policies are made of: the contract, the SDKs, the templates.
const AUTHORING: &[&str] =
    &["policies/sdk", "policies/sdk-javascript", "policies/sdk-python", "policies/wit", "src/authoring/templates"];
/// What compilers and checkers leave behind.
const LEFT_BEHIND: &[&str] = &["target", "node_modules", "__pycache__", ".mypy_cache"];

/// The files that new policies are made of, each with its path from the project's root.
fn authoring() -> Result<String, Box<dyn Error>> {
    let mut table = String::from("const EMBEDDED: &[(&str, &str)] = &[\n");
    for place in AUTHORING {
        println!("cargo::rerun-if-changed={place}");
        for file in all_files(Path::new(place))? {
            let (path, source) = (file.display().to_string(), fs::canonicalize(&file)?.display().to_string());
            writeln!(table, "    ({path:?}, include_str!({source:?})),")?;
        }
    }
    table.push_str("];\n");
    Ok(table)
}

/// The files below a folder, in order.
fn all_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !LEFT_BEHIND.contains(&name.as_str()) {
            found.extend(all_files(&path)?);
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The files of a folder with an ending, in order; none if there is no such folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    found.sort();
    found
}

/// A path's last part, without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
