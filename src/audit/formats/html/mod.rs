//! The report as one HTML file that needs nothing else: for people, to look at, to search and to print.
//!
//! What holds for every text of the input: it is written escaped, or as JSON that the script shows as text. The file's
//! own policy lets the browser run only the script that is built in, and load nothing.

mod data;
mod escape;
mod manifest;
mod overview;
mod plain;
mod texts;
mod totals;
mod words;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use self::escape::{in_script, text};
use self::totals::Totals;
use crate::audit::report::AuditReport;

const PAGE: &str = include_str!("page/report.html");
const STYLE: &str = concat!(
    include_str!("page/colours.css"),
    include_str!("page/report.css"),
    include_str!("page/object.css"),
    include_str!("page/narrow.css"),
    include_str!("page/print.css"),
);
const SCRIPT: &str = concat!(
    include_str!("page/elements.js"),
    include_str!("page/data.js"),
    include_str!("page/state.js"),
    include_str!("page/selection.js"),
    include_str!("page/pictures.js"),
    include_str!("page/table.js"),
    include_str!("page/manifest.js"),
    include_str!("page/object.js"),
    include_str!("page/print.js"),
    include_str!("page/start.js"),
);

/// Begins and ends the name of what is put into the page.
const OPENS: &str = "{{";
const CLOSES: &str = "}}";

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub(super) fn write(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    let totals = Totals::of(report);
    let mut rest = PAGE;
    // One walk over the page: what is put in is never searched for names again.
    while let Some((before, (name, after))) =
        rest.split_once(OPENS).and_then(|(before, named)| Some((before, named.split_once(CLOSES)?)))
    {
        out.write_all(before.as_bytes())?;
        match name {
            "policy" => out.write_all(content_policy().as_bytes())?,
            "title" => write!(out, "{}", text(&overview::title(&totals)))?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "overview" => overview::write(report, &totals, out)?,
            "unread" => plain::write_unread(report, out)?,
            "list" => plain::write_list(report, out)?,
            "data" => out.write_all(in_script(&serde_json::to_string(&data::Data::of(report))?).as_bytes())?,
            "script" => out.write_all(SCRIPT.as_bytes())?,
            _ => return Err(io::Error::other(format!("the page asks for {name}, which nobody makes"))),
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// Lets the browser use this style, this script and the icon, which is part of the file; nothing else, from nowhere.
fn content_policy() -> String {
    let hash = |of: &str| STANDARD.encode(Sha256::digest(of.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
