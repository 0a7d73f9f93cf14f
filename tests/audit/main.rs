//! `tidegate audit` as a user starts it: what is wanted, where the report goes, what is known, and bad input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod charts;
mod copies;
