//! What a component says of itself, as tables.

use std::fmt::Write;

use crate::authoring::inspect::{Inspection, concern_in_words, read_line};
use crate::wasm::one_line;

/// The reference: rules, settings, what it judges, what it reads.
pub fn reference(inspection: &Inspection) -> String {
    let Inspection { rules, kinds, concern, settings, reads, .. } = inspection;
    let mut text = String::from(
        "<!-- Made by `tidegate policy docs` from the component; what is changed here is lost. -->\n\n\
         | rule | what is wrong | severity |\n|---|---|---|\n",
    );
    // Writing into a text cannot fail.
    for rule in rules {
        let _ = writeln!(text, "| {} | {} | {} |", rule.id, cell(&rule.title), rule.severity);
    }
    let kinds: Vec<_> =
        kinds.iter().map(|kind| if kind == "*" { "any kind".to_owned() } else { format!("`{kind}`") }).collect();
    let _ = writeln!(text, "\nIt judges {}: {}.\n", kinds.join(", "), concern_in_words(*concern));
    if settings.is_empty() {
        text.push_str("There is nothing to set.\n");
    } else {
        text.push_str("| setting | default | meaning |\n|---|---|---|\n");
        for setting in settings {
            let default = setting.default.as_ref().map(|value| format!("`{}`", cell(&value.to_string())));
            let meaning = setting.description.as_deref().map(cell).unwrap_or_default();
            let kind = cell(&setting.kind);
            let meaning = if meaning.is_empty() { kind } else { format!("{meaning} ({kind})") };
            let _ = writeln!(text, "| `{}` | {} | {meaning} |", cell(&setting.name), default.unwrap_or_default());
        }
    }
    if reads.is_empty() {
        text.push_str("\nIt reads nothing of the cluster.\n\n");
        return text;
    }
    text.push_str("\nIt reads of the cluster what its document has to grant:\n\n```yaml\nspec:\n  reads:\n");
    for read in reads {
        let _ = writeln!(text, "    {}", read_line(read));
    }
    text.push_str("```\n\n");
    text
}

/// A text as the cell of a table: on one line, and without what would end the cell.
fn cell(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('|', "\\|")
}
