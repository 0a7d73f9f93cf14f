//! The HTML report in a real browser: Chromium without a window, driven by chromedriver.
//!
//! Each test has a browser of its own, which ends with it. Where Chromium and chromedriver are not there, the tests
//! are skipped, and say so; where `CI=true` they have to be there. `scripts/install-tools browser` installs them.
//!
//! With `TIDEGATE_SCREENSHOTS=FOLDER` the tests of what the page looks like leave pictures there, for people.
//!
//! Linux only: processes are tied to the test's life by `setpriv` of util-linux.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/folder.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod folder;
#[path = "../support/port.rs"]
mod port;
#[path = "../support/process.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod process;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../support/wait.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod wait;

// The browser, by the WebDriver protocol.
mod driver;

// Reports to look at.
mod sample;

// A report that is open in a browser.
mod page;

// Search, filters, order, pages of the table.
mod list;

// A link for each state.
mod links;

// An object beside its manifest.
mod objects;

// All of it without a mouse.
mod keyboard;

// What a program for accessibility finds, and what is checked by hand.
mod accessibility;

// Light and dark, phone and paper.
mod looks;

// Nothing of a report is run or loaded.
mod safety;
