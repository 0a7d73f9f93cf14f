//! `tidegate policy` as an author uses it, with real compilers and the registries that they fetch from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod author;
mod bench;
mod broken;
mod built;
mod cases;
mod checked;
#[path = "../support/command.rs"]
mod command;
mod documented;
mod folder;
mod inspected;
mod missing;
mod new;
mod place;
mod sdk;
#[path = "../support/skip.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod skip;
mod slips;
mod tutorial;
mod watch;

use folder::{Folder, components, deployment};
