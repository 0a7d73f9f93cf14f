//! What is asked of the engine: one object, and what is being done with it.

use serde::Deserialize;
use serde_json::Value;

use crate::finding::Severity;

/// What the client does with the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operation {
    /// It is made. An audit judges every object as if it were made now.
    Create,
    /// It is changed.
    Update,
}

impl Operation {
    /// The word of `admission.k8s.io/v1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
        }
    }
}

/// In which of its uses the engine is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Repairs become a patch.
    Mutate,
    /// Nothing can be repaired any more: what is still wrong is judged.
    Validate,
    /// Files or live objects are read: repairs are shown, not made.
    Audit,
}

impl Phase {
    /// The word that policies get to see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mutate => "mutate",
            Self::Validate => "validate",
            Self::Audit => "audit",
        }
    }
}

/// Who asks; empty in an audit of files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    /// The user's name.
    pub name: String,
    /// The user's groups.
    pub groups: Vec<String>,
}

/// One object to judge.
///
/// It is not `Debug`: an object may hold passwords.
#[derive(Clone)]
pub struct Request {
    /// What the client does.
    pub operation: Operation,
    /// In which use the engine is asked.
    pub phase: Phase,
    /// True if nothing will be stored.
    pub dry_run: bool,
    /// Who asks.
    pub user: User,
    /// The namespace of the request; the object itself may not say it.
    pub namespace: Option<String>,
    /// The name; none while the API server has yet to make it from `generateName`.
    pub name: Option<String>,
    /// The object as it arrived.
    pub object: Value,
    /// The object as it is stored; only on an update.
    pub old_object: Option<Value>,
    /// Why nothing can be moved into the workload's Secret, if that is known already; for its author.
    pub no_secret: Option<String>,
    /// Which findings are wanted; at the gate all.
    pub selection: Selection,
}

/// Which findings whoever asks wants to see, and to have repaired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only those of these rules; empty: of all.
    pub rules: Vec<String>,
    /// None of these rules.
    pub excluded: Vec<String>,
    /// None less bad than this.
    pub least: Option<Severity>,
    /// Found, but not to be repaired: rule and place, as the finding has it.
    pub declined: Vec<(String, String)>,
}

impl Selection {
    /// Whether a finding is wanted.
    pub fn wants(&self, rule: &str, severity: Severity) -> bool {
        (self.rules.is_empty() || self.rules.iter().any(|wanted| wanted == rule))
            && !self.excluded.iter().any(|excluded| excluded == rule)
            && self.least.is_none_or(|least| severity >= least)
    }

    /// Whether a finding is to stay as it is.
    pub fn declines(&self, rule: &str, at: &str) -> bool {
        self.declined.iter().any(|(declined, place)| declined == rule && place == at)
    }
}

impl Request {
    /// An object of a file or a live one, judged as if it were made now.
    pub fn audit(object: Value) -> Self {
        let text = |pointer: &str| {
            object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Self {
            operation: Operation::Create,
            phase: Phase::Audit,
            dry_run: true,
            user: User::default(),
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name"),
            object,
            old_object: None,
            no_secret: None,
            selection: Selection::default(),
        }
    }

    /// `apiVersion`, empty if the object has none.
    pub fn api_version(&self) -> &str {
        self.object.get("apiVersion").and_then(Value::as_str).unwrap_or_default()
    }

    /// `kind`, empty if the object has none.
    pub fn kind(&self) -> &str {
        self.object.get("kind").and_then(Value::as_str).unwrap_or_default()
    }

    /// What people call the object: `Deployment "mysql" in namespace "shop"`.
    pub fn title(&self) -> String {
        let kind = self.kind();
        let name = match (&self.name, self.object.pointer("/metadata/generateName").and_then(Value::as_str)) {
            (Some(name), _) => format!("{kind} \"{name}\""),
            (None, Some(prefix)) => format!("{kind} \"{prefix}…\""),
            (None, None) => format!("{kind} without a name"),
        };
        match &self.namespace {
            Some(namespace) => format!("{name} in namespace \"{namespace}\""),
            None => name,
        }
    }
}
