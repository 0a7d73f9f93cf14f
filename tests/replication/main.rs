//! The reference manifests as programs: what their scripts do on real servers, as the pods that the
//! manifests describe. `scripts/real-servers` fetches the server.
//!
//! A pod is a network namespace with a cable to a bridge and a host name, a container one of mounts and
//! processes in it; `kubelet.rs` reads from the manifests what each of them mounts and runs. So nothing of
//! it is on the machine's own network, and all of it ends with the test. Linux and root only: else the
//! tests are left, and say so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/folder.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod folder;
#[path = "../support/nobody.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod nobody;
#[path = "../support/process.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod process;
#[path = "../support/skip.rs"]
#[allow(dead_code, reason = "support offers more than these tests use")]
mod skip;
#[path = "../support/wait.rs"]
mod wait;

// The objects of a folder of manifests.
mod manifests;

// What a pod's volumes hold.
mod volumes;

// A network that only the pods have.
mod network;

// A container: namespaces, mounts, a program.
mod container;

// Runs a pod as its manifest says.
mod kubelet;

// Two folders of manifests, applied.
mod cluster;

// A cluster from nothing: accounts, TLS, Korean, who may write.
mod first_start;

// Whatever is killed and started again comes to the same end.
mod killed;

// Copies of the primary.
mod copies;

// A replica follows its primary, and no other.
mod histories;

// What stops replication, and what starts it again.
mod stopped;

// Backups, and whether they can be restored.
mod backups;

// Certificates of an authority.
mod certificates;

// One server alone.
mod single;
