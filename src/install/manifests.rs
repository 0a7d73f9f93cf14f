//! The files of `webhook-deploy/`, as they were when this program was built.

use serde_json::Value;

use super::InstallError;
use super::plan::Stage;
use crate::yaml;

macro_rules! file {
    ($name:literal, $stage:expr) => {
        (
            concat!("webhook-deploy/", $name, ".yaml"),
            $stage,
            include_str!(concat!("../../webhook-deploy/", $name, ".yaml")),
        )
    };
}
/// Each file, and when its objects are applied.
const FILES: [(&str, Stage, &str); 13] = [
    file!("00-namespace", Stage::Namespace),
    file!("05-crds", Stage::Kinds),
    file!("10-service-account", Stage::Rights),
    file!("15-priority-class", Stage::Rights),
    file!("20-rbac", Stage::Rights),
    file!("25-rbac-reports", Stage::Rights),
    file!("27-rbac-webhooks", Stage::Rights),
    file!("30-service", Stage::Around),
    file!("35-network-policy", Stage::Around),
    file!("40-deployment", Stage::Gate),
    file!("50-pod-disruption-budget", Stage::Around),
    file!("70-mutating-webhook", Stage::Webhooks),
    file!("80-validating-webhook", Stage::Webhooks),
];

/// A certificate from cert-manager, as the component for kustomize has it too.
const CERTIFICATE: (&str, &str) = (
    "webhook-deploy/overlays/cert-manager/certificate.yaml",
    include_str!("../../webhook-deploy/overlays/cert-manager/certificate.yaml"),
);

/// What cert-manager is asked for.
///
/// # Errors
/// As [`objects`].
pub(super) fn of_cert_manager() -> Result<Vec<Value>, InstallError> {
    let (file, text) = CERTIFICATE;
    documents(file, text)
}

/// Their objects, in order.
///
/// # Errors
/// [`InstallError::Embedded`] if one cannot be read, which a test rules out.
pub(super) fn objects() -> Result<Vec<(Stage, Value)>, InstallError> {
    let mut objects = Vec::new();
    for (file, stage, text) in FILES {
        objects.extend(documents(file, text)?.into_iter().map(|object| (stage, object)));
    }
    Ok(objects)
}

fn documents(file: &'static str, text: &str) -> Result<Vec<Value>, InstallError> {
    yaml::parse(text)
        .into_iter()
        .map(|document| match document {
            Ok(document) => Ok(document.value),
            Err(problem) => Err(InstallError::Embedded { file, problem: problem.to_string() }),
        })
        .collect()
}

/// How many files there are.
#[cfg(test)]
pub(super) const COUNT: usize = FILES.len();
