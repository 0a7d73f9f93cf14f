//! Gates that make their certificate themselves: one Secret for all replicas, believed by both configurations, renewed
//! without a handshake that fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::make_account;
use crate::support::control_plane::ControlPlane;
use crate::support::ending::ending_in;
use crate::support::kubectl::Kubectl;
use crate::support::port;
use crate::support::process::{Process, tied};
use crate::support::wait::eventually;

/// A look at the Secret (15 s), or a Lease that has to run out before it (15 s), on a busy machine.
const KEPT: Duration = Duration::from_secs(90);
const NAME: &str = "tidegate.tidegate-system.svc";
const SECRET: [&str; 4] = ["secret", "tidegate-tls", "-n", "tidegate-system"];

/// A control plane with rights, configurations and as many gates as a test wants.
struct Board {
    cluster: ControlPlane,
    account: Kubectl,
    folder: TempDir,
}

impl Board {
    fn open() -> Option<Self> {
        let cluster = ControlPlane::start()?;
        let account = make_account(&cluster);
        for file in ["27-rbac-webhooks.yaml", "70-mutating-webhook.yaml", "80-validating-webhook.yaml"] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy").join(file);
            cluster.kubectl(&["apply", "-f", &file.display().to_string()]).expect_success();
        }
        Some(Self { cluster, account, folder: tempfile::tempdir().unwrap() })
    }

    /// A replica, and its port.
    fn gate(&self, name: &str) -> (Process, u16) {
        let port = port::free();
        let mut command = tied(Path::new(env!("CARGO_BIN_EXE_tidegate")));
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--tls-secret", "tidegate-tls"])
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("HOSTNAME", name)
            .env("KUBECONFIG", self.account.kubeconfig())
            .env("RUST_LOG", "trace")
            .env("TIDEGATE_WEBHOOKS", "leave");
        (Process::start("tidegate", command, &self.folder.path().join(format!("{name}.log"))), port)
    }

    fn data(&self, key: &str) -> Option<String> {
        let found = self.cluster.kubectl(&[&["get"], &SECRET[..], &["-o", "json"]].concat());
        let secret: Value = serde_json::from_str(found.is_success().then_some(found.stdout.as_str())?).ok()?;
        String::from_utf8(STANDARD.decode(secret["data"][key].as_str()?).ok()?).ok()
    }

    /// Whether every webhook of both configurations believes what the Secret says.
    fn are_told(&self) -> bool {
        let Some(authorities) = self.data("ca.crt") else { return false };
        ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"].iter().all(|kind| {
            let configuration = self.cluster.json(&["get", kind, "tidegate"]);
            let webhooks = configuration["webhooks"].as_array().unwrap();
            webhooks.iter().all(|webhook| webhook["clientConfig"]["caBundle"] == STANDARD.encode(&authorities))
        })
    }

    /// The certificate that a port shows to whom believes the Secret's authorities, and calls the gate by its name.
    fn shown(&self, port: u16) -> Option<String> {
        let authorities: PathBuf = self.folder.path().join("believed.pem");
        fs::write(&authorities, self.data("ca.crt")?).unwrap();
        let shown = Command::new("openssl")
            .args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-servername", NAME, "-verify_hostname", NAME])
            .args(["-verify_return_error", "-CAfile"])
            .arg(&authorities)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&shown.stdout).into_owned();
        let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----")?;
        let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
        shown.status.success().then(|| body.trim().to_owned())
    }
}

#[test]
fn replicas_share_one_certificate_and_renew_it() {
    let Some(board) = Board::open() else { return };
    let gates = [board.gate("first"), board.gate("second")];
    let shown_by_both = || {
        let [first, second] = gates.each_ref().map(|(_, port)| board.shown(*port));
        first.filter(|first| second.as_ref() == Some(first))
    };
    let first = eventually("both to show one certificate", KEPT, shown_by_both);
    eventually("both configurations to believe it", KEPT, || board.are_told().then_some(()));

    // One that ends soon is renewed, and in between nobody is turned away.
    let (authority, key) = (board.data("ca.crt").unwrap(), board.data("ca.key").unwrap());
    let (certificate, own) = ending_in(10, &authority, &key);
    let patch = json!({ "data": { "tls.crt": STANDARD.encode(&certificate), "tls.key": STANDARD.encode(own) } });
    board.cluster.kubectl(&[&["patch"], &SECRET[..], &["-p", &patch.to_string()]].concat()).expect_success();
    let body = |pem: &str| pem.lines().filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().join("\n");
    let (began, mut handshakes) = (Instant::now(), 0);
    let renewed = loop {
        assert!(began.elapsed() < KEPT, "nothing was renewed");
        let shown = gates.each_ref().map(|(_, port)| board.shown(*port));
        handshakes += shown.iter().flatten().count();
        assert!(shown.iter().all(Option::is_some), "a handshake failed after {handshakes}");
        let [one, other] = shown.map(Option::unwrap);
        if one == other && one != first && one != body(&certificate) {
            break one;
        }
    };
    assert!(handshakes > 2 && board.data("ca.crt").as_deref() == Some(authority.as_str()));

    // Without the Secret there is another authority, which both configurations hear of.
    board.cluster.kubectl(&[&["delete"], &SECRET[..]].concat()).expect_success();
    let anew = eventually("another certificate", KEPT, || shown_by_both().filter(|shown| *shown != renewed));
    eventually("both configurations to believe it", KEPT, || board.are_told().then_some(()));
    assert!(anew != renewed && board.data("ca.crt").as_deref() != Some(authority.as_str()));
    for (gate, _) in &gates {
        let log = gate.log();
        assert!(!log.contains("PRIVATE KEY") && !log.contains(key.lines().nth(1).unwrap()), "a key was logged");
    }
}

#[test]
fn somebody_elses_certificate_is_served_and_left_alone() {
    let Some(board) = Board::open() else { return };
    let authority = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::default();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "somebody's authority");
    let signed = parameters.self_signed(&authority).unwrap().pem();
    // It ends tomorrow; whoever made it sees to that.
    let (certificate, key) = ending_in(1, &signed, &authority.serialize_pem());
    let secret = json!({ "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": { "name": "tidegate-tls", "namespace": "tidegate-system" },
        "stringData": { "tls.crt": certificate, "tls.key": key, "ca.crt": signed } });
    board.cluster.kubectl_with_input(&["create", "-f", "-"], &secret.to_string()).expect_success();
    let (_gate, port) = board.gate("only");
    eventually("its certificate", KEPT, || board.shown(port));
    let before = board.cluster.json(&[&["get"], &SECRET[..]].concat())["metadata"]["resourceVersion"].clone();
    // Two looks.
    std::thread::sleep(Duration::from_secs(35));
    let after = board.cluster.json(&[&["get"], &SECRET[..]].concat())["metadata"]["resourceVersion"].clone();
    assert_eq!(after, before);
    assert!(!board.are_told(), "the configurations are theirs too");
}
