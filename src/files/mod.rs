//! Files that are written whole or not at all, folders that nobody else writes to, and whether Git would take a file in.

mod error;
mod private;
mod read;
mod temporary;
mod work_tree;
mod write;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

pub use error::{FileError, WorkTreeError};
pub use private::private_directory;
pub use read::{read, read_text};
pub use work_tree::{check_out_of_git, git};
pub use write::{PRIVATE, check_place, create, put, replace};
