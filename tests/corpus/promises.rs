//! What must hold for every object, whatever it is.

use serde_json::Value;
use tidegate::engine::LeftAlone;
use tidegate::workload::{EnvValue, Workload, withheld};

use super::judged::Judged;

/// A second pass over the repaired object finds nothing more to repair.
pub(crate) fn repaired_once(all: &[Judged]) -> Vec<String> {
    all.iter()
        .filter_map(|judged| {
            let patch = &judged.again.as_ref()?.patch;
            (!patch.0.is_empty())
                .then(|| format!("{}: again {}", judged.title(), serde_json::to_string(patch).unwrap()))
        })
        .collect()
}

/// No literal password is left in an object that the gate lets pass.
pub(crate) fn no_password_left(all: &[Judged]) -> Vec<String> {
    let admitted = all.iter().filter(|judged| {
        judged.evaluation.as_ref().is_ok_and(|first| first.is_allowed() && first.left_alone.is_none())
    });
    admitted
        .flat_map(|judged| {
            literal_passwords(judged.repaired()).into_iter().map(|name| format!("{}: {name}", judged.title()))
        })
        .collect()
}

fn literal_passwords(object: &Value) -> Vec<String> {
    let Ok(Some(workload)) = Workload::read(object, &withheld(object), false, &|_| None) else { return Vec::new() };
    let variables = workload.containers.into_iter().flat_map(|container| container.env);
    variables
        .filter(|variable| variable.credential)
        .filter(|variable| match &variable.value {
            Some(EnvValue::Withheld { empty, references }) => !empty && !references,
            _ => false,
        })
        .map(|variable| variable.name)
        .collect()
}

/// What the gate passes over is the same afterwards.
pub(crate) fn others_untouched(all: &[Judged]) -> Vec<String> {
    all.iter()
        .filter(|judged| judged.evaluation.as_ref().is_ok_and(|first| first.left_alone == Some(LeftAlone::NoMySql)))
        .filter(|judged| judged.repaired() != &judged.object)
        .map(Judged::title)
        .collect()
}

/// Every policy can judge every object.
pub(crate) fn no_failure(all: &[Judged]) -> Vec<String> {
    all.iter()
        .filter_map(|judged| Some((judged, judged.evaluation.as_ref().ok()?)))
        .flat_map(|(judged, first)| {
            first.failures.iter().map(|failure| format!("{}: {}: {}", judged.title(), failure.policy, failure.error))
        })
        .collect()
}
