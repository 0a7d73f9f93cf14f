//! Policies' code from elsewhere: a real registry, with and without TLS and passwords, and servers that do wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/certificates.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod certificates;
#[path = "../support/folder.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod folder;
#[path = "../support/port.rs"]
mod port;
#[path = "../support/process.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod process;
#[path = "../support/skip.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod skip;
#[path = "../support/wait.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod wait;

// A registry, as a process.
#[path = "../support/registry.rs"]
mod registry;

// The program, with an environment of its own.
mod user;

// A server that answers whatever a test wants.
mod web;

// What is pushed is pulled, and put in force.
mod round_trip;

// Who may pull, and what is never said of it.
mod credentials;

// What is not what it should be is refused in words.
mod damaged;

// Tags move, and registries go away.
mod tags;

// Code behind https://.
mod web_servers;

// Documents in a folder.
mod folders;

use std::fs;
use std::path::Path;

/// A policy's component.
fn component(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/target/components").join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|error| panic!("{} (make policies): {error}", path.display()))
}

/// A document that has this code instead of the built-in probes.
fn document(spec: &str) -> String {
    format!(
        "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: {{ name: probes }}\nspec: {{ {spec} }}\n"
    )
}
