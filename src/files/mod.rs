//! Files that are written whole or not at all, and whether Git would take one in.

mod error;
mod temporary;
mod work_tree;
mod write;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

pub use error::{FileError, WorkTreeError};
pub use work_tree::{check_out_of_git, git};
pub use write::{PRIVATE, check_place, create, put, replace};
