//! A test that needs what this machine does not have is left, and says so.

use std::env;
use std::io::{self, Write};

/// Says why a test is left, which is then reported as passed. Where `CI=true` it fails instead.
pub(crate) fn skip(why: &str) {
    assert!(env::var("CI").as_deref() != Ok("true"), "not to be skipped where CI=true: {why}");
    tell(why);
}

/// Says why a test is left that may be left everywhere.
pub(crate) fn tell(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // Not `eprintln!`, which the test harness hides when the test passes.
    let _ = writeln!(io::stderr(), "\nSKIPPED {test}: {why}");
}
