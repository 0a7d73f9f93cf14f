//! Which findings a command is about: the same arguments for `audit` and `fix`.

use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::closest::closest;
use crate::finding::Severity;
use crate::own_rules::OWN_RULES;
use crate::policy::PolicySet;
use crate::request::Selection;

/// Which findings are wanted.
#[derive(Debug, clap::Args)]
pub(super) struct SelectionArguments {
    /// Only findings of this rule; may be given more than once.
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// No findings of this rule; may be given more than once.
    #[arg(long = "exclude", value_name = "RULE")]
    excluded: Vec<String>,
    /// Only findings that are at least so bad.
    #[arg(long, value_name = "SEVERITY", value_parser = severities())]
    severity: Option<Severity>,
}

impl SelectionArguments {
    /// Which findings are wanted; the rules have to be there.
    pub(super) fn selection(self, policies: &PolicySet) -> anyhow::Result<Selection> {
        let of_policies = policies.iter().flat_map(|policy| &policy.module.description().rules);
        let all: Vec<&str> = of_policies.map(|rule| rule.id.as_str()).chain(OWN_RULES.map(|rule| rule.id)).collect();
        let known = |rule: String| match all.iter().find(|known| known.eq_ignore_ascii_case(&rule)) {
            Some(known) => Ok((*known).to_owned()),
            None => {
                let meant = closest(&rule, all.iter().copied()).map(|meant| format!("did you mean {meant}? "));
                bail!("there is no rule {rule}; {}`tidegate explain` lists all rules", meant.unwrap_or_default())
            }
        };
        Ok(Selection {
            rules: self.rules.into_iter().map(known).collect::<anyhow::Result<_>>()?,
            excluded: self.excluded.into_iter().map(known).collect::<anyhow::Result<_>>()?,
            least: self.severity,
            declined: Vec::new(),
        })
    }
}

/// The names of the severities.
pub(super) fn severities() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::name))
        .try_map(|name| Severity::ALL.into_iter().find(|severity| severity.name() == name).ok_or("no such severity"))
}
