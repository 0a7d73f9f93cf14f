//! Certificates are replaced while the gate runs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use crate::start::nowhere;
use crate::support::certificates::Certificates;
use crate::support::gate::Gate;
use crate::support::https::Server;
use crate::support::wait::eventually;

/// The gate looks every two seconds; a busy machine gets more.
const RELOAD: Duration = Duration::from_secs(30);

#[test]
fn a_new_pair_is_used_without_a_restart() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gate = Gate::builder(&nowhere(folder.path())).start();
    expect_vouched(&gate, gate.certificates());

    // As cert-manager would, but for files that are written in place.
    let second = Certificates::write_to(folder.path());
    fs::copy(&second.key_file, &gate.certificates().key_file).unwrap();
    fs::copy(&second.certificate_file, &gate.certificates().certificate_file).unwrap();
    expect_vouched(&gate, &second);
    assert!(gate.logs().contains("a new certificate is in use"), "{}", gate.logs());
}

/// The kubelet writes a new folder beside the old one and swaps the symlink `..data`; the files
/// that are mounted are symlinks through it, and never change themselves.
#[test]
fn each_swap_of_a_mounted_secret_is_seen() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gate = Gate::builder(&nowhere(folder.path())).start();
    let mount = gate.certificates().certificate_file.parent().unwrap().to_owned();
    let first = swap(&mount, 1);
    for file in ["tls.key", "tls.crt"] {
        let (through, at) = (Path::new("..data").join(file), mount.join(file));
        fs::remove_file(&at).unwrap();
        symlink(through, at).unwrap();
    }
    expect_vouched(&gate, &first);
    for number in 2..5 {
        let next = swap(&mount, number);
        expect_vouched(&gate, &next);
        fs::remove_dir_all(mount.join(format!("..{}", number - 1))).unwrap();
    }
}

#[test]
fn a_pair_that_does_not_fit_is_not_used() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let gate = Gate::builder(&nowhere(folder.path())).start();
    let other = Certificates::write_to(folder.path());
    fs::copy(&other.certificate_file, &gate.certificates().certificate_file).unwrap();
    eventually("the gate to complain", RELOAD, || {
        let logs = gate.logs();
        let complains = logs.contains("the old certificate stays in use") && logs.contains("do not belong together");
        complains.then_some(())
    });
    expect_vouched(&gate, gate.certificates());
    fs::copy(&other.key_file, &gate.certificates().key_file).unwrap();
    expect_vouched(&gate, &other);
}

/// Writes a pair as `..NUMBER` and lets `..data` point there, atomically.
fn swap(mount: &Path, number: u32) -> Certificates {
    let name = format!("..{number}");
    fs::create_dir(mount.join(&name)).unwrap();
    let pair = Certificates::write_to(&mount.join(&name));
    let temporary = mount.join("..data_tmp");
    symlink(&name, &temporary).unwrap();
    fs::rename(&temporary, mount.join("..data")).unwrap();
    pair
}

/// Waits until the gate shows a certificate of this authority.
#[track_caller]
fn expect_vouched(gate: &Gate, pair: &Certificates) {
    let server = Server { port: gate.port(), authority: &pair.authority };
    eventually("the certificate to be in use", RELOAD, || {
        server.get("/readyz").is_ok_and(|answer| answer.status == 200).then_some(())
    });
}
