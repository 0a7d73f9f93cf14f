//! A real Kubernetes control plane in a temporary folder, without nodes: Pods are made and
//! stay pending.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use serde_json::Value;

use super::components::{ADMIN_TOKEN, Settings};
use super::folder::TemporaryFolder;
use super::helm;
use super::https::Server;
use super::kubectl::{Kubectl, Output};
use super::process::Process;
use super::programs::Programs;
use super::wait;

/// Ready after 3 s on two idle cores; a busy machine gets twenty times that.
const START: Duration = Duration::from_mins(1);

/// etcd, API server and controller manager. Dropping it ends them and removes their data.
pub(crate) struct ControlPlane {
    // In the order in which they are dropped.
    _controller_manager: Process,
    api_server: Option<Process>,
    etcd: Option<Process>,
    admin: Kubectl,
    settings: Settings,
    programs: Programs,
    namespaces: AtomicU32,
    folder: TemporaryFolder,
}

impl ControlPlane {
    /// The one that all tests share, each in namespaces of its own. `None`: there is none on
    /// this machine, which was said, and the test is to return.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<ControlPlane>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// One for a test alone, for instance to stop its API server.
    pub(crate) fn start() -> Option<Self> {
        let programs = Programs::find_or_build()?;
        let folder = TemporaryFolder::new("control-plane");
        let settings = Settings::write_to(&folder);
        let admin = Kubectl::with_token(
            &programs.kubectl,
            folder.path(),
            "admin",
            settings.api_server_port,
            &settings.certificates.authority_file,
            ADMIN_TOKEN,
        );
        // The API server tries again until etcd answers.
        let mut etcd = Process::start("etcd", settings.etcd(&programs), &log(&folder, "etcd"));
        let api_server = start_api_server(&settings, &programs, &folder, &mut etcd);
        let controller_manager = Process::start(
            "kube-controller-manager",
            settings.controller_manager(&programs, admin.kubeconfig()),
            &log(&folder, "kube-controller-manager"),
        );
        let cluster = Self {
            _controller_manager: controller_manager,
            api_server: Some(api_server),
            etcd: Some(etcd),
            admin,
            settings,
            programs,
            namespaces: AtomicU32::new(0),
            folder,
        };
        // No pod is taken into a namespace without it, and the controller makes it some time after the namespace.
        cluster.await_service_account("default", "default");
        Some(cluster)
    }

    /// Kills the API server, as a crash would. Only a test's own control plane can be
    /// stopped: the shared one is not to be had mutably.
    pub(crate) fn stop_api_server(&mut self) {
        self.api_server = None;
    }

    /// Starts the API server again, on the same port and data, and waits until it is ready.
    pub(crate) fn start_api_server(&mut self) {
        let etcd = self.etcd.as_mut().expect("it is there but while it is started again");
        self.api_server = Some(start_api_server(&self.settings, &self.programs, &self.folder, etcd));
    }

    /// The administrator's kubeconfig.
    pub(crate) fn kubeconfig(&self) -> &Path {
        self.admin.kubeconfig()
    }

    /// Runs kubectl as the administrator.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Output {
        self.admin.run(arguments)
    }

    /// Runs kubectl as the administrator with something on standard input, for `-f -`.
    pub(crate) fn kubectl_with_input(&self, arguments: &[&str], input: &str) -> Output {
        self.admin.run_with_input(arguments, input)
    }

    /// Runs kubectl as the administrator, `editor` being what `kubectl edit` opens.
    pub(crate) fn kubectl_with_editor(&self, editor: &Path, arguments: &[&str]) -> Output {
        self.admin.run_in(&[("KUBE_EDITOR", editor)], arguments, "")
    }

    /// The patch by which Helm would bring an object from one manifest to the next.
    pub(crate) fn three_way_merge(&self, before: &Value, after: &Value, stored: &Value) -> Value {
        helm::three_way_merge(&self.programs.three_way_merge, before, after, stored)
    }

    /// Runs kubectl as the administrator with `-o json`.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.admin.json(arguments)
    }

    /// A new namespace, `PREFIX-NUMBER`, in which Pods can be made.
    #[track_caller]
    pub(crate) fn create_namespace(&self, prefix: &str) -> String {
        let number = self.namespaces.fetch_add(1, Ordering::Relaxed);
        let namespace = format!("{prefix}-{number}");
        self.kubectl(&["create", "namespace", &namespace]).expect_success();
        self.await_service_account(&namespace, "default");
        namespace
    }

    /// kubectl and a kubeconfig as a service account. The account must have been applied, or
    /// come with its namespace; what it may do is for the test to grant.
    #[track_caller]
    pub(crate) fn as_service_account(&self, namespace: &str, name: &str) -> Kubectl {
        self.await_service_account(namespace, name);
        let token = self.kubectl(&["create", "token", name, "-n", namespace]).expect_success();
        Kubectl::with_token(
            &self.programs.kubectl,
            self.folder.path(),
            &format!("{namespace}.{name}"),
            self.settings.api_server_port,
            &self.settings.certificates.authority_file,
            token.trim(),
        )
        .in_namespace(namespace)
    }

    /// The API server's port, the authority that vouches for it, and the administrator's token.
    pub(crate) fn address(&self) -> (u16, &CertificateDer<'static>, &'static str) {
        (self.settings.api_server_port, &self.settings.certificates.authority, ADMIN_TOKEN)
    }

    /// The administrator's kubectl, for a thread that outlives a borrow.
    pub(crate) fn admin(&self) -> Kubectl {
        self.admin.handle()
    }

    /// Kills etcd, as a crash would, and starts it again on the same data. The API server goes on
    /// as it can meanwhile.
    pub(crate) fn restart_etcd(&mut self) {
        self.etcd = None;
        self.etcd = Some(Process::start("etcd", self.settings.etcd(&self.programs), &log(&self.folder, "etcd")));
    }

    /// What the API server has logged of writes: a line of JSON each, with the whole request,
    /// response and the patches of webhooks. A line may come a moment after the response.
    pub(crate) fn audit_log(&self) -> String {
        fs::read_to_string(&self.settings.audit_log).expect("the API server keeps an audit log")
    }

    #[track_caller]
    pub(crate) fn await_service_account(&self, namespace: &str, name: &str) {
        wait::eventually(&format!("service account {namespace}/{name}"), START, || {
            let found = self.kubectl(&["get", "serviceaccount", name, "-n", namespace]);
            found.is_success().then_some(())
        });
    }
}

fn start_api_server(settings: &Settings, programs: &Programs, folder: &TemporaryFolder, etcd: &mut Process) -> Process {
    let mut api_server =
        Process::start("kube-apiserver", settings.api_server(programs), &log(folder, "kube-apiserver"));
    let server = Server { port: settings.api_server_port, authority: &settings.certificates.authority };
    api_server.wait_until(START, || {
        etcd.expect_running();
        server.get("/readyz").is_ok_and(|response| response.status == 200)
    });
    api_server
}

fn log(folder: &TemporaryFolder, component: &str) -> PathBuf {
    folder.path().join(format!("{component}.log"))
}
