//! Why a file is not written. No variant can hold anything of its content.

use std::io;
use std::path::PathBuf;

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nobody may write it.
    #[error("it is read-only; chmod u+w lets it be written")]
    ReadOnly,
    /// We may not write it.
    #[error("no permission to write it")]
    Forbidden,
    /// We may not make files beside it.
    #[error(
        "no permission to write in its folder {0}, where the new content is made ready before it takes the place of the old"
    )]
    FolderForbidden(PathBuf),
    /// Somebody else wrote it meanwhile.
    #[error("another program changed it meanwhile, so it is left as it is now; run again")]
    Changed,
    /// It is gone, or its folder is.
    #[error("there is no such file or folder")]
    Missing,
    /// There is one already.
    #[error("it is there already")]
    Exists,
    /// A folder, a pipe or a device.
    #[error("it is no regular file")]
    NotAFile,
    /// The same file under other names.
    #[error("it has {0} names (hard links), of which only one would get the new content; give it a copy of its own")]
    HardLinks(u64),
    /// A new file would be somebody else's.
    #[error("it belongs to another user or group, who would lose it; run as its owner")]
    Owner,
    /// The system's words.
    #[error("it cannot be written, and is left as it is: {0}")]
    System(String),
}

impl FileError {
    /// What the system says of a file.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::System(error.to_string()),
        }
    }
}

/// Why a file with passwords cannot be where it was wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkTreeError {
    /// Git would take it in.
    #[error(
        "it is inside of the Git work tree {0}, and Git does not ignore it: the passwords would be committed. Name a \
         file outside, or one that a .gitignore names and that was never added"
    )]
    NotIgnored(PathBuf),
    /// Git cannot be asked.
    #[error(
        "it is inside of the Git work tree {root}, and Git cannot say whether it ignores it ({why}). Name a file outside"
    )]
    Unknown {
        /// The work tree.
        root: PathBuf,
        /// Why not.
        why: String,
    },
    /// The folder is not there.
    #[error("its folder {0} is not there; make it first")]
    NoFolder(PathBuf),
}
