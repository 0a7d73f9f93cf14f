//! Code that needs no network: what is built in, and files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::builtin::{builtin_names, component};
use crate::policy::{BUILTIN, Code, CodeSource, FILE, PolicyDocument};

/// The largest component that is read, in bytes: Python's are 18.5 MB.
pub const LARGEST_COMPONENT: u64 = 64 << 20;

/// Finds `builtin://NAME` and `file://PATH`.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalCode;

impl CodeSource for LocalCode {
    fn code(&self, file: &str, document: &PolicyDocument) -> Result<Code, String> {
        let module = document.spec.module.as_str();
        if let Some(name) = module.strip_prefix(BUILTIN) {
            return component(name).map(Code::new).ok_or_else(|| {
                let names: Vec<_> = builtin_names().collect();
                format!("there is no built-in policy \"{name}\"; there are {}", names.join(", "))
            });
        }
        let Some(path) = module.strip_prefix(FILE) else {
            return Err(format!("\"{module}\" is neither builtin://NAME nor file://PATH"));
        };
        // A relative path is meant from the document's own folder, wherever the gate is started.
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        let is_below = !folder.as_os_str().is_empty() && Path::new(path).is_relative();
        read(&folder.join(path)).map(Code::new).map_err(|problem| {
            if is_below { format!("{problem}; a relative path begins at the document's folder") } else { problem }
        })
    }
}

/// Reads a component's file, but no more of it than a component may have.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", path.display());
    let found = std::fs::metadata(path).map_err(unreadable)?;
    // To open a pipe would wait for somebody who writes.
    if !found.is_file() {
        return Err(format!("{} is not a file", path.display()));
    }
    let mut bytes = Vec::new();
    let mut size = found.len();
    if size <= LARGEST_COMPONENT {
        // By the time it is read it may have more than it is said to have.
        let file = File::open(path).map_err(unreadable)?;
        size = file.take(LARGEST_COMPONENT + 1).read_to_end(&mut bytes).map_err(unreadable)? as u64;
    }
    if size > LARGEST_COMPONENT {
        let (size, limit) = (size.div_ceil(1 << 20), LARGEST_COMPONENT >> 20);
        return Err(format!("{}: {size} MiB; at most {limit} MiB are read", path.display()));
    }
    Ok(bytes)
}
