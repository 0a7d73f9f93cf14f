//! What stands in the way of an audit: it is told, and stops nothing else.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use super::{DEPLOYMENT, Outcome, Place};

#[test]
fn a_gigabyte_is_refused_without_being_read() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    File::create(place.path("large.yaml")).unwrap().set_len(1 << 30).unwrap();
    let outcome = place.audit(&["."]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.out.contains("large.yaml") && outcome.out.contains("MY005"), "{}", outcome.out);
}

#[test]
fn links_that_loop_and_names_that_are_no_text() {
    let place = Place::with(&[("sub/mysql.yaml", DEPLOYMENT)]);
    symlink("..", place.path("sub/loop")).unwrap();
    symlink("itself.yaml", place.path("itself.yaml")).unwrap();
    let name = std::ffi::OsString::from_vec(b"caf\xe9.yaml".to_vec());
    std::fs::write(place.folder.path().join(name), DEPLOYMENT).unwrap();
    let outcome = place.audit(&["."]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.out.contains("itself.yaml"), "{}", outcome.out);
    assert!(outcome.out.contains("2 objects in 2 files"), "{}", outcome.out);
    assert!(outcome.out.contains("caf\u{fffd}.yaml"), "{}", outcome.out);
}

#[test]
fn an_input_that_ends_half_way() {
    let place = Place::with(&[]);
    for (text, words) in [
        ("", "it holds no document"),
        ("apiVersion: v1\nkind: Po", "has no metadata"),
        ("{\"apiVersion\": \"v1\", \"kind\"", "<stdin>:1:"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: \"a", "a quote is opened here and never closed"),
    ] {
        let mut command = place.command(env!("CARGO_BIN_EXE_tidegate"), &["audit", "-"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let outcome = Outcome::of(process.wait_with_output().unwrap());
        // A kind that is cut off is a kind that nobody judges.
        let is_cut_kind = words == "has no metadata";
        assert_eq!(outcome.code, if is_cut_kind { 0 } else { 2 }, "{text}: {}", outcome.out);
        assert!(is_cut_kind || outcome.out.contains(words), "{text}: {}", outcome.out);
    }
}

#[test]
fn fifty_thousand_files() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    for folder in 0..50 {
        std::fs::create_dir(place.path(&format!("{folder}"))).unwrap();
        for file in 0..1000 {
            let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c{file} }}\n");
            std::fs::write(place.path(&format!("{folder}/{file}.yaml")), text).unwrap();
        }
    }
    let outcome = place.audit(&["."]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("50001 objects in 50001 files"), "{}", outcome.out.lines().last().unwrap());
}
