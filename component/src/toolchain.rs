//! Which compiler makes WebAssembly here: the default one, or Debian's second one where the
//! default cannot have the target.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

/// What policies are compiled for: there is no WASI, so a policy cannot reach anything.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages. Their version of the compiler is the browsers', and so a recent one.
pub const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-16"];
/// Where Debian's packages put what they bring.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-16";

/// How long rustup may take to fetch the target's standard library, 20 MB.
const PATIENCE: Duration = Duration::from_secs(120);

/// A kind of toolchain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that builds this program, by rustup or not.
    Default,
    /// Debian's second one, which has the source of the standard library but not its build.
    Debian,
}

/// A toolchain that makes WebAssembly.
#[derive(Debug)]
pub struct Toolchain {
    which: Which,
    version: String,
}

impl fmt::Display for Toolchain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.which {
            Which::Default => write!(out, "the default toolchain, {}", self.version),
            Which::Debian => write!(out, "Debian's rustc-web, {}", self.version),
        }
    }
}

/// Why there is no toolchain.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// None that makes WebAssembly is here.
    #[error(
        "no compiler for {TARGET} is here. Either give the Rust that you have its target:\n\
         \x20   rustup target add {TARGET}\n\
         or, on Debian, install the second Rust that it has for this:\n\
         \x20   apt-get install {}",
        PACKAGES.join(" ")
    )]
    Missing,
    /// There is one, and it cannot be run.
    #[error("cannot run {program}: {problem}")]
    Broken {
        /// The program.
        program: String,
        /// What the system says.
        problem: String,
    },
}

/// Finds a toolchain, in this order: the default one, if it has the target or rustup can fetch it;
/// Debian's, if it is there. With `only`, no other is looked for.
///
/// # Errors
/// [`ToolchainError`].
pub fn find(only: Option<Which>) -> Result<Toolchain, ToolchainError> {
    if only != Some(Which::Debian) && (has_target() || (fetch_target() && has_target())) {
        return Ok(Toolchain { which: Which::Default, version: version(&rustc())? });
    }
    if only != Some(Which::Default) && has_debian() {
        return Ok(Toolchain { which: Which::Debian, version: version(DEBIAN_RUSTC)? });
    }
    Err(ToolchainError::Missing)
}

impl Toolchain {
    /// Its cargo, told by environment and arguments how to build for the target.
    pub fn cargo(&self) -> Command {
        let mut command = match self.which {
            Which::Default => Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
            Which::Debian => {
                let mut command = Command::new(DEBIAN_CARGO);
                // It has the standard library as source only, and building that is a nightly's right.
                command.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1").env("RUSTC", DEBIAN_RUSTC);
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
                command
            }
        };
        // Flags for this machine's processor are none for WebAssembly.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_BUILD_TARGET");
        command
    }
}

fn rustc() -> String {
    env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned())
}

/// Whether the default compiler has the target's standard library.
fn has_target() -> bool {
    let printed = Command::new(rustc()).args(["--print", "target-libdir", "--target", TARGET]).output();
    let Ok(printed) = printed else { return false };
    let folder = PathBuf::from(String::from_utf8_lossy(&printed.stdout).trim());
    // rustc names the folder whether or not it is there.
    printed.status.success() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Asks rustup for the target, if rustup is there. It may be out of reach: no complaint then.
fn fetch_target() -> bool {
    let child = Command::new("rustup")
        .args(["target", "add", TARGET])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(50)),
            _ => {
                // It has ended in the meantime, or it cannot be helped.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// Whether Debian's compiler, linker and the source of the standard library are here.
fn has_debian() -> bool {
    let is_file = |path: &str| Path::new(path).is_file();
    is_file(DEBIAN_CARGO) && is_file(DEBIAN_LINKER) && {
        let printed = Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]).output();
        printed.is_ok_and(|printed| {
            let sysroot = PathBuf::from(String::from_utf8_lossy(&printed.stdout).trim());
            sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
        })
    }
}

fn version(rustc: &str) -> Result<String, ToolchainError> {
    let printed = Command::new(rustc).arg("--version").output();
    let printed =
        printed.map_err(|error| ToolchainError::Broken { program: rustc.to_owned(), problem: error.to_string() })?;
    Ok(String::from_utf8_lossy(&printed.stdout).trim().to_owned())
}
