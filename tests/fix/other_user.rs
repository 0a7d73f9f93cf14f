//! Files and folders that somebody else may not read or write: told, left as they are, and no password is lost.
//!
//! Root may read and write everything. Where the tests run as root, the program runs as another user.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

use super::{MANIFEST, PASSWORD};
use crate::command::Outcome;
use crate::nobody::{NOBODY, is_root};

/// The program and its cache where another user gets at them.
static SHARED: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = open_folder();
    let program = folder.path().join("tidegate");
    fs::copy(env!("CARGO_BIN_EXE_tidegate"), &program).unwrap();
    set_mode(&program, 0o755);
    fs::create_dir(folder.path().join("cache")).unwrap();
    set_mode(&folder.path().join("cache"), 0o777);
    folder
});

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A folder that others may look into.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    folder
}

/// Runs the program as somebody without rights: as another user than root, or else as whoever runs the test.
fn tidegate(folder: &Path, arguments: &[&str]) -> Outcome {
    let program = SHARED.path().join("tidegate");
    let mut command = Command::new(if is_root() { Path::new("setpriv") } else { &program });
    if is_root() {
        command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}")).arg("--clear-groups").arg(&program);
    }
    let output = command
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", SHARED.path().join("cache"))
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!out.contains(PASSWORD) && !err.contains(PASSWORD), "{out}{err}");
    (output.status.code().unwrap(), out, err)
}

/// A folder of this mode with a manifest of that mode.
fn place(folder_mode: u32, file_mode: u32) -> (TempDir, PathBuf) {
    let folder = open_folder();
    let file = folder.path().join("mysql.yaml");
    fs::write(&file, MANIFEST).unwrap();
    set_mode(&file, file_mode);
    set_mode(folder.path(), folder_mode);
    (folder, file)
}

#[test]
fn what_may_not_be_written_stays() {
    // (mode of the folder, mode of the file, what is said to somebody else, and to the owner)
    for (folder_mode, file_mode, others, own) in [
        (0o755, 0o644, "no permission to write it", None),
        (0o777, 0o666, "it belongs to another user or group", None),
        (0o555, 0o666, "no permission to write in its folder", Some("no permission to write in its folder")),
        (0o777, 0o444, "read-only", Some("read-only")),
    ] {
        let Some(expected) = (if is_root() { Some(others) } else { own }) else { continue };
        let (folder, file) = place(folder_mode, file_mode);
        let (code, out, err) = tidegate(folder.path(), &["fix", "mysql.yaml"]);
        assert!(code == 2 && out.contains(expected), "{expected}: {code} {out}{err}");
        set_mode(folder.path(), 0o755);
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST, "{expected}");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, file_mode, "{expected}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{expected}: something is left beside it");
    }
}

#[test]
fn what_may_not_be_read_is_told_and_the_rest_is_looked_at() {
    for command in ["audit", "fix"] {
        for (file_mode, inner_mode) in [(0o000, 0o755), (0o644, 0o000)] {
            let folder = open_folder();
            let inner = folder.path().join("inner");
            fs::create_dir(&inner).unwrap();
            fs::write(inner.join("closed.yaml"), MANIFEST).unwrap();
            fs::write(folder.path().join("open.yaml"), MANIFEST.replace("name: mysql, n", "name: seen, n")).unwrap();
            set_mode(&inner.join("closed.yaml"), file_mode);
            set_mode(&inner, inner_mode);
            let arguments = [&[command][..], if command == "fix" { &["--check"] } else { &[] }, &["."]].concat();
            let (code, out, err) = tidegate(folder.path(), &arguments);
            set_mode(&inner, 0o755);
            let what = if file_mode == 0 { "inner/closed.yaml" } else { "inner" };
            let said = format!("{out}{err}");
            assert_eq!(code, 2, "{arguments:?} {what}: {said}");
            assert!(said.contains(what) && said.to_lowercase().contains("permission"), "{what}: {said}");
            assert!(said.contains("Deployment \"seen\""), "{arguments:?}: the other file is judged: {said}");
        }
    }
}

#[test]
fn where_no_secret_can_be_written_no_manifest_is() {
    let (folder, file) = place(0o755, 0o644);
    if is_root() {
        // The manifest is theirs: it is for the Secret alone that it stays.
        for path in [folder.path(), &file] {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("there.yaml"), "# Secrets.\n").unwrap();
    for (closed_mode, file_mode, name) in
        [(0o555, 0o600, "new.yaml"), (0o555, 0o400, "there.yaml"), (0o000, 0o600, "new.yaml")]
    {
        set_mode(&closed, 0o755);
        set_mode(&closed.join("there.yaml"), file_mode);
        set_mode(&closed, closed_mode);
        let secrets = format!("closed/{name}");
        let (code, out, err) = tidegate(folder.path(), &["fix", "--secrets", &secrets, "mysql.yaml"]);
        let said = format!("{out}{err}");
        assert_eq!(code, 2, "{secrets}: {said}");
        assert!(said.contains(&secrets), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST, "{secrets}: {said}");
    }
    set_mode(&closed, 0o755);
    assert_eq!(fs::read_dir(&closed).unwrap().count(), 1, "nothing half written");
    let (_, out, err) = tidegate(folder.path(), &["fix", "--secrets", "open.yaml", "mysql.yaml"]);
    assert!(!fs::read_to_string(&file).unwrap().contains(PASSWORD), "{out}{err}");
}
