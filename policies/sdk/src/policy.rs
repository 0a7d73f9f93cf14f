//! What a policy is: its name, its rules, its settings and its judgement.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Finding, Request, Severity};

/// A policy: what it says of itself, and its judgement. See the [crate] for an example, and
/// [`export!`](crate::export) for how it becomes a component.
pub trait Policy {
    /// The settings, with a default for each; [`NoSettings`] if there is nothing to set.
    ///
    /// The struct is their only source: doc comments become the descriptions in the JSON Schema.
    ///
    /// ```
    /// use tidegate_policy::Settings;
    ///
    /// /// What can be set.
    /// #[derive(Debug, Settings)]
    /// struct BackupSettings {
    ///     /// How long a backup may take, in seconds.
    ///     #[setting(default = 3600)]
    ///     #[schemars(range(min = 60))]
    ///     longest_seconds: u32,
    ///     /// Names of containers that are not looked at.
    ///     ignore_containers: Vec<String>,
    /// }
    ///
    /// assert_eq!(BackupSettings::default().longest_seconds, 3600);
    /// ```
    type Settings: DeserializeOwned + JsonSchema + Default;

    /// The policy's name, in the form of a DNS label, for instance `storage-class`.
    const NAME: &str;
    /// One line for people: what it sees to.
    const TITLE: &str;
    /// The rules that its findings name.
    const RULES: &[Rule];
    /// What it asks the [`cluster`](crate::cluster) for; anything else is refused.
    const READS: &[ResourceType] = &[];
    /// The kinds of objects that it judges; it is not asked about any other. Unless it says so,
    /// those that run pods.
    ///
    /// `Ingress`, or `Certificate.cert-manager.io` where the group matters, or `*`: whatever the
    /// policy's document names.
    const KINDS: &[&str] = WORKLOADS;
    /// Which objects of these kinds it is asked about.
    const CONCERN: Concern = Concern::Everything;

    /// Whether settings that fit their types also make sense together.
    ///
    /// # Errors
    /// What is wrong, for the person who wrote the settings.
    fn check(settings: &Self::Settings) -> Result<(), String> {
        let _ = settings;
        Ok(())
    }

    /// Judges one object. It gives the same findings for the same request, and none any more for
    /// what its own fixes have made of it.
    fn review(request: &Request, settings: &Self::Settings) -> Vec<Finding>;
}

/// The kinds that run pods.
pub const WORKLOADS: &[&str] = &[
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Pod",
    "PodTemplate",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// Which objects a policy is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// Those that have to do with MySQL: the others do not even wait for the gate.
    MySql,
    /// Every object of its kinds.
    Everything,
}

impl Concern {
    /// The word of the contract.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::Everything => "everything",
        }
    }
}

/// Settings of a policy that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// Something that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// A stable name, for instance `MY010`.
    pub id: &'static str,
    /// One line: what is wrong when it fires.
    pub title: &'static str,
    /// How bad it is, unless a finding says less.
    pub severity: Severity,
}

impl Rule {
    /// A rule, to be kept in a constant.
    pub const fn new(id: &'static str, title: &'static str, severity: Severity) -> Self {
        Self { id, title, severity }
    }
}

/// A type of object in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType {
    /// For instance `storage.k8s.io/v1`.
    pub api_version: &'static str,
    /// For instance `StorageClass`.
    pub kind: &'static str,
}

impl ResourceType {
    /// A type, to be kept in a constant and named in [`Policy::READS`].
    pub const fn new(api_version: &'static str, kind: &'static str) -> Self {
        Self { api_version, kind }
    }
}
