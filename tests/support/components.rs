//! The command lines of a control plane's components.

use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::KeyPair;

use super::certificates::Certificates;
use super::folder::TemporaryFolder;
use super::port;
use super::process::tied;
use super::programs::Programs;

/// The bearer token of the administrator.
pub(crate) const ADMIN_TOKEN: &str = "admin";

/// Every write with the whole request and response, as an operator might log it. Reads would
/// only bury them.
const AUDIT_POLICY: &str = r#"
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, verbs: [get, list, watch]}
- {level: RequestResponse}
"#;

/// What the components are told, and must be told again when one is restarted.
pub(crate) struct Settings {
    pub(crate) api_server_port: u16,
    pub(crate) certificates: Certificates,
    pub(crate) audit_log: PathBuf,
    etcd_client_port: u16,
    etcd_peer_port: u16,
    etcd_data: PathBuf,
    api_server_data: PathBuf,
    audit_policy: PathBuf,
    token_file: PathBuf,
    service_account_key: PathBuf,
    service_account_public_key: PathBuf,
}

impl Settings {
    pub(crate) fn write_to(folder: &TemporaryFolder) -> Self {
        // Signs the tokens of service accounts.
        let key = KeyPair::generate().expect("a key can be generated");
        Self {
            api_server_port: port::free(),
            certificates: Certificates::write_to(folder.path()),
            audit_log: folder.path().join("audit.log"),
            etcd_client_port: port::free(),
            etcd_peer_port: port::free(),
            etcd_data: folder.path().join("etcd"),
            api_server_data: folder.path().join("kube-apiserver"),
            audit_policy: folder.write("audit-policy.yaml", AUDIT_POLICY),
            token_file: folder.write("tokens.csv", format!("{ADMIN_TOKEN},admin,admin,\"system:masters\"\n")),
            service_account_key: folder.write("service-account.key", key.serialize_pem()),
            service_account_public_key: folder.write("service-account.pub", key.public_key_pem()),
        }
    }

    pub(crate) fn etcd(&self, programs: &Programs) -> Command {
        let client = format!("http://127.0.0.1:{}", self.etcd_client_port);
        let peer = format!("http://127.0.0.1:{}", self.etcd_peer_port);
        let mut command = tied(&programs.etcd);
        command
            .arg(flag("data-dir", &self.etcd_data))
            .arg("--unsafe-no-fsync")
            .arg(format!("--listen-client-urls={client}"))
            .arg(format!("--advertise-client-urls={client}"))
            .arg(format!("--listen-peer-urls={peer}"))
            .arg(format!("--initial-advertise-peer-urls={peer}"))
            .arg(format!("--initial-cluster=default={peer}"));
        command
    }

    pub(crate) fn api_server(&self, programs: &Programs) -> Command {
        let mut command = tied(&programs.api_server);
        command
            .arg(format!("--etcd-servers=http://127.0.0.1:{}", self.etcd_client_port))
            .arg(format!("--secure-port={}", self.api_server_port))
            .arg("--bind-address=127.0.0.1")
            // Else it looks for a default route, which a machine without network lacks.
            .arg("--advertise-address=127.0.0.1")
            // Loopback is no valid endpoint of the Service `kubernetes`, which no test needs.
            .arg("--endpoint-reconciler-type=none")
            .arg(flag("cert-dir", &self.api_server_data))
            .arg(flag("tls-cert-file", &self.certificates.certificate_file))
            .arg(flag("tls-private-key-file", &self.certificates.key_file))
            .arg("--authorization-mode=RBAC")
            .arg(flag("token-auth-file", &self.token_file))
            .arg("--service-account-issuer=https://kubernetes.default.svc")
            .arg(flag("service-account-key-file", &self.service_account_public_key))
            .arg(flag("service-account-signing-key-file", &self.service_account_key))
            .arg("--service-cluster-ip-range=10.96.0.0/16")
            .arg("--allow-privileged")
            .arg(flag("audit-policy-file", &self.audit_policy))
            .arg(flag("audit-log-path", &self.audit_log));
        command
    }

    pub(crate) fn controller_manager(&self, programs: &Programs, kubeconfig: &Path) -> Command {
        let mut command = tied(&programs.controller_manager);
        command
            .arg(flag("kubeconfig", kubeconfig))
            .arg(flag("root-ca-file", &self.certificates.authority_file))
            .arg(flag("service-account-private-key-file", &self.service_account_key))
            .arg("--use-service-account-credentials")
            .arg("--leader-elect=false")
            .arg("--secure-port=0");
        command
    }
}

fn flag(name: &str, path: &Path) -> String {
    format!("--{name}={}", path.display())
}
