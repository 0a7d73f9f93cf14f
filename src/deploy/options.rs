//! What whoever deploys a database may choose.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Kind;

/// The choices. What is none is as the cluster has it already, else as `manifests/` have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which form.
    pub kind: Kind,
    /// Where.
    pub namespace: String,
    /// How many servers, the primary among them.
    pub replicas: Option<u32>,
    /// The class of all volumes.
    pub storage_class: Option<String>,
    /// The image of all containers.
    pub image: Option<String>,
    /// The size of each volume.
    pub size: Option<Size>,
    /// Whether what is there is brought to what `manifests/` have, also where somebody has changed it since.
    pub renew: bool,
    /// How long it may take until all servers are ready.
    pub timeout: Duration,
}

impl Options {
    /// Everything as it is, in the usual namespace.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            namespace: kind.namespace().to_owned(),
            replicas: None,
            storage_class: None,
            image: None,
            size: None,
            renew: false,
            timeout: Duration::from_mins(15),
        }
    }
}

/// The size of a volume, as Kubernetes writes it: `20Gi`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size(String);

impl Size {
    /// As the cluster has it, however that is written.
    pub(super) fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// In bytes; none of a form that this program does not write.
    pub(super) fn bytes(&self) -> Option<u128> {
        let at = self.0.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.0.len());
        let (number, suffix) = self.0.split_at(at);
        let power = |base: u128, suffixes: &str| {
            suffixes
                .find(suffix.trim_end_matches('i'))
                .and_then(|place| base.checked_pow(u32::try_from(place).ok()? + 1))
        };
        let unit = match suffix {
            "" => Some(1),
            "Ki" | "Mi" | "Gi" | "Ti" | "Pi" => power(1024, "KMGTP"),
            "k" | "M" | "G" | "T" | "P" => power(1000, "kMGTP"),
            _ => None,
        };
        number.parse::<u128>().ok()?.checked_mul(unit?)
    }
}

/// The suffixes of <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/> that a volume's
/// size can have.
const SUFFIXES: [&str; 8] = ["Mi", "Gi", "Ti", "Pi", "M", "G", "T", "P"];

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = SUFFIXES.iter().find_map(|suffix| text.strip_suffix(suffix)).unwrap_or_default();
        let is_number = (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && !number.starts_with('0') {
            Ok(Self(text.to_owned()))
        } else {
            Err("a size is a number with Mi, Gi or Ti, such as 20Gi")
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
