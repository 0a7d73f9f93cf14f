//! MY035: what a StorageClass does to databases, although it exists and is allowed.

use tidegate_policy::{Finding, Request, Severity, Value, raw};

use crate::claims::is_called_like_data;
use crate::problem::Place;
use crate::view::{Object, View};
use crate::{CLASS, Settings};

/// What a class may say that is better otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Delete,
    NoExpansion,
    Immediate,
}

impl Flaw {
    /// The flaws of a class, what is not written being as Kubernetes fills it in.
    fn all_of(class: &Object) -> Vec<Self> {
        let is =
            |written: &Option<String>, default: &str, wanted: &str| written.as_deref().unwrap_or(default) == wanted;
        // Its volumes are made by hand: how they end is theirs to say, and none of them grows.
        let by_hand = class.provisioner.as_deref() == Some("kubernetes.io/no-provisioner");
        [
            (!by_hand && is(&class.reclaim_policy, "Delete", "Delete"), Self::Delete),
            (!by_hand && class.allow_volume_expansion != Some(true), Self::NoExpansion),
            (is(&class.volume_binding_mode, "Immediate", "Immediate"), Self::Immediate),
        ]
        .into_iter()
        .filter_map(|(holds, flaw)| holds.then_some(flaw))
        .collect()
    }

    fn field(self) -> &'static str {
        match self {
            Self::Delete => "/reclaimPolicy",
            Self::NoExpansion => "/allowVolumeExpansion",
            Self::Immediate => "/volumeBindingMode",
        }
    }

    fn consequence(self) -> &'static str {
        match self {
            Self::Delete => "deleting a claim deletes its data",
            Self::NoExpansion => "a full volume cannot be grown",
            Self::Immediate => "a volume may be made in a zone where its Pod cannot run",
        }
    }

    fn better(self) -> &'static str {
        match self {
            Self::Delete => "reclaimPolicy: Retain",
            Self::NoExpansion => "allowVolumeExpansion: true",
            Self::Immediate => "volumeBindingMode: WaitForFirstConsumer",
        }
    }
}

/// The finding on a StorageClass that comes.
pub(crate) fn judge(request: &Request, settings: &Settings) -> Option<Finding> {
    let name = request.object.name.as_deref()?;
    if settings.ignore_classes.iter().any(|ignored| ignored == name) || !is_for_databases(name, settings) {
        return None;
    }
    let flaws = Flaw::all_of(&raw::at("")?);
    let is_written = |pointer: &&str| raw::at::<Value>(pointer).is_some();
    let at = flaws.iter().map(|flaw| flaw.field()).chain(["/provisioner"]).find(is_written).unwrap_or_default();
    let later = if flaws == [Flaw::NoExpansion] {
        ""
    } else {
        "; reclaimPolicy and volumeBindingMode cannot be changed later, only in a class that is made anew"
    };
    Some(finding(at, name, &flaws)?.help(format!("Write {}{later}", better(&flaws))))
}

/// What is worth knowing of the class that a claim, or a template of claims, gets.
pub(crate) fn of_claim(place: &Place<'_>, at: &str, settings: &Settings, view: &View) -> Option<Finding> {
    let written = place.annotation.as_deref().or(place.class.as_deref());
    let class = match (written, view.defaults().as_deref()) {
        (Some(name), _) => view.class(name)?,
        (None, Some([default])) => view.class(default)?,
        _ => return None,
    };
    // An API server fills in what is not written; without it, this is not what is in force.
    if class.reclaim_policy.is_none() || settings.ignore_classes.contains(&class.metadata.name) {
        return None;
    }
    let flaws = Flaw::all_of(class);
    Some(
        finding(at, &class.metadata.name, &flaws)?
            .severity(Severity::Info)
            .help(format!("Prefer a class with {}", better(&flaws))),
    )
}

fn finding(at: &str, name: &str, flaws: &[Flaw]) -> Option<Finding> {
    if flaws.is_empty() {
        return None;
    }
    let consequences: Vec<_> = flaws.iter().map(|flaw| flaw.consequence()).collect();
    Some(Finding::new(&CLASS, at, format!("for a database on StorageClass {name}: {}", consequences.join("; "))))
}

fn better(flaws: &[Flaw]) -> String {
    flaws.iter().map(|flaw| flaw.better()).collect::<Vec<_>>().join(", ")
}

fn is_for_databases(name: &str, settings: &Settings) -> bool {
    settings.default == name || settings.allowed.iter().any(|allowed| allowed == name) || is_called_like_data(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaws_of_classes() {
        use Flaw::{Delete, Immediate, NoExpansion};
        let class = |json: Value| serde::Deserialize::deserialize(json).unwrap();
        for (json, expected) in [
            (tidegate_policy::json!({ "provisioner": "x" }), vec![Delete, NoExpansion, Immediate]),
            (
                tidegate_policy::json!({
                    "provisioner": "x", "reclaimPolicy": "Retain", "allowVolumeExpansion": true,
                    "volumeBindingMode": "WaitForFirstConsumer",
                }),
                vec![],
            ),
            (tidegate_policy::json!({ "provisioner": "kubernetes.io/no-provisioner" }), vec![Immediate]),
        ] {
            let text = json.to_string();
            assert_eq!(Flaw::all_of(&class(json)), expected, "{text}");
        }
    }
}
