//! What the gate writes and claims, on real servers: MariaDB of three versions and MySQL.
//!
//! `scripts/real-servers` fetches them to `target/servers`. Each runs as nobody, on loopback, on data of
//! its own, and ends with its test. A server that is not there is skipped, and said so; where `CI=true`
//! MariaDB 10.11 has to be there.
//!
//! Linux only: processes are tied to the test's life by `setpriv` of util-linux.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/folder.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod folder;
#[path = "../support/nobody.rs"]
mod nobody;
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

// A server's programs on this machine.
mod installed;

// A server that runs.
mod running;

// What a server says of its options, without running.
mod verdict;

// What the gate makes of a Deployment.
mod gate;

// With the options that the gate writes, Korean and emoji are stored; without them they are not.
mod every_character;

// Which character sets and collations keep a server from starting.
mod character_sets;

// The probes that the gate writes tell a server that serves from one that does not.
mod probes;

// Which options a version refuses.
mod options;

// How much of an option's name a server wants to see.
mod abbreviations;

// The ways to write a switch.
mod switches;
