//! Markdown: parsed by the rules of GitHub, with all that GitHub adds to CommonMark.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

use super::{rich, text};
use crate::audit::formats::Format;
use crate::audit::formats::markdown::escape;
use crate::audit::formats::text::one_line;
use crate::audit::report::AuditReport;

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.alerts = true;
    options
}

/// What there is in a comment: rows of tables, HTML, pieces of text.
#[derive(Default)]
struct Seen {
    rows: usize,
    cells: Vec<usize>,
    html: Vec<String>,
    texts: Vec<String>,
    code: Vec<String>,
    strange: Vec<String>,
}

fn read(comment: &str) -> Seen {
    fn walk<'a>(node: &'a AstNode<'a>, seen: &mut Seen) {
        match &node.data.borrow().value {
            NodeValue::TableRow(_) => {
                seen.rows += 1;
                seen.cells.push(node.children().count());
            }
            NodeValue::HtmlBlock(html) => seen.html.push(html.literal.clone()),
            NodeValue::HtmlInline(html) => seen.html.push(html.clone()),
            NodeValue::Text(text) => seen.texts.push(text.to_string()),
            NodeValue::CodeBlock(code) => seen.code.push(code.literal.clone()),
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::Table(_)
            | NodeValue::TableCell
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Strong
            | NodeValue::Alert(_)
            | NodeValue::SoftBreak => {}
            other => seen.strange.push(format!("{other:?}")),
        }
        node.children().for_each(|child| walk(child, seen));
    }
    let arena = Arena::new();
    let mut seen = Seen::default();
    walk(parse_document(&arena, comment, &options()), &mut seen);
    seen
}

#[test]
fn a_row_for_each_finding_and_details_for_each_object() {
    let report = rich::report();
    let seen = read(&text(&report, Format::Markdown));
    let findings: usize = report.objects.iter().map(|object| object.findings().count()).sum();
    assert_eq!(seen.rows, findings + 1);
    assert!(seen.cells.iter().all(|cells| *cells == 6), "{:?}", seen.cells);
    let with_findings = report.objects.iter().filter(|object| object.findings().next().is_some()).count();
    assert_eq!(seen.html.iter().filter(|html| html.starts_with("<details>")).count(), with_findings);
    assert_eq!(seen.html.iter().filter(|html| html.starts_with("</details>")).count(), with_findings);
    assert_eq!(seen.code.len(), 1);
    assert!(seen.code[0].contains("-  image: mysql\n+  image: mysql:8.4\n   note: ```\n"), "{}", seen.code[0]);
}

#[test]
fn names_stay_text() {
    let seen = read(&text(&rich::report(), Format::Markdown));
    assert!(seen.strange.is_empty(), "{:#?}", seen.strange);
    for html in &seen.html {
        let is_ours = html == "<br>"
            || html == "<!-- -->"
            || html.starts_with("</details>")
            || (html.starts_with("<details>\n<summary>")
                && html.matches('<').count() - html.matches("<!--").count() == 3);
        assert!(is_ours, "{html}");
    }
    for text in &seen.texts {
        let calls = |sign: char| text.split(sign).skip(1).any(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
        assert!(!calls('@') && !calls('#'), "{text}");
        assert!(!text.contains("://") && !text.contains("www."), "{text}");
    }
}

#[test]
fn a_comment_is_never_too_long_and_says_what_it_lacks() {
    let one = rich::report();
    let mut report = AuditReport::default();
    for number in 0..400 {
        for object in &one.objects {
            let mut object = object.clone();
            object.title = format!("{number} {}", object.title);
            report.objects.push(object);
        }
        report.problems.extend(one.problems.iter().cloned());
    }
    let comment = text(&report, Format::Markdown);
    let length = comment.chars().count();
    // The limit of GitHub's API: "body is too long (maximum is 65536 characters)".
    assert!((60_000..=65_536).contains(&length), "{length}");
    let seen = read(&comment);
    assert!(seen.strange.is_empty(), "{:#?}", seen.strange);
    let note = comment.lines().last().unwrap();
    for part in ["Too long for a comment; left out: ", " errors, ", " rows of the table, the details of ", " objects."]
    {
        assert!(note.contains(part), "{note}");
    }
}

proptest! {
    #[test]
    fn any_text_is_the_text_that_one_reads(name in r"([\\\\`*_\[\]()<>|~$@#!&;:/.=+\-0-9a-zA-Z \n\t\r\x1bü漢]|www\.|https?://|<b>|&amp;|\]\(|```|<!--|-->){0,24}") {
        let seen = read(&format!("x{}x\n", escape::markdown(&name)));
        prop_assert!(seen.strange.is_empty(), "{:?}", seen.strange);
        prop_assert!(seen.html.iter().all(|html| html == "<!-- -->"), "{:?}", seen.html);
        prop_assert_eq!(seen.texts.concat(), format!("x{}x", one_line(&name)));
    }

    #[test]
    fn no_code_ends_its_block(code in r"([`~ \na-z]|```|~~~){0,24}") {
        let code = format!("x{code}x");
        let seen = read(&escape::fenced("diff", &code));
        prop_assert!(seen.strange.is_empty() && seen.texts.is_empty());
        prop_assert_eq!(seen.code.concat(), format!("{code}\n"));
    }
}
