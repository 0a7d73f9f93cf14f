//! The end-to-end tests: one program, so that all of them share one control plane.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

// The control plane, kubectl and the gate, as processes.
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "support offers more than the tests of today use")]
mod support;

// A namespace with a gate before it, as webhook-deploy/ sets it up.
mod stage;

// The manifests of examples/ and fixtures/, and variations of them.
mod manifests;

// Workloads made for a test.
mod workloads;

// What to look at in a stored workload.
mod stored;

// A client that keeps its connections, as the API server does.
mod keep_alive;

// Every form in which a password may turn up.
mod forms;

// An audit of the cluster, and its report.
mod audited;

// What every other test takes for granted: the control plane itself does its work.
mod control_plane;

// The example's Deployment: repaired when it is applied, and never changed again by applying it again.
mod example_deployment;

// The example's StatefulSet: the server is repaired and nothing beside it; its class must exist.
mod example_stateful_set;

// The example's client Pod, which cannot be changed once it is stored.
mod example_client;

// The examples with every policy in force.
mod all_policies;

// Whatever has nothing to do with MySQL is stored as if there were no gate, and never waits for it.
mod untouched;

// What was there before the gate is left alone until somebody changes its pods.
mod ratchet;

// A dry run is refused for what the real one is refused for.
mod dry_run;

// A password is found nowhere but in the client's own request and in its Secret.
mod leaks;

// What cannot be made safe stays out, and the author is told why and what to do.
mod refusals;

// A gate that is down holds up MySQL workloads and nothing else.
mod gate_down;

// The kinds that people seldom write.
mod kinds;

// Containers that share a variable, or only its name.
mod two_containers;

// Every way in which a manifest arrives, for each kind.
mod arrivals;

// Code that the cluster keeps, or lets the gate in for.
mod modules;

// A certificate of the gate's own making.
mod own_certificate;

// Policies on everything of a kind.
mod everything;

// Starting: what is wrong with the arguments is said, and a second start compiles nothing.
mod start;

// The API server slow, refusing, unreachable or dying: nothing is half done, and the retry succeeds.
mod faults;

// Several clients, replicas and webhooks at once: one Secret, and nobody is refused for it.
mod concurrent;

// Names and passwords at the limits of what Kubernetes takes.
mod limits;

// Certificates are replaced while the gate runs.
mod certificates;

// Secrets without a workload.
mod clean_up;

// Who takes them away, and what comes between.
mod clean_up_races;

// Everything is killed at random.
mod chaos;

// The end: SIGTERM refuses nobody.
mod shutdown;

// What the project tells people to apply is taken by the API server.
mod reference;

// What keeps passwords beside the workloads is found, and cleared as the report says.
mod history;

// What Helm keeps of its releases.
mod releases;

// An audit lists what it may, and says what it may not.
mod cluster_audit;

// The report of an audit as objects of a cluster.
mod report_objects;

// It asks little, waits when it is told to, and ends when it is told to.
mod cluster_questions;

// Files beside the cluster: what of them is something else there.
mod drift;

// What an audit says of files is what the gate does with them.
mod parity;
mod parity_corpus;

// Files are repaired, and their passwords go into the cluster.
mod fixed;

// What is found in stored objects, as reports beside them.
mod reports;

// Policies as objects of the cluster, followed while the gate runs.
mod policies;

// What the API server sends follows from the policies.
mod webhooks;

// The gate put into a cluster, and taken out of it.
mod install;
mod install_harms_nobody;

// A database put in and taken out, as far as it goes without pods.
mod deploy;

// What is told of refusals and repairs.
mod told;
