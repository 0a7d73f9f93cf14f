//! The user without any rights, as which tests run what root must not.

use std::fs;
use std::os::unix::fs::MetadataExt;

/// User and group that own nothing; Debian's `nobody`.
pub(crate) const NOBODY: u32 = 65534;

/// Whether this process may do everything, and has to become somebody else first.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
