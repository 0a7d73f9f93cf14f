//! The project's own build steps: `cargo run -p xtask -- policies` turns the folders under
//! `policies/` into components, `-- licences` checks those of the dependencies, `-- image` makes the gate's image.

mod freshness;
mod image;
mod install;
mod licences;
mod policies;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use tidegate_component::toolchain;

const HELP: &str = "\
Build steps of tidegate.

Usage: cargo run -p xtask -- policies [--install] [--toolchain default|debian] [NAME…]
       cargo run -p xtask -- licences
       cargo run -p xtask -- image [--program FILE] [--name NAME] [--output FILE]

policies              builds every policy under policies/ into policies/target/components/NAME.wasm,
                      or just those named
  --install           as root on Debian: installs a compiler for WebAssembly if there is none
  --toolchain WHICH   builds with this toolchain only: the default one, or Debian's second one

licences              checks that every dependency is licensed as deny.toml allows

image                 makes an image of the gate, which docker load and ctr images import take
  --program FILE      of this program; target/release/tidegate
  --name NAME         what it is called; tidegate:VERSION
  --output FILE       where it goes; target/tidegate-image.tar
";

fn main() -> ExitCode {
    match run(env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<()> {
    let mut arguments = arguments.into_iter();
    match arguments.next().as_deref() {
        Some("policies") => {}
        Some("licences") => {
            return licences::check(&root());
        }
        Some("image") => return image(arguments),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            return Ok(());
        }
        Some(other) => bail!("there is no step \"{other}\"; see cargo run -p xtask -- help"),
        None => bail!("which step? See cargo run -p xtask -- help"),
    }
    let mut options = policies::Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--install" => options.install = true,
            "--toolchain" => match arguments.next().as_deref() {
                Some("default") => options.only = Some(toolchain::Which::Default),
                Some("debian") => options.only = Some(toolchain::Which::Debian),
                _ => bail!("--toolchain takes default or debian"),
            },
            name if !name.starts_with('-') => options.names.push(name.to_owned()),
            other => bail!("policies takes no argument \"{other}\"; see cargo run -p xtask -- help"),
        }
    }
    policies::build(&options)
}

fn image(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let mut image = image::Image {
        program: target.join("release/tidegate"),
        name: format!("tidegate:{version}"),
        version,
        file: target.join("tidegate-image.tar"),
    };
    while let Some(argument) = arguments.next() {
        let Some(value) = arguments.next() else { bail!("{argument} takes a value; see cargo run -p xtask -- help") };
        match argument.as_str() {
            "--program" => image.program = value.into(),
            "--name" => image.name = value,
            "--output" => image.file = value.into(),
            other => bail!("image takes no argument \"{other}\"; see cargo run -p xtask -- help"),
        }
    }
    let made = image.make()?;
    let file = image.file.display();
    println!(
        "{file}: {} of {:.1} MB, with {} libraries; {}",
        image.name,
        made.size as f64 / 1e6,
        made.libraries,
        made.digest
    );
    Ok(())
}

/// The checkout that cargo runs this in; a program that was built for another one serves too.
fn root() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&own).parent().unwrap_or(Path::new(".")).to_owned()
}
