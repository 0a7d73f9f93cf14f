//! Completions in the shells themselves, and the manual's pages.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::{linked, program, run, tidegate};

/// Writes the script for a shell into a folder.
fn script(shell: &str, folder: &TempDir, name: &str) -> String {
    let (code, out, err) = tidegate(&["completions", shell], &[]);
    assert_eq!((code, err.as_str()), (0, ""));
    let file = folder.path().join(name);
    fs::write(&file, out).unwrap();
    file.display().to_string()
}

#[test]
fn bash_completes() {
    let Some(bash) = program("bash", &[]) else { return };
    let folder = TempDir::new().unwrap();
    let file = script("bash", &folder, "tidegate.bash");
    for (words, last, expected) in [
        ("tidegate exp", "exp", "explain"),
        ("tidegate explain MY03", "MY03", "MY030 MY031 MY032 MY033 MY034 MY035 MY036 MY037 MY038 MY039"),
        ("tidegate explain utf", "utf", "utf8mb4"),
        ("tidegate completions f", "f", "fish"),
        ("tidegate audit --rule MY00", "MY00", "MY001 MY002 MY003 MY004 MY005 MY006 MY007 MY008 MY009"),
    ] {
        let before = words.split(' ').rev().nth(1).unwrap();
        let count = words.split(' ').count() - 1;
        let call = format!(
            "source {file}; COMP_WORDS=({words}); COMP_CWORD={count}; _tidegate tidegate '{last}' '{before}'; \
             echo \"${{COMPREPLY[*]}}\""
        );
        let (code, out, err) = run(Command::new(&bash).args(["--norc", "-c", &call]));
        assert_eq!((code, out.trim(), err.as_str()), (0, expected, ""), "{words}");
    }
}

#[test]
fn fish_completes() {
    let Some(fish) = program("fish", &[]) else { return };
    let folder = TempDir::new().unwrap();
    let file = script("fish", &folder, "tidegate.fish");
    for (words, expected) in [
        ("tidegate exp", "explain"),
        ("tidegate explain utf", "utf8mb4"),
        ("tidegate completions z", "zsh"),
        ("tidegate audit --rule MY039", "MY039"),
    ] {
        let call = format!("source {file}; complete -C '{words}'");
        let (code, out, err) = run(Command::new(&fish).args(["--no-config", "-c", &call]).env("HOME", folder.path()));
        assert_eq!((code, err.as_str()), (0, ""), "{words}");
        assert!(out.lines().any(|line| line.split('\t').next() == Some(expected)), "{words}: {out}");
    }
}

#[test]
fn zsh_completes() {
    let Some(zsh) = program("zsh", &[]) else { return };
    let folder = TempDir::new().unwrap();
    script("zsh", &folder, "_tidegate");
    let (_links, path) = linked(&["tidegate"]);
    for (typed, expected) in [("tidegate expl", "explain"), ("tidegate explain utf", "utf8mb4")] {
        // A shell in a terminal of its own, into which somebody types; it answers, or the test never ends, which
        // `timeout` sees to.
        let driver = format!(
            "zmodload zsh/zpty\nzpty shell zsh -f -i\nzpty -w shell 'PS1=; fpath=({folder} $fpath); autoload -Uz \
             compinit; compinit -D -u; print REA\"\"DY'\nzpty -r shell out '*READY*'\nzpty -w -n shell $'{typed}\\t'\n\
             zpty -r shell out '*{expected}*' && print found\nzpty -d shell\n",
            folder = folder.path().display(),
        );
        let (code, out, err) = run(Command::new("timeout")
            .arg("60")
            .arg(&zsh)
            .args(["-f", "-c", &driver])
            .env("PATH", &path)
            .env("HOME", folder.path()));
        assert_eq!((code, out.trim()), (0, "found"), "{typed}: {err}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = TempDir::new().unwrap();
    let (code, _, err) = tidegate(&["man", folder.path().join("man1").to_str().unwrap()], &[]);
    assert_eq!((code, err.as_str()), (0, ""));
    let names = commands();
    assert!(names.contains(&"audit".to_owned()) && names.contains(&"explain".to_owned()), "{names:?}");
    let mandoc = program("mandoc", &[]);
    for name in names
        .iter()
        .map(|name| format!("tidegate-{name}"))
        .chain(["tidegate", "tidegate-policy-build"].map(str::to_owned))
    {
        let file = folder.path().join("man1").join(format!("{name}.1"));
        let page = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(page.contains(".SH NAME"), "{name}");
        if let Some(mandoc) = &mandoc {
            let (code, out, _) = run(Command::new(mandoc).args(["-T", "lint", "-W", "error"]).arg(&file));
            assert_eq!((code, out.as_str()), (0, ""), "{name}");
        }
    }
    let (_, page, _) = tidegate(&["man"], &[]);
    assert_eq!(page, fs::read_to_string(folder.path().join("man1/tidegate.1")).unwrap());
    let (code, _, err) = tidegate(&["man", "/proc/nowhere"], &[]);
    assert!(code == 2 && err.contains("/proc/nowhere: the manual cannot be written"), "{err}");
}

#[test]
fn every_command_has_examples() {
    for name in commands() {
        let (code, out, _) = tidegate(&[name.as_str(), "--help"], &[]);
        let examples = out.split_once("Examples:").map(|(_, examples)| examples).unwrap_or_default();
        assert!(code == 0 && examples.contains(&format!("tidegate {name}")), "{name}: {out}");
    }
}

/// The names of all commands, as the help has them.
fn commands() -> Vec<String> {
    let (_, help, _) = tidegate(&["--help"], &[]);
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What is indented further goes on with the line before.
    lines
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}
