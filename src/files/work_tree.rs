//! Whether Git would take a file in.

use std::path::Path;
use std::process::{Command, Stdio};

use super::WorkTreeError;
use super::temporary::folder_of;

/// Variables by which a hook, for one, tells Git which repository is meant; here it is that of the file.
/// And those that let names mean something else: `git check-ignore` refuses some of them.
const VARIABLES: [&str; 10] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// Checks that a file, which need not be there yet, is outside of every Git work tree, or ignored by its own.
///
/// Git itself is asked: only it knows all its rules, and that a file which was once added is not ignored whatever
/// they say.
///
/// # Errors
/// [`WorkTreeError`] if Git would take it in, or cannot be asked.
pub fn check_out_of_git(path: &Path) -> Result<(), WorkTreeError> {
    // Of a link, what it leads to is written.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(&target);
    let folder = folder.canonicalize().map_err(|_| WorkTreeError::NoFolder(folder.to_owned()))?;
    // A folder in an ordinary work tree; a file in one of `git worktree` and in a submodule.
    let Some(root) = folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()) else {
        return Ok(());
    };
    let unknown = |why: String| WorkTreeError::Unknown { root: root.to_owned(), why };
    // Behind `./` nothing in a name is taken as magic.
    let name = Path::new(".").join(target.file_name().unwrap_or_default());
    match ask(&folder, &name) {
        Ok((Some(0), _)) => Ok(()),
        Ok((Some(1), _)) => Err(WorkTreeError::NotIgnored(root.to_owned())),
        Ok((_, said)) => Err(unknown(said)),
        Err(error) => Err(unknown(format!("the program git cannot be started: {error}"))),
    }
}

/// Git, for the repository that a folder is in.
pub fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    for variable in VARIABLES {
        git.env_remove(variable);
    }
    git.arg("-C").arg(folder).stdin(Stdio::null());
    git
}

/// The exit code of `git check-ignore`, and the first line of what it complains of.
fn ask(folder: &Path, name: &Path) -> std::io::Result<(Option<i32>, String)> {
    let output = git(folder).args(["check-ignore", "--quiet", "--"]).arg(name).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok((output.status.code(), said.lines().next().unwrap_or_default().to_owned()))
}
