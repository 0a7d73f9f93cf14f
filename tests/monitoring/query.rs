//! What a query in PromQL asks for, read as far as names go.

use std::collections::BTreeSet;

use regex::Regex;

/// What a query asks for.
pub(crate) struct Query {
    /// Metrics, and the labels that are looked at.
    pub(crate) selectors: Vec<(String, BTreeSet<String>)>,
    /// The labels of `by` and `on`.
    pub(crate) groups: BTreeSet<String>,
}

impl Query {
    /// A word that is neither of the language nor called is a metric.
    pub(crate) fn read(text: &str) -> Self {
        let names = |text: &str| all(r"(\w+)", text).into_iter().collect::<BTreeSet<_>>();
        let text = Regex::new(r#""[^"]*"|\[[^\]]*\]"#).unwrap().replace_all(text, "\"\"");
        let grouping = Regex::new(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)").unwrap();
        let groups = grouping.captures_iter(&text).flat_map(|found| names(&found[1])).collect();
        let text = grouping.replace_all(&text, "");
        let word = Regex::new(r"\b([a-zA-Z_:][\w:]*)(\s*\(|\{([^}]*)\})?").unwrap();
        let selectors = word.captures_iter(&text).filter(|found| {
            let is_called = found.get(2).is_some_and(|after| after.as_str().ends_with('('));
            !is_called && !["and", "or", "unless", "offset", "bool"].contains(&&found[1])
        });
        let selectors =
            selectors.map(|found| (found[1].to_owned(), names(found.get(3).map_or("", |labels| labels.as_str()))));
        Self { selectors: selectors.collect(), groups }
    }
}

/// What the first group of the pattern has caught, each time.
pub(crate) fn all(pattern: &str, text: &str) -> Vec<String> {
    Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect()
}
