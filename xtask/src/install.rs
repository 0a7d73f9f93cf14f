//! Installs Debian's second Rust, which makes WebAssembly where the default one cannot.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tidegate_component::toolchain::PACKAGES;

/// Installs its packages, as root or by sudo.
pub(crate) fn install() -> Result<()> {
    println!("policies: installing {}", PACKAGES.join(", "));
    let run = |arguments: &[&str]| -> Result<bool> {
        let mut command = Command::new(if is_root() { "env" } else { "sudo" });
        if !is_root() {
            command.arg("env");
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"]).args(arguments);
        Ok(command.stdin(Stdio::null()).status().context("cannot run apt-get; is this a Debian, with sudo?")?.success())
    };
    let install = [&["install", "--no-install-recommends"], PACKAGES].concat();
    // Lists that were never fetched, or are too old, are the usual reason for the first to fail.
    ensure!(
        run(&install)? || (run(&["update"])? && run(&install)?),
        "apt-get could not install {}; it needs root or sudo",
        PACKAGES.join(" ")
    );
    Ok(())
}

/// The owner of /proc/self is the user that this process runs as.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
