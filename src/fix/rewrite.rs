//! From repaired objects to the text of their file.

use serde_json::Value;

use crate::yaml::{self, Document, EditError, Splice};

/// How a document is changed.
pub(super) struct Change {
    pub(super) splices: Vec<Splice>,
    /// True if it is written anew, without its comments.
    pub(super) anew: bool,
}

/// The change that lets a document say what is wanted; if its layout cannot be kept, and that may be, it is written
/// anew.
pub(super) fn change(text: &str, document: &Document, wanted: &Value, may_rewrite: bool) -> Result<Change, EditError> {
    match yaml::edit(text, document, wanted) {
        Ok(splices) => Ok(Change { splices, anew: false }),
        Err(error) if may_rewrite => {
            let splice = anew(text, document, wanted).ok_or(error)?;
            Ok(Change { splices: vec![splice], anew: true })
        }
        Err(error) => Err(error),
    }
}

/// The document's content written anew; what stands before it stays. None if it does not come out right.
fn anew(text: &str, document: &Document, wanted: &Value) -> Option<Splice> {
    let part = text.get(document.range.clone())?;
    let content = document.locations.find("").value;
    let before = text.get(document.range.start..content.start)?;
    let line_start = before.rfind('\n').map_or(document.range.start, |newline| document.range.start + newline + 1);
    let is_json = part.trim_start().starts_with('{') && serde_json::from_str::<Value>(part).is_ok();
    let (start, rendered) = if is_json {
        (content.start, serde_json::to_string_pretty(wanted).ok()?)
    } else if text.get(line_start..content.start)?.trim().is_empty() {
        (line_start, yaml::render(wanted))
    } else {
        // Behind `---` on the same line no block can begin.
        (content.start, format!("\n{}", yaml::render(wanted)))
    };
    let newline = if part.contains("\r\n") { "\r\n" } else { "\n" };
    let mut rendered = rendered.trim_end().replace('\n', newline);
    if part.ends_with('\n') || text.get(content.end..document.range.end)?.contains('\n') {
        rendered.push_str(newline);
    }
    let splice = Splice { range: start..document.range.end, text: rendered };
    let result = format!("{}{}", text.get(document.range.start..start)?, splice.text);
    let says_it = matches!(yaml::parse(&result).as_slice(), [Ok(read)] if read.value == *wanted);
    says_it.then_some(splice)
}

/// The bytes of a file after replacements in its text: its byte order mark and its line breaks stay.
pub(super) fn bytes_after(raw: &[u8], splices: &[Splice]) -> Option<Vec<u8>> {
    let raw = std::str::from_utf8(raw).ok()?;
    let (mark, text) = match raw.strip_prefix('\u{feff}') {
        Some(text) => ("\u{feff}", text),
        None => ("", raw),
    };
    // A lone carriage return is as long as what it was read as: every place is the same.
    let old_mac = text.contains('\r') && !text.contains('\n');
    let in_place = |splice: &Splice| Splice {
        range: splice.range.clone(),
        text: if old_mac { splice.text.replace('\n', "\r") } else { splice.text.clone() },
    };
    let splices: Vec<Splice> = splices.iter().map(in_place).collect();
    Some(format!("{mark}{}", yaml::apply(text, &splices)).into_bytes())
}
