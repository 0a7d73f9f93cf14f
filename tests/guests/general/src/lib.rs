//! A policy on any kind that its document names: whose object is this?

use schemars::JsonSchema;
use serde::Deserialize;
use tidegate_policy::bindings::Guest as Component;
use tidegate_policy::types::Description;
use tidegate_policy::{Edit, Finding, Guest, Policy, Request, Rule, Severity, raw};

/// The policy.
pub struct General;

/// Its settings.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Settings {
    /// Whose an object is that does not say so; none: it is to say so itself.
    team: Option<String>,
}

const NOBODYS: Rule = Rule::new("GEN001", "nobody can tell whose an object is", Severity::High);

impl Policy for General {
    type Settings = Settings;
    const NAME: &str = "general";
    const TITLE: &str = "Every object says whose it is";
    const RULES: &[Rule] = &[NOBODYS];
    const KINDS: &[&str] = &["*"];

    fn review(_: &Request, settings: &Settings) -> Vec<Finding> {
        if raw::at::<String>("/metadata/labels/team").is_some() {
            return vec![];
        }
        let finding = Finding::new(&NOBODYS, "/metadata", "it has no label team").help("Write the label team");
        let repair = settings.team.iter().map(|team| Edit::set("/metadata/labels/team", team));
        vec![finding.fix(repair)]
    }
}

/// The component: the policy's, and that it is about everything.
struct OnEverything;

impl Component for OnEverything {
    fn describe() -> Description {
        let mut description = Guest::<General>::describe();
        description.extra.push(("concern".to_owned(), "\"everything\"".to_owned()));
        description
    }

    fn check_settings(settings: String) -> Result<(), String> {
        Guest::<General>::check_settings(settings)
    }

    fn review(request: Request, settings: String) -> Result<Vec<Finding>, String> {
        Guest::<General>::review(request, settings)
    }
}

tidegate_policy::bindings::export_component! { OnEverything with_types_in tidegate_policy::bindings }
