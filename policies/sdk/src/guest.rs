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
            extra: vec![
                ("kinds".to_owned(), serde_json::json!(P::KINDS).to_string()),
                ("concern".to_owned(), serde_json::json!(P::CONCERN.word()).to_string()),
            ],
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
    #[derive(crate::Settings)]
    struct Settings {
        /// How many there may be.
        #[setting(default = 3)]
        #[schemars(range(max = 9))]
        most_of_all: u32,
        /// What is counted.
        #[setting(default = "servers")]
        what: String,
        /// Where.
        place: Place,
    }

    /// A place.
    #[derive(crate::Settings)]
    struct Place {
        /// Namespaces that are left out.
        #[setting(default = vec!["kube-system".to_owned()])]
        leave_out: Vec<String>,
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
        assert_eq!(schema["properties"]["mostOfAll"]["maximum"], 9);
        assert_eq!(schema["properties"]["what"]["default"], "servers");
        assert_eq!(schema["properties"]["place"]["default"]["leaveOut"][0], "kube-system");
        assert_eq!(schema["$defs"]["Place"]["properties"]["leaveOut"]["description"], "Namespaces that are left out.");
        assert_eq!(schema["title"], "Settings");
        assert_eq!(schema["description"], "What can be set.");
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
        assert_eq!(
            check(r#"{"most":4}"#),
            Err("unknown field `most`, expected one of `mostOfAll`, `what`, `place`".to_owned())
        );
    }

    #[test]
    fn settings_have_their_defaults_where_nothing_is_set() {
        let settings = parse::<Strict>(r#"{"place":{}}"#).unwrap();
        assert_eq!((settings.most_of_all, settings.what.as_str()), (3, "servers"));
        assert_eq!(settings.place.leave_out, ["kube-system"]);
    }

    #[test]
    fn a_policy_says_what_it_is_asked_about() {
        let extra = |name: &str| {
            let extra = Guest::<Strict>::describe().extra;
            extra.into_iter().find(|(own, _)| own == name).unwrap().1
        };
        assert_eq!(extra("concern"), r#""everything""#);
        assert!(extra("kinds").contains(r#""StatefulSet""#));
    }

    #[test]
    fn no_settings_has_a_schema_too() {
        let schema = schemars::schema_for!(NoSettings);
        assert_eq!(schema.as_value()["type"], "object");
        assert_eq!(schema.as_value()["additionalProperties"], false);
    }
}
