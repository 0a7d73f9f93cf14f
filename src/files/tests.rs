//! Writing, with what comes between; and what Git says of a place.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::{FileError, PRIVATE, WorkTreeError, check_out_of_git, create, put, replace};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_replaced_keeps_its_mode_and_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("a.yaml"), folder.path().join("link.yaml"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    symlink("a.yaml", &link).unwrap();
    assert_eq!(replace(&link, b"old", b"new"), Ok(()));
    assert_eq!(fs::read(&file).unwrap(), b"new");
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(names(folder.path()), ["a.yaml", "link.yaml"]);
}

#[test]
fn what_cannot_be_replaced_stays_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, "old").unwrap();
    assert_eq!(replace(&file, b"older", b"new"), Err(FileError::Changed));
    fs::hard_link(&file, folder.path().join("b.yaml")).unwrap();
    assert_eq!(replace(&file, b"old", b"new"), Err(FileError::HardLinks(2)));
    fs::remove_file(folder.path().join("b.yaml")).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    assert_eq!(replace(&file, b"old", b"new"), Err(FileError::ReadOnly));
    assert_eq!(replace(folder.path(), b"", b"new"), Err(FileError::NotAFile));
    assert_eq!(replace(&folder.path().join("none"), b"", b"new"), Err(FileError::Missing));
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    symlink(&two, &one).unwrap();
    symlink(&one, &two).unwrap();
    assert!(matches!(replace(&one, b"", b"new"), Err(FileError::System(_))));
    assert_eq!(fs::read(&file).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["a.yaml", "one", "two"]);
}

#[test]
fn a_new_file_is_private_and_takes_nobodys_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.yaml");
    assert_eq!(create(&file, b"new", true), Ok(()));
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, PRIVATE);
    assert_eq!(fs::metadata(&file).unwrap().nlink(), 1);
    assert_eq!(create(&file, b"newer", true), Err(FileError::Exists));
    assert_eq!(create(&folder.path().join("none/a"), b"new", true), Err(FileError::Missing));
    assert_eq!(fs::read(&file).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["secrets.yaml"]);
}

#[test]
fn what_is_written_whatever_was_there_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("report"), folder.path().join("link"));
    assert_eq!(put(&file, b"first"), Ok(()));
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    symlink("report", &link).unwrap();
    assert_eq!(put(&link, b"second"), Ok(()));
    assert_eq!(fs::read(&file).unwrap(), b"second");
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(put(Path::new("/dev/null"), b"gone"), Ok(()));
    assert_eq!(put(folder.path(), b"no"), Err(FileError::NotAFile));
    assert_eq!(put(&folder.path().join("none/a"), b"no"), Err(FileError::Missing));
    assert_eq!(names(folder.path()), ["link", "report"]);
}

#[test]
fn what_a_killed_write_leaves_behind_is_nothing_to_git() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    fs::write(folder.path().join(".gitignore"), "secrets.yaml\n").unwrap();
    let target = folder.path().join("secrets.yaml");
    // Nothing is dropped by a process that is killed.
    std::mem::forget(super::temporary::Temporary::beside(&target, b"s3cret", PRIVATE).ok().unwrap());
    assert_eq!(names(folder.path()).len(), 3, "the folder is there");
    git(folder.path(), &["add", "--all"]);
    let output = super::git(folder.path()).args(["ls-files"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), ".gitignore\n");
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = super::git(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .output()
        .unwrap()
        .status;
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn git_says_what_it_would_take_in() {
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().canonicalize().unwrap().join("repository");
    fs::create_dir_all(root.join("deep/er")).unwrap();
    git(&root, &["init", "--quiet"]);
    fs::write(root.join(".gitignore"), "secrets.yaml\n/private/\n*.added\n").unwrap();
    fs::write(root.join("deep/.gitignore"), "!secrets.yaml\nown.yaml\n").unwrap();
    fs::create_dir(root.join("private")).unwrap();
    fs::write(root.join("was.added"), "").unwrap();
    git(&root, &["add", "--force", "--all"]);
    git(&root, &["commit", "--quiet", "--message", "a"]);
    git(&root, &["worktree", "add", "--quiet", "../tree"]);
    git(&root, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./", "module"]);
    symlink(outside.path().join("out.yaml"), root.join("link.yaml")).unwrap();
    fs::write(outside.path().join("out.yaml"), "").unwrap();
    symlink(root.join("deep"), outside.path().join("link")).unwrap();
    let root_of = |name: &str| outside.path().canonicalize().unwrap().join(name);
    for (path, expected) in [
        ("elsewhere.yaml", Ok(())),
        ("repository/secrets.yaml", Ok(())),
        ("repository/other.yaml", Err("repository")),
        ("repository/:(top)secrets.yaml", Err("repository")),
        ("repository/private/any.yaml", Ok(())),
        ("repository/deep/secrets.yaml", Err("repository")),
        ("repository/deep/er/own.yaml", Ok(())),
        ("repository/was.added", Err("repository")),
        ("repository/not.added", Ok(())),
        ("repository/link.yaml", Ok(())),
        ("link/secrets.yaml", Err("repository")),
        ("link/own.yaml", Ok(())),
        ("tree/secrets.yaml", Ok(())),
        ("tree/other.yaml", Err("tree")),
        ("repository/module/secrets.yaml", Ok(())),
        ("repository/module/other.yaml", Err("repository/module")),
    ] {
        let expected = expected.map_err(|root| WorkTreeError::NotIgnored(root_of(root)));
        assert_eq!(check_out_of_git(&outside.path().join(path)), expected, "{path}");
    }
    let nowhere = outside.path().join("none/a.yaml");
    assert_eq!(check_out_of_git(&nowhere), Err(WorkTreeError::NoFolder(outside.path().join("none"))));
    fs::create_dir_all(outside.path().join("broken/.git")).unwrap();
    assert!(matches!(check_out_of_git(&outside.path().join("broken/a.yaml")), Err(WorkTreeError::Unknown { .. })));
}

#[test]
fn what_is_no_file_or_never_ends_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let (small, large) = (folder.path().join("small"), folder.path().join("large"));
    std::fs::write(&small, "text").unwrap();
    std::fs::File::create(&large).unwrap().set_len((16 << 20) + 1).unwrap();
    assert_eq!(super::read_text(&small).unwrap(), "text");
    for (path, words) in [
        (large.as_path(), "larger than the 16 MiB"),
        (std::path::Path::new("/dev/zero"), "no file"),
        (folder.path(), "no file"),
    ] {
        let error = super::read(path).unwrap_err().to_string();
        assert!(error.contains(words), "{}: {error}", path.display());
    }
}
