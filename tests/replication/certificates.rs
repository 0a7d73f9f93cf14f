//! With certificates of an authority in the Secret `mysql-tls`, a replica gives its password, and takes its
//! data, only to and from a server that has one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cluster::{Cluster, PATIENCE};
use crate::folder::TemporaryFolder;
use crate::wait::eventually;

#[test]
fn servers_are_verified_where_there_is_an_authority() {
    let folder = TemporaryFolder::new("certificates");
    for authority in ["own", "other"] {
        make(folder.path(), authority);
    }
    let Some(mut cluster) = Cluster::with_data() else { return };
    store(&cluster, folder.path(), "own", "own");
    for ordinal in 0..3 {
        cluster.bring_up(ordinal);
    }
    let verified = "SELECT ssl_verify_server_certificate, ssl_ca_file FROM performance_schema.replication_connection_configuration";
    for name in ["mysql-1", "mysql-2"] {
        assert_eq!(cluster.query(name, verified), "YES\t/run/secrets/mysql-tls/ca.crt");
    }
    assert!(cluster.pod("mysql-2").container("clone").log().contains("copied from"));

    // A backup verifies too.
    let object = cluster.manifests.get("CronJob", "mysql-backup").clone();
    let job = cluster.create_job(&object);
    let outcome = cluster.run(&job, "backup");
    assert!(outcome.success, "{}", outcome.output);

    // The primary goes on with the certificate that it has; the others trust another authority now.
    store(&cluster, folder.path(), "other", "own");
    let outcome = cluster.create_and_run("mysql-3", &["configure", "initialise", "clone"]);
    assert!(!outcome.success, "copied from a server that nobody vouches for: {}", outcome.output);
    assert!(!cluster.volumes.claim("data-mysql-3").join("mysql").exists());
    cluster.delete("mysql-1");
    cluster.start_pod(1);
    eventually("the server runs", PATIENCE, || cluster.try_query("mysql-1", "SELECT 1").success.then_some(()));
    let probe = cluster.pod("mysql-1").probe("mysql");
    assert!(!probe.success && probe.output.contains("does not follow"), "{probe:?}");
    let job = cluster.create_job(&object);
    let outcome = cluster.run(&job, "backup");
    assert!(!outcome.success && outcome.output.contains("FAILED: no server to back up"), "{}", outcome.output);
}

#[test]
fn a_certificate_has_the_names_of_its_namespace() {
    let folder = TemporaryFolder::new("names");
    for (namespace, argument) in [("mysql", None), ("shop", Some("shop"))] {
        let made = folder.path().join(namespace);
        let output = script().arg(&made).args(argument).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for name in ["mysql-write", "mysql-read", "mysql-0.mysql", "mysql-9.mysql"] {
            for suffix in ["", ".NS", ".NS.svc", ".NS.svc.cluster.local"] {
                let name = format!("{name}{}", suffix.replace("NS", namespace));
                let mut check = Command::new("openssl");
                check.args(["x509", "-noout", "-checkhost", &name, "-in"]).arg(made.join("tls.crt"));
                let said = String::from_utf8(check.output().unwrap().stdout).unwrap();
                assert!(said.contains("does match"), "{name}: {said}");
            }
        }
    }
    let wrong = script().arg(folder.path().join("wrong")).arg("shop,DNS:example.com").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(!folder.path().join("wrong").exists());
}

/// Makes an authority and a certificate of it for the servers' names, as the README tells.
fn make(folder: &Path, authority: &str) {
    let output = script().arg(folder.join(authority)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/replicated/certificate.sh"))
}

fn store(cluster: &Cluster, folder: &Path, authority: &str, certificate: &str) {
    let read = |authority: &str, file: &str| fs::read_to_string(folder.join(authority).join(file)).unwrap();
    let files = [
        ("ca.crt", read(authority, "ca.crt")),
        ("tls.crt", read(certificate, "tls.crt")),
        ("tls.key", read(certificate, "tls.key")),
    ];
    let files: BTreeMap<String, String> = files.map(|(name, content)| (name.to_owned(), content)).into();
    cluster.volumes.store("secrets", "mysql-tls", &files);
}
