//! From the folders under `policies/` to components: compiles all of them at once, then makes and
//! checks a component of each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};

use tidegate_component::toolchain::{self, Toolchain, Which};

use crate::freshness::Stamp;
use crate::install;

/// How policies are to be built.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Install a compiler if there is none.
    pub(crate) install: bool,
    /// Build with this toolchain and no other.
    pub(crate) only: Option<Which>,
    /// Build just these policies; all if there is none.
    pub(crate) names: Vec<String>,
}

/// Folders of the guest workspace that are crates and no policies.
const NO_POLICIES: &[&str] = &["sdk"];
/// Policies for the tests of the host; they are not embedded.
const GUESTS: &str = "tests/guests";

/// Builds every policy that has changed since the last time.
pub(crate) fn build(options: &Options) -> Result<()> {
    let root = crate::root();
    let (workspace, guests) = (root.join("policies"), root.join(GUESTS));
    let target = workspace.join("target");
    let components = target.join("components");
    let policies = policies_in(&workspace)?;
    ensure!(!policies.is_empty(), "no policies in {}", workspace.display());
    if let Some(unknown) = options.names.iter().find(|name| !policies.contains(*name)) {
        bail!("there is no policy {unknown} in {}", workspace.display());
    }

    let stamp = Stamp::of(target.join("components.stamp"), [workspace.clone(), guests.clone()]);
    let guests = policies_in(&guests)?;
    let fresh = policies == components_in(&components)? && guests == components_in(&target.join("guests"))?;
    if options.only.is_none() && options.names.is_empty() && fresh && stamp.is_fresh()? {
        println!("policies: nothing has changed");
        return Ok(());
    }
    let (start, clock) = (SystemTime::now(), Instant::now());
    let toolchain = find(options)?;
    println!("policies: building with {toolchain}");
    let status = toolchain
        .cargo()
        .args(["build", "--release", "--target", toolchain::TARGET])
        .args(options.names.iter().flat_map(|name| ["--package", name]))
        .current_dir(&workspace)
        .env("CARGO_TARGET_DIR", &target)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run the cargo of {toolchain}"))?;
    ensure!(status.success(), "the policies do not compile");

    let modules = target.join(toolchain::TARGET).join("release");
    if !options.names.is_empty() {
        for name in &options.names {
            let module = modules.join(format!("{}.wasm", name.replace('-', "_")));
            let size = make(name, &module, &components)?;
            println!("  {name:<24} {:>4} KB", size.div_ceil(1000));
        }
        return Ok(());
    }
    for (names, folder) in [(&policies, &components), (&guests, &target.join("guests"))] {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        for name in names {
            let module = modules.join(format!("{}.wasm", name.replace('-', "_")));
            let size = make(name, &module, folder)?;
            println!("  {name:<24} {:>4} KB", size.div_ceil(1000));
        }
        for gone in components_in(folder)?.difference(names) {
            fs::remove_file(folder.join(format!("{gone}.wasm")))?;
        }
    }
    stamp.set(start)?;
    println!("policies: {} components in {} s, in {}", policies.len(), clock.elapsed().as_secs(), components.display());
    Ok(())
}

/// A toolchain that is here, or that may be installed.
fn find(options: &Options) -> Result<Toolchain> {
    match toolchain::find(options.only) {
        Err(_) if options.install && options.only != Some(Which::Default) => {
            install::install()?;
            Ok(toolchain::find(Some(Which::Debian))?)
        }
        Err(error) => {
            bail!("{error}\nor let this step do it, as root: cargo run -p xtask -- policies --install")
        }
        found => Ok(found?),
    }
}

/// Makes the component of one policy; gives its size.
fn make(policy: &str, module: &Path, components: &Path) -> Result<usize> {
    let Ok(bytes) = fs::read(module) else {
        bail!("{policy} gives no {}: name the package \"{policy}\", with crate-type = [\"cdylib\"]", name(module));
    };
    let component = tidegate_component::encode(&bytes).with_context(|| format!("{policy} is no policy"))?;
    let path = components.join(format!("{policy}.wasm"));
    // Left as it is when nothing changed, so that nothing that embeds it is built again.
    if fs::read(&path).ok().as_ref() != Some(&component) {
        let draft = path.with_extension(format!("draft-{}", process::id()));
        fs::write(&draft, &component).with_context(|| draft.display().to_string())?;
        fs::rename(&draft, &path)?;
    }
    Ok(component.len())
}

/// The policies by their folders: every crate of the workspace that is not named above.
fn policies_in(workspace: &Path) -> Result<BTreeSet<String>> {
    let mut policies = BTreeSet::new();
    for entry in fs::read_dir(workspace).with_context(|| workspace.display().to_string())? {
        let path = entry?.path();
        if path.join("Cargo.toml").is_file() && !NO_POLICIES.contains(&name(&path).as_str()) {
            policies.insert(name(&path));
        }
    }
    Ok(policies)
}

fn components_in(folder: &Path) -> Result<BTreeSet<String>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(BTreeSet::new()) };
    let paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    let is_component = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    Ok(paths.iter().filter(is_component).map(|path| name(&path.with_extension(""))).collect())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
