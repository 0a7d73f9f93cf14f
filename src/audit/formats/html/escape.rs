//! Texts of the input, written so that a browser shows them and does nothing else with them.

use std::fmt;

use annotate_snippets::normalize_untrusted_str;

/// Displays a text so that it is text in HTML, also as an attribute's value in double quotes.
pub(super) struct Text(String);

/// A text of the input in HTML. Signs that are not seen, or that turn the direction of what follows, are made visible.
pub(super) fn text(raw: &str) -> Text {
    Text(normalize_untrusted_str(raw))
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            out.write_str(&rest[..at])?;
            out.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        out.write_str(rest)
    }
}

/// JSON as the content of a `script` element, which ends at `</script` and turns odd at `<!--`, whatever is meant.
/// Outside of strings JSON has no `<`.
pub(super) fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}
