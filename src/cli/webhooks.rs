//! The arguments of `serve` that say which webhook configurations are kept as the policies need them.

use crate::webhooks::Choice;

/// Which webhook configurations are kept as the policies need them.
#[derive(Debug, clap::Args)]
pub(super) struct WebhookArguments {
    /// Whether the cluster's webhook configurations are kept as the policies in force need them: rules and conditions.
    #[arg(long, value_name = "WHAT", value_enum, default_value = "manage", env = "TIDEGATE_WEBHOOKS")]
    webhooks: Kept,
    /// Their name. Without the label app.kubernetes.io/name=tidegate they are left as they are.
    #[arg(long, value_name = "NAME", default_value = "tidegate", env = "TIDEGATE_WEBHOOK_CONFIGURATIONS")]
    webhook_configurations: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kept {
    /// Keep them current.
    Manage,
    /// Leave them as they are: `tidegate policy webhooks` prints what they should be.
    Leave,
}

impl WebhookArguments {
    /// The name of the configurations.
    pub(super) fn name(&self) -> &str {
        &self.webhook_configurations
    }

    /// Which configurations are kept, if any, by a gate in this namespace.
    pub(super) fn choice(&self, namespace: &str, identity: &str) -> Option<Choice> {
        (self.webhooks == Kept::Manage).then(|| Choice {
            name: self.webhook_configurations.clone(),
            namespace: namespace.to_owned(),
            identity: identity.to_owned(),
        })
    }
}
