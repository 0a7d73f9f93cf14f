//! The bar that says how far an audit is: on a terminal, unless nobody wants it, and gone when it is done.

use std::process::Stdio;

use regex::Regex;

use super::{DEPLOYMENT, Place};

/// So many files, no two alike, that the bar is drawn several times.
const FILES: usize = 1_500;

/// What a terminal of a hundred columns gets to see.
fn on_a_terminal(place: &Place, arguments: &str) -> String {
    let program = env!("CARGO_BIN_EXE_tidegate");
    let line = format!("stty cols 100; exec '{program}' audit {arguments}");
    let output = place
        .command("script", &["--quiet", "--return", "--command", &line, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_bar_says_how_far_it_is_how_fast_and_how_long_it_takes() {
    let file =
        |number: usize| (format!("{number}.yaml"), DEPLOYMENT.replace("name: mysql\n", &format!("name: m-{number}\n")));
    let files: Vec<(String, String)> = (0..FILES).map(file).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let place = Place::with(&files);
    let bar = Regex::new(r"judging files: \[[^\]]*\] [\d,]+ of 1,500, \d+/s, \d+\w+ left").unwrap();
    assert!(!bar.is_match(&on_a_terminal(&place, "--quiet .")));
    let seen = on_a_terminal(&place, ".");
    assert!(bar.is_match(&seen), "{}", &seen[..seen.len().min(2_000)]);
}
