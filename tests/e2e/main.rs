//! The end-to-end tests: one program, so that all of them share one control plane.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

// The control plane, kubectl and the gate, as processes.
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "support offers more than the tests of today use")]
mod support;

// What every other test takes for granted: the control plane itself does its work.
mod control_plane;
