//! The texts of all rules for whoever shows them beside findings: Markdown that stands alone.

use std::collections::BTreeMap;

use regex::Regex;

use super::embedded::embedded;
use super::text::RuleText;
use crate::own_rules::OWN_RULES;

/// What there is to say of each rule, by its id: what is wrong, what happens otherwise, what to do.
pub fn help_texts() -> BTreeMap<String, String> {
    let of_policies = embedded().iter().map(|file| file.markdown);
    let texts =
        of_policies.chain(OWN_RULES.iter().map(|rule| rule.markdown)).filter_map(|text| RuleText::parse(text).ok());
    // A path of this repository is no link where the text is shown.
    let path = Regex::new(r"\[([^\]]*)\]\((?:\.\./)+([^)]*)\)").ok();
    let alone = |text: String| match &path {
        Some(path) => path.replace_all(&text, "$1 (`$2`)").into_owned(),
        None => text,
    };
    texts.map(|text| (text.rule.clone(), alone(help(&text)))).collect()
}

fn help(text: &RuleText) -> String {
    let sections = [
        ("What is wrong", Some(&text.what)),
        ("What happens otherwise", Some(&text.why)),
        ("When it only warns", text.only_warns.as_ref()),
        ("By hand", Some(&text.by_hand)),
        ("When to switch it off", Some(&text.switch_off)),
        ("Links", Some(&text.links)),
    ];
    let told = sections.into_iter().filter_map(|(heading, body)| Some(format!("## {heading}\n\n{}", body?)));
    told.collect::<Vec<_>>().join("\n\n")
}
