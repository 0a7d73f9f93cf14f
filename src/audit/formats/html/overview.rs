//! The head of the report: the totals in words, and pictures of them. All of it is readable without the script, which
//! only makes the pictures follow what is chosen.

use std::io::{self, Write};

use super::escape::text;
use super::totals::{Counts, Totals};
use super::words::{consequence_name, consequence_title, count, grouped};
use crate::audit::report::{AuditReport, Consequence, Scope};
use crate::finding::Severity;

/// So many rows of a picture are seen at once; the others are behind a word.
const ROWS: usize = 8;
/// What pictures are measured in: a hundred is as wide as the widest.
const WIDTH: f64 = 100.0;

/// The report in a few words.
pub(super) fn title(totals: &Totals<'_>) -> String {
    match totals.all.sum() {
        0 => "Nothing found".to_owned(),
        findings => format!("{} in {}", count(findings, "finding"), count(totals.concerned, "object")),
    }
}

/// Writes totals and pictures.
pub(super) fn write(report: &AuditReport, totals: &Totals<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h1 id=\"heading\" tabindex=\"-1\">{}</h1>", title(totals))?;
    writeln!(out, "<p class=\"lead\">{}</p>", lead(report, totals))?;
    write_stale(report, out)?;
    if totals.all.sum() == 0 {
        return Ok(());
    }
    writeln!(out, "<a class=\"jump\" href=\"#results\">To the findings</a>")?;
    severities(&totals.all, out)?;
    writeln!(out, "<div class=\"panels\">")?;
    let consequences = totals.consequences.iter().map(|(one, counts)| Row {
        value: consequence_name(*one),
        name: consequence_title(*one).to_owned(),
        about: None,
        counts,
    });
    panel("consequence", "At the gate", consequences.collect(), out)?;
    let namespaces = totals.namespaces.iter().map(|(name, counts)| Row {
        value: name,
        name: if name.is_empty() { "none named".to_owned() } else { (*name).to_owned() },
        about: None,
        counts,
    });
    panel("namespace", "By namespace", namespaces.collect(), out)?;
    let rules = totals.rules.iter().map(|(id, counts)| Row {
        value: id,
        name: (*id).to_owned(),
        about: report.rules.iter().find(|rule| rule.id == *id).map(|rule| rule.title.as_str()),
        counts,
    });
    panel("rule", "By rule", rules.collect(), out)?;
    writeln!(out, "</div>")
}

/// What was looked through, and what the gate would do.
fn lead(report: &AuditReport, totals: &Totals<'_>) -> String {
    let looked_through = match report.scope {
        Scope::Files(files) => {
            format!("{} in {} were judged.", count(report.objects.len(), "object"), count(files, "file"))
        }
        Scope::Cluster(objects) => format!("{} of the cluster were judged.", count(objects, "object")),
    };
    let mut sentences = vec![looked_through];
    if totals.all.sum() > 0 {
        sentences.push(match totals.with(Consequence::Repair) {
            0 => "The gate could repair none of the findings.".to_owned(),
            all if all == totals.all.sum() => "The gate would repair all of the findings.".to_owned(),
            some => format!("The gate would repair {} of the findings.", grouped(some)),
        });
    }
    if totals.refused > 0 {
        sentences.push(format!("{} would be refused.", count(totals.refused, "object")));
    }
    if totals.kept > 0 {
        let copies = if totals.kept == 1 { "1 copy keeps".to_owned() } else { format!("{} copies keep", totals.kept) };
        sentences.push(format!("{copies} passwords."));
    }
    for (why, number) in report.left_alone() {
        sentences.push(format!("{} not judged: {}.", count(number, "object"), why.reason()));
    }
    for (number, why) in [
        (totals.excepted, "excepted"),
        (totals.known, "known by the baseline"),
        (totals.before, "left out, as there before"),
    ] {
        if number > 0 {
            let are = if number == 1 { "is" } else { "are" };
            sentences.push(format!("{} {are} {why}.", count(number, "more finding")));
        }
    }
    sentences.join(" ")
}

/// What the baseline knows and is no more: to be taken out of it, so that it does not hide what comes back.
fn write_stale(report: &AuditReport, out: &mut dyn Write) -> io::Result<()> {
    if report.stale.is_empty() {
        return Ok(());
    }
    let number = report.stale.iter().map(|known| known.times).sum();
    writeln!(out, "<details class=\"stale\"><summary>{} of the baseline", count(number, "finding"))?;
    writeln!(out, "no longer found</summary>\n<ul>")?;
    for known in &report.stale {
        let often = if known.times == 1 { String::new() } else { format!(", {} times", known.times) };
        writeln!(
            out,
            "<li><bdi>{}</bdi> at <bdi>{}</bdi> of <bdi>{}</bdi>{often}</li>",
            text(&known.rule),
            text(&known.place),
            text(&known.object)
        )?;
    }
    writeln!(out, "</ul>\n<p>Write it anew with <code>--write-baseline</code>.</p>\n</details>")
}

/// The picture by severity: one bar, and a tile for each part of it.
fn severities(all: &Counts, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section class=\"severities\" aria-labelledby=\"by-severity\">")?;
    writeln!(out, "<h2 id=\"by-severity\" class=\"unseen\">By severity</h2>")?;
    writeln!(out, "<div class=\"spectrum\" data-spectrum>{}</div>", bar(all, all.sum()))?;
    writeln!(out, "<ul class=\"tiles\">")?;
    for (severity, number) in all.each() {
        writeln!(
            out,
            "<li><button type=\"button\" class=\"tile {severity}\" data-facet=\"severity\" data-value=\"{severity}\" \
             aria-pressed=\"false\">{}<span class=\"number\" data-number>{}</span> <span \
             class=\"word\">{severity}</span></button></li>",
            icon(severity),
            grouped(number)
        )?;
    }
    writeln!(out, "</ul>\n</section>")
}

struct Row<'a> {
    value: &'a str,
    name: String,
    about: Option<&'a str>,
    counts: &'a Counts,
}

/// A picture by something else: one bar for each value.
fn panel(facet: &str, title: &str, rows: Vec<Row<'_>>, out: &mut dyn Write) -> io::Result<()> {
    let widest = rows.iter().map(|row| row.counts.sum()).max().unwrap_or_default();
    writeln!(out, "<section class=\"panel\" aria-labelledby=\"by-{facet}\" data-panel=\"{facet}\">")?;
    writeln!(out, "<h2 id=\"by-{facet}\">{title}</h2>")?;
    let (first, others) = rows.split_at(rows.len().min(ROWS));
    list(facet, first, widest, out)?;
    if !others.is_empty() {
        writeln!(out, "<details><summary>{} more</summary>", grouped(others.len()))?;
        list(facet, others, widest, out)?;
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</section>")
}

fn list(facet: &str, rows: &[Row<'_>], widest: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"bars\">")?;
    for Row { value, name, about, counts } in rows {
        let about = about.map(|about| format!(" <span class=\"about\">{}</span>", text(about))).unwrap_or_default();
        writeln!(
            out,
            "<li><button type=\"button\" class=\"row\" data-facet=\"{facet}\" data-value=\"{}\" \
             aria-pressed=\"false\"><span class=\"label\"><bdi>{}</bdi>{about}</span> <span class=\"number\" \
             data-number>{}</span>{}</button></li>",
            text(value),
            text(name),
            grouped(counts.sum()),
            bar(counts, widest),
        )?;
    }
    writeln!(out, "</ul>")
}

/// A bar of five parts, as attributes: the policy of the page allows no styles in elements.
fn bar(counts: &Counts, widest: usize) -> String {
    let mut parts = String::new();
    let mut left = 0.0;
    for (severity, number) in counts.each() {
        let width = share(number, widest);
        parts.push_str(&format!("<rect class=\"{severity}\" x=\"{left:.3}\" width=\"{width:.3}\" height=\"10\"/>"));
        left += width;
    }
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 {WIDTH} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{parts}</svg>"
    )
}

#[allow(clippy::cast_precision_loss, reason = "a picture of more than 2^52 findings may be a little off")]
fn share(number: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { number as f64 * WIDTH / of as f64 }
}

/// The sign of a severity: each has a shape of its own, so that nobody needs the colour.
pub(super) fn icon(severity: Severity) -> String {
    format!("<svg class=\"icon {severity}\" aria-hidden=\"true\"><use href=\"#icon-{severity}\"/></svg>")
}
