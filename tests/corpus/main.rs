//! The gate against a corpus of manifests that people really wrote: it never repairs wrongly, and the
//! API server accepts what it made.
//!
//! The corpus is read from the folder that `TIDEGATE_CORPUS` names, or from `../shared/corpus` beside
//! the checkout; without one the test says so and passes. It is not part of the project, because its
//! files are other people's. Any folder of manifests will do: `TIDEGATE_CORPUS=~/manifests cargo test
//! --test corpus`.
//!
//! `target/corpus/containers.tsv` lists every container with what it was taken for, and
//! `target/corpus/findings.tsv` every finding, to be checked against the manifests by a person.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "support offers more than this test uses")]
mod support;

mod accepted;
mod edits;
mod judged;
mod manifests;
mod parity;
mod promises;
mod table;

use libtest_mimic::{Arguments, Failed, Trial};

use judged::Judged;

fn main() {
    let arguments = Arguments::from_args();
    let Some(folder) = support::corpus::folder() else {
        support::skip::tell(support::corpus::NONE);
        libtest_mimic::run(&arguments, Vec::new()).exit();
    };
    let corpus = manifests::read(&folder);
    assert!(!corpus.objects.is_empty(), "no object in {}", folder.display());
    let judged: &'static [Judged] = Box::leak(judged::all(&corpus).into_boxed_slice());
    let answers: &'static accepted::Answers = Box::leak(Box::new(accepted::ask(judged)));
    let differences = parity::differences(&folder, &corpus);
    let report = |problems: Vec<String>| {
        if problems.is_empty() { Ok(()) } else { Err(Failed::from(problems.join("\n"))) }
    };
    let trials = vec![
        Trial::test("a repaired object is repaired no further", move || report(promises::repaired_once(judged))),
        Trial::test("no password is left in a repaired object", move || report(promises::no_password_left(judged))),
        Trial::test("what has nothing to do with MySQL stays as it is", move || {
            report(promises::others_untouched(judged))
        }),
        Trial::test("no policy fails", move || report(promises::no_failure(judged))),
        Trial::test("every part of a manifest can be changed in its text", move || report(edits::problems(&folder))),
        Trial::test("the audit says what the gate does", move || report(differences)),
        Trial::test("the API server accepts what was repaired", move || report(answers.problems(judged))),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials);
    table::write_lists(judged);
    table::print(&corpus, judged, answers);
    conclusion.exit();
}
