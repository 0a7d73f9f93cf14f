//! The document that puts a policy in force, ready to be kept beside it.

use std::fmt::Write;

use super::{Inspection, json, read_line};

/// What the addresses of built-in policies begin with, and of modules elsewhere.
const ELSEWHERE: &str = "://";

/// A `ClusterPolicy` for it. What it reads is granted; its settings stand as comments with their defaults.
pub fn policy_document(inspection: &Inspection) -> String {
    let Inspection { module, name, title, digest, reads, whole_settings, .. } = inspection;
    let is_file = !module.contains(ELSEWHERE);
    let module = if is_file { format!("file://{module}") } else { module.clone() };
    let mut text = format!(
        "# {title}.\napiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata:\n  name: {name}\nspec:\n"
    );
    if is_file {
        text.push_str("  # A relative path starts at this document.\n");
    }
    // Writing into a text cannot fail.
    let _ = writeln!(text, "  module: {module}");
    if is_file {
        let _ = writeln!(text, "  # This build and no other.\n  digest: {digest}");
    }
    text.push_str("  # fix repairs what it can; deny refuses; warn tells; audit records.\n  action: fix\n");
    if !reads.is_empty() {
        text.push_str("  # What its code asks the cluster for.\n  reads:\n");
        reads.iter().for_each(|read| {
            let _ = writeln!(text, "    {}", read_line(read));
        });
    }
    if whole_settings.is_empty() {
        return text;
    }
    text.push_str("  settings: {}\n  # These are the defaults:\n");
    for setting in whole_settings {
        if let Some(description) = &setting.description {
            let _ = writeln!(text, "  #   # {description}");
        }
        let default = setting.default.as_ref().map(json);
        let _ = writeln!(text, "  #   {}: {}", setting.name, default.unwrap_or_default());
    }
    text
}
