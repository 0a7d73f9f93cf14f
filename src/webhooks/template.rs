//! The webhook configurations of `webhook-deploy/`, which all others are made of.

use serde_json::Value;

/// Both files, as users apply them.
const FILES: [(Phase, &str); 2] = [
    (Phase::Mutating, include_str!("../../webhook-deploy/70-mutating-webhook.yaml")),
    (Phase::Validating, include_str!("../../webhook-deploy/80-validating-webhook.yaml")),
];

/// In which of its two phases the API server asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// For a repair.
    Mutating,
    /// For a judgement.
    Validating,
}

impl Phase {
    /// The kind of its configuration.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Mutating => "MutatingWebhookConfiguration",
            Self::Validating => "ValidatingWebhookConfiguration",
        }
    }
}

/// A template cannot be used, which is a fault of this program.
#[derive(Debug, thiserror::Error)]
#[error("the {kind} of webhook-deploy/ cannot be read, which is a fault of tidegate: {problem}")]
pub struct TemplateError {
    kind: &'static str,
    problem: String,
}

/// The configurations of `webhook-deploy/`.
#[derive(Debug, Clone)]
pub struct Templates {
    pub(super) mutating: Value,
    pub(super) validating: Value,
}

impl Templates {
    /// Those that this program was built with.
    ///
    /// # Errors
    /// [`TemplateError`] if they are no YAML, which a test rules out.
    pub fn embedded() -> Result<Self, TemplateError> {
        let [mutating, validating] = FILES.map(|(phase, text)| {
            serde_saphyr::from_str(text)
                .map_err(|error| TemplateError { kind: phase.kind(), problem: error.to_string() })
        });
        Ok(Self { mutating: mutating?, validating: validating? })
    }

    /// That of a phase.
    pub fn of(&self, phase: Phase) -> &Value {
        match phase {
            Phase::Mutating => &self.mutating,
            Phase::Validating => &self.validating,
        }
    }
}

/// The webhooks of a configuration.
pub(super) fn webhooks(configuration: &Value) -> &[Value] {
    list(configuration, "webhooks")
}

/// A list of an object; empty if there is none.
pub(super) fn list<'a>(object: &'a Value, field: &str) -> &'a [Value] {
    object.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text of an object; empty if there is none.
pub(super) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}
