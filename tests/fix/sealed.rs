//! `tidegate fix --seal`: by the real kubeseal, by another program, and by programs that fail.

use std::fs;
use std::path::Path;
use std::process::Command;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;

use super::programs::Programs;
use super::{MANIFEST, PASSWORD, fix, folder_with, says_no_password};
use crate::command::tidegate_in;

/// The password as it stands in a Secret.
const ENCODED: &str = "czNjcjN0LVRpZGUtNzc=";
const SEALED: &str = "mysql-credentials.shop.sealed.yaml";

#[test]
fn a_sealed_secret_is_opened_again_by_the_same_program() {
    let (folder, file) = folder_with(MANIFEST);
    let cipher = "openssl enc -aes-256-cbc -pbkdf2 -a -pass pass:tide";
    says_no_password(&fix(folder.path(), &["--seal", cipher, "mysql.yaml"], ""));
    assert!(!fs::read_to_string(&file).unwrap().contains(PASSWORD));
    let opened = Command::new("sh")
        .args(["-c", &format!("{cipher} -d < {SEALED}")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&opened.stdout).contains(ENCODED));
}

#[test]
fn a_program_that_does_not_seal_leaves_all_files_as_they_are() {
    for program in ["false", "true", "cat", "cat > /dev/null; echo half; exit 3"] {
        let (folder, file) = folder_with(MANIFEST);
        let outcome = fix(folder.path(), &["--seal", program, "mysql.yaml"], "");
        says_no_password(&outcome);
        assert_eq!(outcome.0, 2, "{program}: {}{}", outcome.1, outcome.2);
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST, "{program}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{program}");
    }
}

#[test]
fn what_the_real_kubeseal_sealed_is_opened_by_the_private_key() {
    let Some(programs) = Programs::find_or_build() else { return };
    let kubeseal = programs.kubeseal.display();
    for (manifest, sealed_into, format) in [
        (MANIFEST.to_owned(), SEALED, "--format yaml"),
        (MANIFEST.to_owned(), SEALED, "--scope cluster-wide"),
        (MANIFEST.replace("namespace: shop", "labels: {}"), "mysql-credentials.sealed.yaml", "--namespace shop"),
    ] {
        let (folder, file) = folder_with(&manifest);
        certificate(folder.path(), "RSA", 4096);
        let seal = format!("{kubeseal} --cert certificate.pem {format}");
        let outcome = fix(folder.path(), &["--seal", &seal, "mysql.yaml"], "");
        says_no_password(&outcome);
        let repaired = fs::read_to_string(&file).unwrap();
        assert!(!repaired.contains(PASSWORD) && repaired.contains("mysql-credentials"), "{outcome:?}");

        let sealed = fs::read_to_string(folder.path().join(sealed_into)).unwrap();
        assert!(sealed.contains("SealedSecret") && !sealed.contains("MYSQL_ROOT_PASSWORD: s3"), "{sealed}");
        for entry in fs::read_dir(folder.path()).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!text.contains(PASSWORD) && !text.contains(ENCODED), "{text}");
        }

        // What comes out again is what --secrets would have written.
        let opened = open(&programs.kubeseal, folder.path(), &sealed);
        let (plain, _) = folder_with(&manifest);
        fix(plain.path(), &["--secrets", "secrets.yaml", "mysql.yaml"], "");
        let written = read_secret(&plain.path().join("secrets.yaml"));
        assert_eq!(opened["data"]["MYSQL_ROOT_PASSWORD"], ENCODED);
        for part in ["/data", "/type", "/metadata/name", "/metadata/labels"] {
            assert_eq!(opened.pointer(part), written.pointer(part), "{part} of {opened} and {written}");
        }

        // The folder is as good as any: nothing to repair, and nothing that cannot be read.
        let (code, out, err) = fix(folder.path(), &["--check", "."], "");
        assert!(code < 2 && !out.contains("MY001"), "{out}{err}");
        let (code, out, err) = tidegate_in(folder.path(), &["audit", "."], "");
        assert!(code < 2 && !out.contains("MY001") && !out.contains("SealedSecret"), "{out}{err}");
    }
}

#[test]
fn a_certificate_that_kubeseal_does_not_take_leaves_all_files_as_they_are() {
    let Some(programs) = Programs::find_or_build() else { return };
    for (algorithm, until) in [("RSA", 2020), ("ED25519", 4096), ("", 0)] {
        let (folder, file) = folder_with(MANIFEST);
        if !algorithm.is_empty() {
            certificate(folder.path(), algorithm, until);
        }
        let before = fs::read_dir(folder.path()).unwrap().count();
        let seal = format!("{} --cert certificate.pem", programs.kubeseal.display());
        let outcome = fix(folder.path(), &["--seal", &seal, "mysql.yaml"], "");
        says_no_password(&outcome);
        assert!(outcome.0 == 2 && outcome.1.contains("did not seal"), "{algorithm} {until}: {outcome:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), MANIFEST, "{algorithm} {until}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before, "{algorithm} {until}");
    }
}

/// A certificate as the controller of a cluster has one, and its private key beside it.
fn certificate(folder: &Path, algorithm: &str, until: i32) {
    let output = Command::new("openssl")
        .args(["genpkey", "-algorithm", algorithm, "-out", "key.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let key = KeyPair::from_pem(&fs::read_to_string(folder.join("key.pem")).unwrap()).unwrap();
    let mut parameters = CertificateParams::default();
    parameters.not_after = date_time_ymd(until, 1, 1);
    fs::write(folder.join("certificate.pem"), parameters.self_signed(&key).unwrap().pem()).unwrap();
}

/// The Secret that the private key makes of what is sealed.
fn open(kubeseal: &Path, folder: &Path, sealed: &str) -> Value {
    let file = folder.join("opened");
    fs::write(&file, sealed).unwrap();
    let output = Command::new(kubeseal)
        .args(["--recovery-unseal", "--recovery-private-key", "key.pem", "--secret-file", "opened"])
        .current_dir(folder)
        .output()
        .unwrap();
    fs::remove_file(file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn read_secret(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap();
    tidegate::yaml::parse(&text).remove(0).ok().unwrap().value
}
