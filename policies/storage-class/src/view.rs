//! What the cluster says of storage, with three answers to each question.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Known, ResourceType, cluster};

pub(crate) const STORAGE_CLASS: ResourceType = ResourceType::new("storage.k8s.io/v1", "StorageClass");
pub(crate) const VOLUME: ResourceType = ResourceType::new("v1", "PersistentVolume");
pub(crate) const CLAIM: ResourceType = ResourceType::new("v1", "PersistentVolumeClaim");

/// Marks the cluster's default class; the second is what it was called before Kubernetes 1.6.
const IS_DEFAULT: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
/// Names a claim's or volume's class, and counts before the field (`GetPersistentVolumeClaimClass`).
pub(crate) const CLASS_ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";

/// The cluster's answers; each question is asked once, and only if need be.
#[derive(Default)]
pub(crate) struct View {
    classes: OnceCell<Known<Vec<Object>>>,
    volumes: OnceCell<Known<Vec<Object>>>,
}

/// A StorageClass, PersistentVolume or PersistentVolumeClaim, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Object {
    pub(crate) metadata: Metadata,
    spec: Option<Spec>,
    /// A class's fields stand beside its metadata.
    pub(crate) provisioner: Option<String>,
    pub(crate) reclaim_policy: Option<String>,
    pub(crate) allow_volume_expansion: Option<bool>,
    pub(crate) volume_binding_mode: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    storage_class_name: Option<String>,
    volume_name: Option<String>,
}

impl View {
    /// The names of the classes, in order. None: nobody can say.
    pub(crate) fn classes(&self) -> Option<Vec<&str>> {
        let mut names: Vec<_> = self.all_classes()?.iter().map(|class| class.metadata.name.as_str()).collect();
        names.sort_unstable();
        Some(names)
    }

    /// The names of the classes that claims without one get. None: nobody can say.
    pub(crate) fn defaults(&self) -> Option<Vec<&str>> {
        let is_default = |class: &&Object| IS_DEFAULT.iter().any(|key| class.annotation(key) == Some("true"));
        Some(self.all_classes()?.iter().filter(is_default).map(|class| class.metadata.name.as_str()).collect())
    }

    /// The class of a name, if it can be seen.
    pub(crate) fn class(&self, name: &str) -> Option<&Object> {
        self.all_classes()?.iter().find(|class| class.metadata.name == name)
    }

    /// Whether a claim of this class can get a volume: the class is there, or somebody made a
    /// volume of its name by hand, which needs no class (`storageClassName: manual`).
    pub(crate) fn serves(&self, class: &str) -> Serves {
        match self.classes() {
            None => Serves::Unknown,
            Some(classes) if classes.contains(&class) => Serves::Yes,
            Some(_) => match self.volumes.get_or_init(|| cluster::find(&VOLUME)) {
                Known::Yes(volumes) if volumes.iter().any(|volume| volume.class().unwrap_or_default() == class) => {
                    Serves::Yes
                }
                Known::Yes(_) | Known::No => Serves::No,
                Known::Unknown => Serves::OnlyByHand,
            },
        }
    }

    fn all_classes(&self) -> Option<&[Object]> {
        match self.classes.get_or_init(|| cluster::find(&STORAGE_CLASS)) {
            Known::Yes(classes) => Some(classes),
            Known::No => Some(&[]),
            Known::Unknown => None,
        }
    }
}

/// Whether a claim of a class can get a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Serves {
    /// It can.
    Yes,
    /// It is certain that it cannot.
    No,
    /// There is no such class; whether somebody made volumes of its name, nobody can say.
    OnlyByHand,
    /// Nobody can say.
    Unknown,
}

impl Object {
    fn annotation(&self, key: &str) -> Option<&str> {
        self.metadata.annotations.as_ref()?.get(key).map(String::as_str)
    }

    /// The class that it names.
    pub(crate) fn class(&self) -> Option<&str> {
        self.class_annotation().or(self.class_field())
    }

    /// The class that it names by the old annotation.
    pub(crate) fn class_annotation(&self) -> Option<&str> {
        self.annotation(CLASS_ANNOTATION)
    }

    /// The class that it names by the field.
    pub(crate) fn class_field(&self) -> Option<&str> {
        self.spec.as_ref()?.storage_class_name.as_deref()
    }

    /// True for a claim that has its volume.
    pub(crate) fn is_bound(&self) -> bool {
        self.spec.as_ref().and_then(|spec| spec.volume_name.as_deref()).is_some_and(|volume| !volume.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_policy::json;

    fn object(json: tidegate_policy::Value) -> Object {
        Object::deserialize(json).unwrap()
    }

    #[test]
    fn the_annotation_counts_before_the_field() {
        let claim = object(json!({
            "metadata": { "name": "data", "annotations": { "volume.beta.kubernetes.io/storage-class": "old" } },
            "spec": { "storageClassName": "new", "volumeName": "pv-1" },
        }));
        assert_eq!(claim.class(), Some("old"));
        assert!(claim.is_bound());
    }

    #[test]
    fn what_is_not_written_is_none() {
        let claim =
            object(json!({ "metadata": { "name": "data", "annotations": null }, "spec": { "volumeName": "" } }));
        assert_eq!(claim.class(), None);
        assert!(!claim.is_bound());
        assert_eq!(object(json!({ "metadata": {}, "provisioner": "x" })).class(), None);
    }

    #[test]
    fn nobody_can_say_outside_a_component() {
        let view = View::default();
        assert_eq!(view.classes(), None);
        assert_eq!(view.defaults(), None);
        assert_eq!(view.serves("fast"), Serves::Unknown);
    }
}
