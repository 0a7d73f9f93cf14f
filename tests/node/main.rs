//! What only nodes can show: Pods that run, with their volumes, Services and names, and the manifests of
//! `manifests/` with a real server in them.
//!
//! `make node` builds the node. All tests share one, each in namespaces of its own. `tests/node/start.sh`
//! says how it stands apart from the machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

// The cluster, kubectl, and what they stand on.
#[path = "../support/ending.rs"]
mod ending;
#[path = "../support/folder.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod folder;
#[path = "../support/kubectl.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod kubectl;
#[path = "../support/node.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod node;
#[path = "../support/process.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod process;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../support/wait.rs"]
mod wait;

// Images under the names that manifests have for them.
mod images;

// Volumes, and what stands in for a class whose driver is elsewhere.
mod volumes;

// A folder of manifests, applied as its README says.
mod manifests;

// What every other test takes for granted: the node itself does its work.
mod pods;

// The images keep what the official ones document.
mod entrypoint;

// One server on one volume, whose data outlive it.
mod single;

// A primary and a replica that follows it.
mod replicated;

// Several nodes, and programs that crash.
mod several;

// Somebody who applies all the time.
mod load;

// The program under test.
mod program;

// The gate by its image, before a real server.
mod gate;

// A database by `tidegate deploy`, through all that happens to one.
mod deploy;

// What all of it costs.
mod figures;
