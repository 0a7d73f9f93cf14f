//! What whoever installs the gate may choose.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// The namespace that the gate is in if nobody says another.
pub const NAMESPACE: &str = "tidegate-system";

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The gate's own namespace.
    pub namespace: String,
    /// The image; none: that of `webhook-deploy/`, which no registry has.
    pub image: Option<String>,
    /// A Secret of that namespace with credentials for the image's registry.
    pub pull_secret: Option<String>,
    /// How many replicas; none: as there are, else two.
    pub replicas: Option<u32>,
    /// Whether cert-manager makes the certificate, and not the gate itself.
    pub cert_manager: bool,
    /// In which kinds findings are reported; none: as they are, else not.
    pub reports: Option<Reports>,
    /// How long the gate may take until it answers.
    pub timeout: Duration,
    /// What was written into the gate's Deployment by hand.
    pub written: Written,
}

/// What no option says, and an installation leaves as whoever runs the gate wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Arguments, `--webhooks=leave` for instance.
    pub arguments: Vec<String>,
    /// The resources of the container; none: those of `webhook-deploy/`.
    pub resources: Option<Value>,
}

/// The arguments that the documentation tells people to write.
const WRITTEN: [&str; 5] = ["--webhooks", "--clean-up", "--clean-up-after", "--changed-passwords", "--client-ca"];

impl Default for Options {
    fn default() -> Self {
        Self {
            namespace: NAMESPACE.to_owned(),
            image: None,
            pull_secret: None,
            replicas: None,
            cert_manager: false,
            reports: None,
            timeout: Duration::from_mins(5),
            written: Written::default(),
        }
    }
}

impl Options {
    /// Takes over from the gate that is there what was not chosen.
    pub(super) fn keep(&mut self, deployment: &Value) {
        let pod = &deployment["spec"]["template"]["spec"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let replicas = deployment["spec"]["replicas"].as_u64().and_then(|number| u32::try_from(number).ok());
        // Who has stopped the gate wants it to run again.
        self.replicas = self.replicas.or(replicas.filter(|number| *number > 0));
        self.pull_secret = self.pull_secret.take().or_else(|| text(&pod["imagePullSecrets"][0]["name"]));
        let container = &pod["containers"][0];
        self.image = self.image.take().or_else(|| text(&container["image"]));
        let arguments: Vec<&str> =
            container["args"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        self.written.arguments = WRITTEN.iter().filter_map(|name| said(&arguments, name)).collect();
        self.written.resources = container.get("resources").cloned();
        for argument in arguments {
            match argument.split_once('=') {
                Some(("--reports", kind)) => self.reports = self.reports.or_else(|| Reports::named(kind)),
                Some(("--tls-cert", _)) => self.cert_manager = true,
                _ => {}
            }
        }
    }
}

/// An argument with its value, which may be one of its own.
fn said(arguments: &[&str], name: &str) -> Option<String> {
    arguments.iter().enumerate().find_map(|(number, argument)| match argument.strip_prefix(name)? {
        "" => arguments.get(number + 1).map(|value| format!("{name}={value}")),
        rest => rest.starts_with('=').then(|| (*argument).to_owned()),
    })
}

/// The kinds of reports on stored objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reports {
    /// None.
    #[default]
    Off,
    /// `PolicyReport` of `wgpolicyk8s.io`.
    PolicyReport,
    /// `Report` of `openreports.io`.
    OpenReports,
}

impl Reports {
    fn named(name: &str) -> Option<Self> {
        [Self::Off, Self::PolicyReport, Self::OpenReports].into_iter().find(|kind| kind.to_string() == name)
    }
}

impl fmt::Display for Reports {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Off => "off",
            Self::PolicyReport => "policyreport",
            Self::OpenReports => "openreports",
        })
    }
}
