//! The objects of a folder of manifests, as `kubectl apply -f` reads them.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// All objects of a folder below `manifests/`.
pub(crate) struct Manifests(Vec<Value>);

impl Manifests {
    /// Those of one folder, without those in it.
    pub(crate) fn of(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests").join(folder);
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let yaml = files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml"));
        let read = |file| serde_saphyr::from_multiple::<Value>(&fs::read_to_string(file).unwrap()).unwrap();
        Self(yaml.flat_map(read).collect())
    }

    /// The object of that kind and name.
    pub(crate) fn get(&self, kind: &str, name: &str) -> &Value {
        let mut found = self.of_kind(kind).filter(|object| object["metadata"]["name"] == name);
        found.next().unwrap_or_else(|| panic!("no {kind} {name}"))
    }

    /// The objects of that kind.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |object| object["kind"] == kind)
    }
}

/// The specification of the pods that an object makes.
pub(crate) fn pod_of(object: &Value) -> &Value {
    match object["kind"].as_str().unwrap() {
        "Pod" => &object["spec"],
        "CronJob" => &object["spec"]["jobTemplate"]["spec"]["template"]["spec"],
        _ => &object["spec"]["template"]["spec"],
    }
}

/// A text in an object.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// A list in an object, which may be absent.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
