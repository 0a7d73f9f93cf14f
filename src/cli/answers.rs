//! Asks whoever sits at the terminal about each repair.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use crate::fix::{self, Answer, Ask, Question};

/// What each answer means.
const HELP: &str = "y - repair this\nn - leave this\na - repair this and all others in this file\nd - leave this and all \
     others in this file\nq - leave this and all others; what was answered with y is written\n";

/// Asks where passwords go that nobody named a place for; none if they are to stay.
pub(super) fn place_of_secrets(passwords: usize) -> std::io::Result<Option<PathBuf>> {
    let mut out = anstream::stdout().lock();
    let words = if passwords == 1 { "1 password is" } else { &format!("{passwords} passwords are") };
    loop {
        write!(
            out,
            "{words} in plain text, and can move into a Secret. Where does it go: a file outside of Git, or apply, which \
             is the cluster (nothing: the manifest keeps it)? "
        )?;
        out.flush()?;
        let mut line = String::new();
        let is_over = std::io::stdin().lock().read_line(&mut line)? == 0;
        writeln!(out)?;
        match line.trim() {
            "" => return Ok(None),
            // Meant for a later question.
            "y" | "n" | "a" | "d" | "q" | "?" if !is_over => {}
            place => return Ok(Some(PathBuf::from(place))),
        }
    }
}

/// Asks for one word; none at the end of the input.
pub(super) fn word(question: &str) -> std::io::Result<Option<String>> {
    let mut out = anstream::stdout().lock();
    write!(out, "{question} ")?;
    out.flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        writeln!(out)?;
        return Ok(None);
    }
    Ok(Some(line.trim().to_owned()))
}

/// Reads answers from standard input.
pub(super) struct Answers;

impl Ask for Answers {
    fn ask(&mut self, question: &Question<'_>) -> Answer {
        let mut out = anstream::stdout().lock();
        if fix::show_question(question, &mut out).is_err() {
            return Answer::Quit;
        }
        loop {
            let asked = write!(out, "Repair this [y,n,a,d,q,?]? ").and_then(|()| out.flush());
            let mut line = String::new();
            // Without anybody who answers nothing is repaired.
            if asked.is_err() || !matches!(std::io::stdin().lock().read_line(&mut line), Ok(1..)) {
                let _ = writeln!(out);
                return Answer::Quit;
            }
            match line.trim() {
                "y" => return Answer::Yes,
                "n" => return Answer::No,
                "a" => return Answer::All,
                "d" => return Answer::None,
                "q" => return Answer::Quit,
                _ => {
                    let _ = write!(out, "{HELP}");
                }
            }
        }
    }
}
