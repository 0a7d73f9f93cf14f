//! Small files that people name: read whole, if they are files and small.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The largest that is read, in bytes: what people write by hand is a thousandth of that.
const LARGEST: u64 = 16 << 20;

/// What a file holds.
///
/// # Errors
/// What the system says; that it is no file, such as a device or a pipe, which may never end; that it is larger than
/// 16 MiB.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Before it is opened: a pipe would wait for whoever writes into it.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it is larger than the {} MiB that are read", LARGEST >> 20)));
    }
    Ok(bytes)
}

/// The same as text.
///
/// # Errors
/// As [`read`]; that it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::other("it is not UTF-8"))
}
