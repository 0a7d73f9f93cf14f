//! Every way in which a manifest arrives: what is stored, and what its author sees.
//!
//! `docs/passwords.md` has these tests as a table; `tests/passwords.rs` holds the two together.

// One workload of each kind.
mod kind;

// Six workloads that arrive together, and what is to be true of them afterwards.
mod fleet;

// kubectl create, replace, and a client that sends whole objects.
mod whole_objects;

// kubectl apply, of both kinds and in both orders.
mod apply;

// kubectl edit, patch and set env.
mod changes;

// kubectl scale and rollout.
mod rollout;

// kubectl diff and dry runs.
mod previews;

// Field managers that share an object.
mod managers;

// Helm's three-way merge.
mod helm;

// Controllers that compare and apply all the time.
mod gitops;

// Another password for what is stored.
mod another_password;

// A server that keeps its data gets no other one, however it is written.
mod kept_data;
