//! What repairs do to texts: the manifest before and after, and what each finding's own repair replaces.

use super::super::{AuditReport, Detail, Replacement};
use super::Folder;
use crate::yaml::{Splice, apply};

const LIST: &str = "# Two of them.\napiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: first, \
    namespace: shop}\n  spec:\n    template:\n      spec:\n        containers:\n        - name: mysql # the \
    database\n          image: 'mysql:8.4'\n          env:\n          - name: ROOT_PASSWORD\n            value: \
    correct-horse\n- metadata: {name: second, namespace: shop}\n  spec: {template: {spec: {containers: [{name: a, \
    image: 'mysql:8.4'}]}}}\n";

fn audited(files: &[(&str, &str)]) -> AuditReport {
    Folder::of(files).audit_with(&[""], Detail { manifests: true, fixes: true, ..Detail::default() })
}

#[test]
fn manifests_are_shown_before_and_after_without_passwords() {
    let report = audited(&[("list.yaml", LIST)]);
    let mut shown = String::new();
    for object in &report.objects {
        let manifest = object.manifest.as_ref().unwrap();
        shown += &format!("line {}\n{}=>\n{}\n", manifest.first_line, manifest.before, manifest.after);
    }
    assert!(!shown.contains("correct-horse"), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_fix_is_a_replacement_in_the_file_and_moves_no_password() {
    let report = audited(&[("list.yaml", LIST)]);
    let mut made = 0;
    for finding in report.objects.iter().flat_map(|object| &object.findings) {
        assert_eq!(finding.fix.is_some(), finding.rule == "T002", "{finding:?}");
        let Some(fix) = &finding.fix else { continue };
        made += 1;
        let repaired = replaced(LIST, fix);
        let after = Folder::of(&[("list.yaml", &repaired)]).audit(&[""]);
        let still_there = after.objects.iter().flat_map(|object| &object.findings);
        assert!(still_there.clone().all(|other| other.fingerprint != finding.fingerprint), "{repaired}");
        assert_eq!(still_there.count(), 2, "{repaired}");
    }
    assert_eq!(made, 2);
}

/// A text after replacements by lines and columns.
fn replaced(text: &str, fix: &[Replacement]) -> String {
    let offset = |line: usize, column: usize| {
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        start + text[start..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
    };
    let splice = |replacement: &Replacement| {
        let region = replacement.region;
        let range = offset(region.line, region.column)..offset(region.end_line, region.end_column);
        Splice { range, text: replacement.text.clone() }
    };
    apply(text, &fix.iter().map(splice).collect::<Vec<_>>())
}
