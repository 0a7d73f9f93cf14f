//! Checks that every dependency is licensed as `deny.toml` allows, and comes from the registry.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use spdx::{Expression, Licensee};

/// The workspaces: the gate's and the guests'.
const MANIFESTS: &[&str] = &["Cargo.toml", "policies/Cargo.toml"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<String>,
    source: Option<String>,
}

/// Checks all packages of both lock files.
pub(crate) fn check(root: &Path) -> Result<()> {
    let allowed = allowed(root)?;
    let mut checked = 0;
    let mut problems = BTreeSet::new();
    for manifest in MANIFESTS {
        for package in packages(&root.join(manifest))? {
            checked += 1;
            let title = format!("{} {}", package.name, package.version);
            if package.source.as_deref().is_some_and(|source| !source.starts_with("registry+")) {
                problems.insert(format!("{title} is not from a registry"));
            }
            if let Some(problem) = problem(&package, &allowed) {
                problems.insert(format!("{title}: {problem}"));
            }
        }
    }
    if checked == 0 {
        bail!("cargo knows no packages");
    }
    if !problems.is_empty() {
        bail!("{}", problems.into_iter().collect::<Vec<_>>().join("\n"));
    }
    println!("licences: {checked} packages, all as deny.toml allows");
    Ok(())
}

fn problem(package: &Package, allowed: &[Licensee]) -> Option<String> {
    let Some(license) = &package.license else {
        return Some(match &package.license_file {
            Some(_) => "its licence is a file that no program can judge; read it and add an exception".to_owned(),
            None => "it says no licence".to_owned(),
        });
    };
    // Old manifests write a slash for OR.
    match Expression::parse(&license.replace('/', " OR ")) {
        Ok(expression) if expression.evaluate(|wanted| allowed.iter().any(|licensee| licensee.satisfies(wanted))) => {
            None
        }
        Ok(_) => Some(format!("{license} is not among what deny.toml allows")),
        Err(error) => Some(format!("{license} is no SPDX expression: {error}")),
    }
}

fn allowed(root: &Path) -> Result<Vec<Licensee>> {
    #[derive(Deserialize)]
    struct Deny {
        licenses: Licenses,
    }
    #[derive(Deserialize)]
    struct Licenses {
        allow: Vec<String>,
    }
    let text = fs::read_to_string(root.join("deny.toml")).context("deny.toml")?;
    let deny: Deny = toml::from_str(&text).context("deny.toml")?;
    deny.licenses
        .allow
        .iter()
        .map(|name| Licensee::parse(name).with_context(|| format!("deny.toml: {name} is no SPDX licence")))
        .collect()
}

fn packages(manifest: &Path) -> Result<Vec<Package>> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--format-version=1", "--locked", "--manifest-path"])
        .arg(manifest)
        .output()
        .context("cargo metadata does not start")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    Ok(metadata.packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_judged_by_the_list() {
        let allowed = [Licensee::parse("MIT").unwrap(), Licensee::parse("Apache-2.0 WITH LLVM-exception").unwrap()];
        for (license, fits) in [
            (Some("MIT"), true),
            (Some("GPL-3.0-only OR MIT"), true),
            (Some("MIT/Apache-2.0"), true),
            (Some("Apache-2.0 WITH LLVM-exception"), true),
            (Some("GPL-3.0-only"), false),
            (Some("MIT AND GPL-3.0-only"), false),
            (Some("whatever you like"), false),
            (None, false),
        ] {
            let package = Package {
                name: String::new(),
                version: String::new(),
                license: license.map(str::to_owned),
                license_file: None,
                source: None,
            };
            assert_eq!(problem(&package, &allowed).is_none(), fits, "{license:?}");
        }
    }
}
