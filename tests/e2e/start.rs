//! Starting: what is wrong with the arguments is said, and a second start compiles nothing.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::support::certificates::Certificates;
use crate::support::gate::Gate;
use crate::support::wait::poll;

/// A start that fails takes no longer than one that succeeds on an empty cache.
const START: Duration = Duration::from_mins(1);

/// A kubeconfig for an API server that is not there.
pub(crate) fn nowhere(folder: &Path) -> PathBuf {
    let path = folder.join("nowhere.kubeconfig");
    // Port 1 (tcpmux): nobody listens there.
    let text = "{apiVersion: v1, kind: Config, current-context: nowhere, \
                contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}], \
                clusters: [{name: nowhere, cluster: {server: 'https://127.0.0.1:1'}}], \
                users: [{name: nobody, user: {token: none}}]}";
    fs::write(&path, text).unwrap();
    path
}

/// What a gate needs to start, in a folder.
struct Setup {
    folder: tempfile::TempDir,
    certificates: Certificates,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let certificates = Certificates::write_to(folder.path());
        Self { folder, certificates }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Starts a gate that must not start: the exit code must be 2, and each part in what it says.
    #[track_caller]
    fn rejects(&self, listen: &str, key: &Path, policy: Option<&Path>, parts: &[&str]) {
        let error = self.folder.path().join("stderr");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.args(["serve", "--log-format", "plain", "--listen", listen, "--tls-cert"]);
        command.arg(&self.certificates.certificate_file).arg("--tls-key").arg(key);
        command.args(policy.into_iter().flat_map(|file| ["--policy".as_ref(), file.as_os_str()]));
        command.env("KUBECONFIG", nowhere(self.folder.path())).env("HOME", env!("CARGO_TARGET_TMPDIR"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&error).unwrap());
        let mut child = command.spawn().unwrap();
        let status = poll(START, || child.try_wait().unwrap());
        let _ = child.kill();
        let said = fs::read_to_string(&error).unwrap();
        assert_eq!(status.and_then(|status| status.code()), Some(2), "{said}");
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
        assert!(!said.contains("panic"), "{said}");
    }

    #[track_caller]
    fn rejects_policy(&self, document: &str, parts: &[&str]) {
        let file = self.write("policy.yaml", document);
        self.rejects("127.0.0.1:0", &self.certificates.key_file, Some(&file), parts);
    }
}

#[test]
fn a_port_that_is_taken() {
    let setup = Setup::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let parts = [&*format!("cannot listen on {address}"), "another process has the port", "--listen"];
    setup.rejects(&address, &setup.certificates.key_file, None, &parts);
}

#[test]
fn a_certificate_and_a_key_that_do_not_belong_together() {
    let (setup, other) = (Setup::new(), Setup::new());
    let key = &other.certificates.key_file;
    setup.rejects("127.0.0.1:0", key, None, &["do not belong together", &key.display().to_string(), "tls.crt"]);
    let absent = setup.folder.path().join("absent.key");
    setup.rejects("127.0.0.1:0", &absent, None, &["absent.key", "No such file"]);
    let broken = setup.write("broken.key", "not PEM");
    setup.rejects("127.0.0.1:0", &broken, None, &["broken.key", "no private key in PEM"]);
}

#[test]
fn policy_documents_that_cannot_be_used() {
    let setup = Setup::new();
    let document = |spec: &str| {
        format!("apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{name: mine}}\nspec:\n{spec}")
    };
    let absent = setup.folder.path().join("absent.yaml");
    let key = &setup.certificates.key_file;
    setup.rejects("127.0.0.1:0", key, Some(&absent), &["absent.yaml", "cannot be read"]);
    setup.rejects("127.0.0.1:0", key, Some(setup.folder.path()), &["there are no policy documents in this folder"]);
    for (spec, parts) in [
        ("  module: builtin://probes\n  sevrity: high\n", &["policy.yaml:6: spec.sevrity: unknown field"][..]),
        ("  module: builtin://nothing\n", &["policy mine", "spec.module", "\"nothing\"", "storage-class"]),
        ("  module: nothing\n", &["spec.module", "none of builtin://NAME, file://PATH, https://"]),
        ("  module: file://absent.wasm\n", &["spec.module", "absent.wasm"]),
        ("  module: builtin://probes\n  timeout: soon\n", &["spec.timeout", "\"soon\" is not a duration"]),
        (
            "  module: builtin://probes\n  match: {kinds: [Deploymnet]}\n",
            &["policy mine", "spec.match.kinds: the policy never judges Deploymnet; did you mean Deployment?"],
        ),
        (
            "  module: builtin://probes\n  match: {exclude: {kinds: [Ingress]}}\n",
            &["spec.match.exclude.kinds: the policy never judges Ingress; it judges "],
        ),
        ("  module: builtin://probes\n  action: explode\n", &["policy.yaml:6: spec.action: ", "explode"]),
        (
            "  module: builtin://storage-class\n  settings: {allowed: [gp2, 3]}\n",
            &["policy mine", "spec.settings.allowed[1]"],
        ),
        (
            "  module: builtin://storage-class\n  settings: {defualt: gp2}\n",
            &["policy mine", "spec.settings", "defualt"],
        ),
        (
            "  module: builtin://storage-class\n  settings: {default: a, allowed: [b]}\n",
            &["policy mine", "spec.settings"],
        ),
    ] {
        setup.rejects_policy(&document(spec), parts);
    }
    setup.rejects_policy("", &["policy.yaml", "no document"]);
    setup.rejects_policy("a: b: c", &["policy.yaml"]);
    setup.rejects_policy("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", &["policy.yaml"]);
}

#[test]
fn components_that_cannot_be_used() {
    let setup = Setup::new();
    let document = "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {name: mine}\n\
                    spec: {module: file://mine.wasm}\n";
    for (bytes, parts) in [
        (&b"no component at all"[..], &["it is not a WebAssembly component"][..]),
        (b"", &["it is not a WebAssembly component"]),
        (b"\0asm\x01\0\0\0", &["it is a core module", "wasm-tools component new"]),
        (b"\0asm\x0d\0\x01\0", &["it does not keep the contract tidegate:policy@1"]),
        (&wants_wasi(), &["it does not keep the contract tidegate:policy@1", "wasi:cli/environment@0.2.0"]),
    ] {
        setup.write("mine.wasm", bytes);
        setup.rejects_policy(document, &[&["policy mine", "mine.wasm"], parts].concat());
    }
}

/// The smallest component that imports an interface of WASI with one function.
fn wants_wasi() -> Vec<u8> {
    let name = b"wasi:cli/environment@0.2.0";
    let length = u8::try_from(name.len()).unwrap();
    // Section 7, types: one instance type, with the type of a function and its export as `get`.
    let types = [7, 16, 1, 0x42, 2, 0x01, 0x40, 0, 1, 0, 0x04, 0, 3, b'g', b'e', b't', 1, 0];
    // Section 10, imports: one, an instance of type 0.
    let import = [10, length + 5, 1, 0, length];
    [&b"\0asm\x0d\0\x01\0"[..], &types, &import, name, &[5, 0]].concat()
}

#[test]
fn a_second_start_compiles_nothing() {
    let setup = Setup::new();
    let cache = setup.folder.path().join("cache");
    let start = || {
        let gate = Gate::builder(&nowhere(setup.folder.path())).argument("--cache-dir").argument(&cache);
        let (status, logs) = gate.argument("--shutdown-delay").argument("0").start().stop();
        assert!(status.success(), "{logs}");
        let mut compiled = BTreeMap::new();
        list(&cache, &mut compiled);
        compiled
    };
    let first = start();
    assert!(first.len() >= 5, "five policies are compiled and kept: {first:?}");
    assert_eq!(start(), first, "the second start wrote to the cache");
}

/// Compiled code by its file, with the time when it was written. How often it was used is kept
/// beside it, and may change.
fn list(folder: &Path, found: &mut BTreeMap<PathBuf, SystemTime>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, found);
        } else if path.extension().is_none() {
            found.insert(path.clone(), fs::metadata(&path).unwrap().modified().unwrap());
        }
    }
}
