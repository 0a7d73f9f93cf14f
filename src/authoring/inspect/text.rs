//! A component as a person reads of it.

use std::io::{self, Write};

use super::{Inspection, concern_in_words, json, kilobytes, read_line};

/// Writes it.
///
/// # Errors
/// What the writer says.
pub fn write_text(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    let Inspection { name, title, language, bytes, digest, contract, kinds, concern, .. } = inspection;
    writeln!(out, "{name}: {title}\n")?;
    writeln!(out, "  component  {}, {}", language.unwrap_or("of a language that it does not tell"), kilobytes(*bytes))?;
    writeln!(out, "  digest     {digest}")?;
    writeln!(out, "  contract   {contract}")?;
    writeln!(out, "  judges     {}; {}", kinds.join(", "), concern_in_words(*concern))?;
    section(out, "RULES")?;
    for rule in &inspection.rules {
        writeln!(out, "  {:<16} {:<8} {}", rule.id, rule.severity, rule.title)?;
    }
    section(out, "SETTINGS")?;
    if inspection.settings.is_empty() {
        writeln!(out, "  none")?;
    }
    for setting in &inspection.settings {
        let default = setting
            .default
            .as_ref()
            .map_or_else(|| "no default".to_owned(), |value| format!("default {}", json(value)));
        writeln!(out, "  {}: {}, {default}", setting.name, setting.kind)?;
        if let Some(description) = &setting.description {
            writeln!(out, "      {description}")?;
        }
    }
    section(out, "READS OF THE CLUSTER")?;
    if inspection.reads.is_empty() {
        writeln!(out, "  nothing")?;
    } else {
        writeln!(out, "  Its document has to grant it:\n  spec:\n    reads:")?;
        inspection.reads.iter().try_for_each(|read| writeln!(out, "      {}", read_line(read)))?;
    }
    section(out, "IMPORTS")?;
    inspection.imports.iter().try_for_each(|import| writeln!(out, "  {import}"))?;
    section(out, "EXPORTS")?;
    inspection.exports.iter().try_for_each(|export| writeln!(out, "  {export}"))
}

fn section(out: &mut dyn Write, heading: &str) -> io::Result<()> {
    writeln!(out, "\n{heading}")
}
