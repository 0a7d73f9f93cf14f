//! The files of `manifests/`, as they were when this program was built.

use serde_json::Value;

use super::{DeployError, Kind};
use crate::yaml;

macro_rules! file {
    ($name:literal) => {
        (concat!("manifests/", $name, ".yaml"), include_str!(concat!("../../manifests/", $name, ".yaml")))
    };
}

/// Their order is that in which they are applied.
const SINGLE: &[(&str, &str)] = &[
    file!("single/00-namespace"),
    file!("single/10-storage-class"),
    file!("single/20-persistent-volume-claim"),
    file!("single/21-scripts"),
    file!("single/22-backup-scripts"),
    file!("single/30-service"),
    file!("single/60-network-policy"),
    file!("single/40-deployment"),
    file!("single/50-client-pod"),
    file!("single/70-backup"),
];
const REPLICATED: &[(&str, &str)] = &[
    file!("replicated/00-namespace"),
    file!("replicated/10-storage-class"),
    file!("replicated/20-config"),
    file!("replicated/21-scripts"),
    file!("replicated/22-backup-scripts"),
    file!("replicated/30-services"),
    file!("replicated/40-network-policy"),
    file!("replicated/50-pod-disruption-budget"),
    file!("replicated/60-stateful-set"),
    file!("replicated/70-backup"),
];

/// The files of a form, with their names.
pub(super) fn files(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Single => SINGLE,
        Kind::Replicated => REPLICATED,
    }
}

/// Their objects, in order.
///
/// # Errors
/// [`DeployError::Embedded`] if one cannot be read, which a test rules out.
pub(super) fn objects(kind: Kind) -> Result<Vec<Value>, DeployError> {
    let mut objects = Vec::new();
    for (file, text) in files(kind) {
        for document in yaml::parse(text) {
            let document = document.map_err(|problem| DeployError::Embedded { file, problem: problem.to_string() })?;
            objects.push(document.value);
        }
    }
    Ok(objects)
}
