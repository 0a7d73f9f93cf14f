//! Which objects a policy judges.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::module::JudgedKind;
use super::spec::{LabelOperator, LabelSelector, MatchSpec};
use crate::closest::closest;
use crate::lookup::{Lookup, ResourceType};
use crate::request::Request;
use crate::resources::Resources;

/// A `match` that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct MatchError {
    /// The path to the field.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// A `match`, checked and ready to be asked.
#[derive(Debug, Clone)]
pub struct Matcher {
    spec: MatchSpec,
    namespaces: GlobSet,
    excluded_namespaces: GlobSet,
    excluded_names: GlobSet,
    kinds: Vec<JudgedKind>,
    excluded_kinds: Vec<JudgedKind>,
}

impl Matcher {
    /// Checks a `match`.
    ///
    /// # Errors
    /// [`MatchError`] for a pattern that is none.
    pub fn new(spec: MatchSpec) -> Result<Self, MatchError> {
        for (field, kinds) in [("spec.match.kinds", &spec.kinds), ("spec.match.exclude.kinds", &spec.exclude.kinds)] {
            if let Some(number) = kinds.iter().position(|kind| !JudgedKind::is_possible(kind)) {
                let problem =
                    format!("entry {number} is no kind; write Ingress, Certificate.cert-manager.io, *.batch or *");
                return Err(MatchError { field, problem });
            }
        }
        Ok(Self {
            namespaces: patterns("spec.match.namespaces", &spec.namespaces)?,
            excluded_namespaces: patterns("spec.match.exclude.namespaces", &spec.exclude.namespaces)?,
            excluded_names: patterns("spec.match.exclude.names", &spec.exclude.names)?,
            kinds: spec.kinds.iter().map(|kind| JudgedKind::parse(kind)).collect(),
            excluded_kinds: spec.exclude.kinds.iter().map(|kind| JudgedKind::parse(kind)).collect(),
            spec,
        })
    }

    /// Checks that the kinds it names are among those that the policy's code judges: a slip there would switch the
    /// policy off, and nobody would know.
    ///
    /// # Errors
    /// [`MatchError`] for the first that the code never judges.
    pub fn check_kinds(&self, judged: &[JudgedKind]) -> Result<(), MatchError> {
        let lists = [("spec.match.kinds", &self.kinds), ("spec.match.exclude.kinds", &self.excluded_kinds)];
        for (field, kinds) in lists {
            let Some(stranger) = kinds.iter().find(|kind| !judged.iter().any(|judged| judged.meets(kind))) else {
                continue;
            };
            let names: Vec<String> = judged.iter().map(JudgedKind::to_string).collect();
            let stranger = stranger.to_string();
            let all = names.join(", ");
            let problem = match closest(&stranger, names.iter().map(String::as_str)) {
                Some(meant) => format!("the policy never judges {stranger}; did you mean {meant}? It judges {all}"),
                None => format!("the policy never judges {stranger}; it judges {all}"),
            };
            return Err(MatchError { field, problem });
        }
        Ok(())
    }

    /// What it was made of.
    pub fn spec(&self) -> &MatchSpec {
        &self.spec
    }

    /// Whether objects of a kind are wanted at all.
    pub fn wants_kind(&self, api_version: &str, kind: &str) -> bool {
        let is_of = |wanted: &JudgedKind| wanted.holds(api_version, kind);
        (self.kinds.is_empty() || self.kinds.iter().any(is_of)) && !self.excluded_kinds.iter().any(is_of)
    }

    /// Whether it says which kinds are wanted.
    pub fn names_kinds(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// Whether the policy judges this object.
    pub fn matches(&self, request: &Request, lookup: &dyn Lookup) -> bool {
        self.reaches(request) && self.selects(&request.object, &RequestNamespace::of(request, lookup))
    }

    /// Whether the policy judges this object wherever labels agree ([`Self::selects`]). It is about what no repair can
    /// change.
    pub fn reaches(&self, request: &Request) -> bool {
        let spec = &self.spec;
        let namespace = request.namespace.as_deref().unwrap_or_default();
        self.wants_kind(request.api_version(), request.kind())
            && (spec.namespaces.is_empty() || self.namespaces.is_match(namespace))
            && !self.excluded_namespaces.is_match(namespace)
            && !request.name.as_deref().is_some_and(|name| self.excluded_names.is_match(name))
    }

    /// Whether labels agree: those of the object, which a repair may have changed, and those of its namespace.
    pub fn selects(&self, object: &Value, namespace: &RequestNamespace<'_>) -> bool {
        let MatchSpec { object_selector, namespace_selector, .. } = &self.spec;
        object_selector
            .as_ref()
            .is_none_or(|selector| selects(selector, &labels_of(object.pointer("/metadata/labels"))))
            && namespace_selector.as_ref().is_none_or(|selector| namespace.is_selected(selector))
    }
}

/// The namespace of a request. Many policies may select by its labels: it is asked for once, when the first wants to
/// know.
pub struct RequestNamespace<'a> {
    name: &'a str,
    lookup: &'a dyn Lookup,
    found: OnceCell<Option<Value>>,
}

impl<'a> RequestNamespace<'a> {
    /// That of this request. Nothing is asked yet.
    pub fn of(request: &'a Request, lookup: &'a dyn Lookup) -> Self {
        Self { name: request.namespace.as_deref().unwrap_or_default(), lookup, found: OnceCell::new() }
    }

    /// A namespace whose labels nobody can tell counts as selected: a gate does not let things through because it does
    /// not know.
    fn is_selected(&self, selector: &LabelSelector) -> bool {
        let ask = || self.lookup.get(&ResourceType::new("v1", "Namespace"), None, self.name).ok().flatten();
        let found = self.found.get_or_init(ask).as_ref();
        found.is_none_or(|found| selects(selector, &labels_of(found.pointer("/metadata/labels"))))
    }
}

/// What is wrong with the first of some kinds that nothing is of, where no policy's code says which kinds are judged:
/// a plural, for instance, or a resource's name.
pub(super) fn slip_in_kinds(kinds: &[String]) -> Option<String> {
    if kinds.is_empty() {
        return None;
    }
    let own = Resources::of_kubernetes();
    kinds.iter().enumerate().find_map(|(number, text)| {
        let JudgedKind { kind, group } = JudgedKind::parse(text);
        let meant = own
            .iter()
            .filter(|resource| group.as_ref().is_none_or(|group| *group == resource.group))
            .find(|resource| kind.eq_ignore_ascii_case(&resource.kind) || kind.eq_ignore_ascii_case(&resource.plural));
        if let Some(meant) = meant {
            return (meant.kind != kind).then(|| format!("entry {number} is no kind; did you mean {}?", meant.kind));
        }
        let is_kind = JudgedKind::is_possible(text) && !kind.starts_with(|first: char| first.is_ascii_lowercase());
        (!is_kind).then(|| {
            let examples = "Ingress, Certificate.cert-manager.io, *.batch or *";
            format!("entry {number} is no kind; write it as manifests do: {examples}")
        })
    })
}

/// The most patterns of a list, and letters of each: a name has at most 253, and what makes patterns of longer texts
/// goes as deep as their braces do.
const MOST_PATTERNS: usize = 1_000;
const LONGEST_PATTERN: usize = 253;

pub(super) fn patterns(field: &'static str, globs: &[String]) -> Result<GlobSet, MatchError> {
    let wrong = |problem: String| MatchError { field, problem };
    if globs.len() > MOST_PATTERNS {
        return Err(wrong(format!("{} patterns are too many; at most {MOST_PATTERNS}", globs.len())));
    }
    let mut set = GlobSetBuilder::new();
    for (number, glob) in globs.iter().enumerate() {
        if glob.len() > LONGEST_PATTERN {
            return Err(wrong(format!("pattern {number} is longer than a name can be ({LONGEST_PATTERN} letters)")));
        }
        set.add(Glob::new(glob).map_err(|error| wrong(format!("pattern {number}: {}", error.kind())))?);
    }
    set.build().map_err(|error| wrong(format!("the patterns are too many or too intricate ({})", error.kind())))
}

pub(super) fn labels_of(value: Option<&Value>) -> BTreeMap<&str, &str> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
        .collect()
}

pub(super) fn selects(selector: &LabelSelector, labels: &BTreeMap<&str, &str>) -> bool {
    selector.match_labels.iter().all(|(key, value)| labels.get(key.as_str()) == Some(&value.as_str()))
        && selector.match_expressions.iter().all(|requirement| {
            let label = labels.get(requirement.key.as_str());
            let listed = label.is_some_and(|label| requirement.values.iter().any(|value| value == label));
            match requirement.operator {
                LabelOperator::In => listed,
                LabelOperator::NotIn => !listed,
                LabelOperator::Exists => label.is_some(),
                LabelOperator::DoesNotExist => label.is_none(),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_nothing_is_of_are_told() {
        let as_written = Some("write it as manifests do");
        for (kind, told) in [
            ("Deployment", None),
            ("Deployment.apps", None),
            ("Certificate.cert-manager.io", None),
            ("Jobs.shop.example", None),
            ("*", None),
            ("*.batch", None),
            ("deployments", Some("did you mean Deployment?")),
            ("deployment.apps", Some("did you mean Deployment?")),
            ("Statefulset", Some("did you mean StatefulSet?")),
            ("Services", Some("did you mean Service?")),
            ("fleets.shop.example", as_written),
            ("Fleet.Shop", as_written),
            ("apps/Deployment", as_written),
            ("", as_written),
        ] {
            let slip = slip_in_kinds(&["*".to_owned(), kind.to_owned()]);
            assert_eq!(slip.is_some(), told.is_some(), "{kind}: {slip:?}");
            let says = |slip: &str| slip.starts_with("entry 1 is no kind; ") && slip.contains(told.unwrap_or_default());
            assert!(slip.as_deref().is_none_or(says), "{kind}: {slip:?}");
        }
    }
}
