//! What tells one finding from all others, for as long as it is the same to people.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::report::ObjectReport;

/// Bytes of a fingerprint: enough that two of a million findings hardly ever share one.
const BYTES: usize = 8;

/// Gives each finding of an object its fingerprint: of rule, object and named place, neither file nor line.
///
/// Two findings of one rule at one place are told apart by their order.
pub(super) fn set_fingerprints(object: &mut ObjectReport) {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let name = object.name.as_deref().unwrap_or(&object.title);
    let mut before: HashMap<(String, String), usize> = HashMap::new();
    for finding in &mut object.findings {
        let count = before.entry((finding.rule.clone(), finding.place.clone())).or_default();
        let mut hash = Sha256::new();
        for part in [&finding.rule, &object.kind, namespace, name, &finding.place, &count.to_string()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        *count += 1;
        finding.fingerprint = hash.finalize().iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect();
    }
}
