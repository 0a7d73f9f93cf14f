//! What each form looks like.

use super::{rich, text};
use crate::audit::formats::Format;
use crate::audit::report::AuditReport;

#[test]
fn each_form() {
    let report = rich::report();
    for format in Format::ALL.iter().copied().filter(|format| !matches!(format, Format::Table | Format::Html)) {
        insta::assert_snapshot!(format.name(), text(&report, format));
        assert_eq!(text(&report, format), text(&report, format), "{} differs the second time", format.name());
    }
}

#[test]
fn nothing_to_tell() {
    let told: Vec<String> = Format::ALL
        .iter()
        .filter(|format| **format != Format::Html)
        .map(|format| format!("== {}\n{}", format.name(), text(&AuditReport::default(), *format)))
        .collect();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn no_form_for_people_moves_the_cursor_or_turns_text_around() {
    for format in [Format::Concise, Format::Markdown, Format::Github, Format::Junit, Format::Yaml] {
        for character in text(&rich::report(), format).chars().filter(|character| *character != '\n') {
            assert!(!character.is_control(), "{}: {character:?}", format.name());
            assert!(format == Format::Yaml || character != '\u{202e}', "{}", format.name());
        }
    }
}

#[test]
fn every_line_of_the_concise_form_is_a_finding() {
    let report = rich::report();
    let lines = text(&report, Format::Concise).lines().count();
    let findings: usize = report.objects.iter().map(|object| object.findings().count() + object.failures.len()).sum();
    assert_eq!(lines, findings + report.problems.len());
}

#[test]
fn forms_are_found_by_their_names() {
    for format in Format::ALL {
        assert_eq!(Format::of_name(format.name()), Some(*format));
        assert!(!format.about().is_empty());
    }
}
