//! From the contract's functions to a [`Policy`]'s.

use std::marker::PhantomData;

use crate::bindings::tidegate::policy::types as contract;
use crate::{Finding, Policy, Request, failure};

/// The component of a policy: what [`export!`](crate::export) exports.
#[derive(Debug)]
pub struct Guest<P>(PhantomData<P>);

impl<P: Policy> crate::bindings::Guest for Guest<P> {
    fn describe() -> contract::Description {
        contract::Description {
            name: P::NAME.to_owned(),
            title: P::TITLE.to_owned(),
            rules: P::RULES
                .iter()
                .map(|rule| contract::Rule {
                    id: rule.id.to_owned(),
                    title: rule.title.to_owned(),
                    severity: rule.severity,
                })
                .collect(),
            settings_schema: schemars::schema_for!(P::Settings).as_value().to_string(),
            reads: P::READS
                .iter()
                .map(|read| contract::ResourceType {
                    api_version: read.api_version.to_owned(),
                    kind: read.kind.to_owned(),
                })
                .collect(),
            extra: vec![("kinds".to_owned(), serde_json::json!(P::KINDS).to_string())],
        }
    }

    fn check_settings(settings: String) -> Result<(), String> {
        P::check(&parse::<P>(&settings)?)
    }

    fn review(request: Request, settings: String) -> Result<Vec<Finding>, String> {
        let findings = P::review(&request, &parse::<P>(&settings)?);
        failure::take().map_or(Ok(findings), Err)
    }
}

/// Reads settings; `null` is the same as none.
fn parse<P: Policy>(settings: &str) -> Result<P::Settings, String> {
    serde_json::from_str::<Option<P::Settings>>(settings).map(Option::unwrap_or_default).map_err(|error| {
        // The author wrote YAML: a line and column of our JSON would only mislead.
        let text = error.to_string();
        text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::Guest as _;
    use crate::{NoSettings, ResourceType, Rule, Severity};

    struct Strict;

    const RULE: Rule = Rule::new("XX001", "too many", Severity::Low);

    /// What can be set.
    #[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
    #[serde(default, rename_all = "camelCase", deny_unknown_fields)]
    struct Settings {
        /// How many there may be.
        most_of_all: u32,
    }

    impl Default for Settings {
        fn default() -> Self {
            Self { most_of_all: 3 }
        }
    }

    impl Policy for Strict {
        type Settings = Settings;
        const NAME: &str = "strict";
        const TITLE: &str = "Not too many";
        const RULES: &[Rule] = &[RULE];
        const READS: &[ResourceType] = &[ResourceType::new("v1", "Secret")];

        fn check(settings: &Settings) -> Result<(), String> {
            if settings.most_of_all == 0 { Err("mostOfAll must not be 0".to_owned()) } else { Ok(()) }
        }

        fn review(_: &Request, _: &Settings) -> Vec<Finding> {
            vec![]
        }
    }

    #[test]
    fn the_schema_comes_from_the_struct() {
        let description = Guest::<Strict>::describe();
        let schema: serde_json::Value = serde_json::from_str(&description.settings_schema).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["properties"]["mostOfAll"]["default"], 3);
        assert_eq!(schema["properties"]["mostOfAll"]["description"], "How many there may be.");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(description.reads[0].kind, "Secret");
    }

    #[test]
    fn settings_are_checked() {
        let check = |settings: &str| Guest::<Strict>::check_settings(settings.to_owned());
        assert_eq!(check("null"), Ok(()));
        assert_eq!(check("{}"), Ok(()));
        assert_eq!(check(r#"{"mostOfAll":4}"#), Ok(()));
        assert_eq!(check(r#"{"mostOfAll":0}"#), Err("mostOfAll must not be 0".to_owned()));
        assert_eq!(check(r#"{"most":4}"#), Err("unknown field `most`, expected `mostOfAll`".to_owned()));
    }

    #[test]
    fn no_settings_has_a_schema_too() {
        let schema = schemars::schema_for!(NoSettings);
        assert_eq!(schema.as_value()["type"], "object");
        assert_eq!(schema.as_value()["additionalProperties"], false);
    }
}
