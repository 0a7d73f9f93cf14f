//! Writes what came of a case into its `expect:`, and leaves the rest of the text as it is.

use super::format::Expectation;
use super::read::CaseFile;
use super::written;
use crate::yaml::{Splice, apply};

/// Where `expect:` stands in a case.
const EXPECT: &str = "/expect";

/// Why what came out cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// The text is put together in a way in which `expect` cannot be changed alone.
    #[error("{0}: expect cannot be changed without the rest; write it as a block of its own")]
    Entangled(String),
}

/// The text of a case with what came of it; none if it says that already. Fields that stay are not touched.
///
/// # Errors
/// [`UpdateError::Entangled`].
pub fn updated(file: &CaseFile, actual: &Expectation) -> Result<Option<String>, UpdateError> {
    if file.case.expect.as_ref() == Some(actual) {
        return Ok(None);
    }
    let text = apply(&file.text, &splices(file, actual));
    let entangled = || UpdateError::Entangled(file.file.display().to_string());
    let again = CaseFile::parse(&file.file, text).map_err(|_| entangled())?;
    let is_so = again.case.expect.as_ref() == Some(actual) && without_expect(&again) == without_expect(file);
    if is_so { Ok(Some(again.text)) } else { Err(entangled()) }
}

/// Everything but what is expected.
fn without_expect(file: &CaseFile) -> serde_json::Value {
    let mut value = file.document.value.clone();
    value.as_object_mut().map(|fields| fields.remove("expect"));
    value
}

fn splices(file: &CaseFile, actual: &Expectation) -> Vec<Splice> {
    let locations = &file.document.locations;
    let whole = || format!("expect:\n{}", indented(&written::lines(actual), "  ", true));
    let (before, now) = (file.case.expect.as_ref().map(written::fields), written::fields(actual));
    let place = locations.find(EXPECT);
    let (Some(before), true) = (before, place.exact) else {
        let end = locations.find("").value.end;
        return vec![Splice { range: end..end, text: format!("\n{}", whole()) }];
    };
    let is_lost = |name: &str| !now.iter().any(|(kept, _)| *kept == name);
    let is_block = !file.text.get(place.value.clone()).unwrap_or_default().starts_with(['{', '&', '*', '!']);
    if !is_block || before.iter().any(|(name, _)| is_lost(name)) {
        let start = place.key.map_or(place.value.start, |key| key.start);
        return vec![Splice { range: start..place.value.end, text: whole() }];
    }
    let line = file.text.get(..place.value.start).and_then(|text| text.rsplit('\n').next()).unwrap_or_default();
    let mut splices = Vec::new();
    let mut added = Vec::new();
    for field in &now {
        let (name, lines) = field;
        let at = locations.find(&format!("{EXPECT}/{name}"));
        match at.key.filter(|_| at.exact) {
            Some(_) if before.contains(field) => {}
            Some(key) => splices.push(Splice { range: key.start..at.value.end, text: indented(lines, line, false) }),
            None => added.push(format!("\n{}", indented(lines, line, true))),
        }
    }
    splices.push(Splice { range: place.value.end..place.value.end, text: added.concat() });
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    splices
}

/// Lines, each behind an indentation; the first only if it begins a line.
fn indented(lines: &[String], indentation: &str, first: bool) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        if number > 0 || first {
            text.push_str(indentation);
        }
        text.push_str(line);
    }
    text
}
