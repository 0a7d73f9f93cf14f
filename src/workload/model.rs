//! The typed workload, as policies get to see it. Field by field it is `policies/wit/policy.wit`,
//! which documents what each means; credentials are withheld.

use super::flavor::Flavor;
use super::image::ImageReference;
use super::option::ServerOption;
use super::version::Version;

/// An object that runs pods.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Workload {
    pub template: String,
    pub pod_spec: String,
    pub pod_labels: Vec<(String, String)>,
    pub replicas: Option<u32>,
    pub strategy: Option<String>,
    pub service_name: Option<String>,
    pub immutable: bool,
    pub containers: Vec<Container>,
    pub volumes: Vec<Volume>,
    pub claims: Vec<Claim>,
    pub termination_grace_period: Option<u32>,
    pub host_network: bool,
}

/// Where in the pod a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Among `containers`.
    Container,
    /// Among `initContainers`; it ends before the others start.
    Init,
    /// Among `initContainers` with `restartPolicy: Always`; it goes on.
    Sidecar,
    /// Among `ephemeralContainers`.
    Ephemeral,
}

impl Placement {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Init => "init",
            Self::Sidecar => "sidecar",
            Self::Ephemeral => "ephemeral",
        }
    }
}

/// What a container is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Role {
    /// It runs a server.
    Server(Box<Server>),
    /// It has a server's image and runs something else.
    Client,
    /// It reads metrics from a server.
    Exporter,
    /// It copies data.
    Backup,
    /// Something else that is told a MySQL password.
    Application,
    /// Nothing that tidegate knows; the text may name it.
    Other(String),
}

/// A container.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Container {
    pub at: String,
    pub name: String,
    pub placement: Placement,
    pub image: String,
    pub image_reference: Option<ImageReference>,
    pub role: Role,
    pub command: Vec<String>,
    pub args: Vec<String>,
    pub env: Vec<EnvVar>,
    pub env_from: Vec<EnvFrom>,
    pub mounts: Vec<Mount>,
    pub ports: Vec<Port>,
    pub startup_probe: Option<Probe>,
    pub liveness_probe: Option<Probe>,
    pub readiness_probe: Option<Probe>,
}

/// What is known of a server.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Server {
    pub flavor: Flavor,
    pub version: Option<Version>,
    pub data_directory: String,
    pub data_volume: Option<Mount>,
    pub options: Vec<ServerOption>,
    pub options_at: Option<String>,
    pub option_files: bool,
    pub port: Option<u32>,
    /// The client programs that the image is sure to have: for queries and for administration.
    pub programs: Option<(&'static str, &'static str)>,
    /// True if a shell script starts the server.
    pub script: bool,
    /// Options that an init container may copy to where the server reads them.
    pub possible_options: Vec<PossibleOption>,
}

/// An option of a ConfigMap that may reach the server.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PossibleOption {
    /// The group that it stands in.
    pub group: String,
    /// The name with dashes.
    pub name: String,
    /// The value; none for a bare name.
    pub value: Option<String>,
    /// The ConfigMap.
    pub config_map: String,
    /// The file's key in it.
    pub key: String,
}

/// An environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct EnvVar {
    pub at: String,
    pub name: String,
    pub value: Option<EnvValue>,
    pub value_from: Option<EnvSource>,
    pub credential: bool,
}

/// A literal value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub enum EnvValue {
    Plain(String),
    Withheld { empty: bool, references: bool },
}

/// Where a variable takes its value from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct EnvSource {
    pub kind: String,
    pub name: Option<String>,
    pub key: Option<String>,
    pub optional: bool,
}

/// An entry of `envFrom`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct EnvFrom {
    pub kind: String,
    pub name: String,
    pub prefix: String,
}

/// An entry of `volumeMounts`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Mount {
    pub at: String,
    pub volume: String,
    pub path: String,
    pub sub_path: Option<String>,
    pub read_only: bool,
}

/// An entry of `ports`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Port {
    pub at: String,
    pub name: Option<String>,
    pub container_port: u32,
    pub host_port: Option<u32>,
}

/// A probe.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Probe {
    pub at: String,
    pub kind: String,
    pub command: Vec<String>,
    pub port: Option<String>,
    pub initial_delay: Option<u32>,
    pub period: Option<u32>,
    pub timeout: Option<u32>,
    pub failure_threshold: Option<u32>,
}

/// A volume of the pod.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Volume {
    pub at: String,
    pub name: String,
    pub kind: String,
    pub source: Option<String>,
}

/// A claim template.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract, policies/wit/policy.wit, documents each field")]
pub struct Claim {
    pub at: String,
    pub name: String,
    pub storage_class: Option<String>,
    pub access_modes: Vec<String>,
    pub storage: Option<String>,
}
