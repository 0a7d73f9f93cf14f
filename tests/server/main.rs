//! The webhook over real TLS connections, with policies written for the occasion.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// What is no review, and what is asked in a wrong way.
mod bad_input;
/// Certificates: which pairs are refused, and how they are replaced while running.
mod certificates;
/// Who may ask for reviews.
mod clients;
/// What is counted.
mod counted;
/// The port for metrics: few connections, and none for long.
mod metrics_port;
/// A policy that does what the object's name says.
mod policy;
/// Reviews, from the bytes that arrive to the bytes that leave, with their effects.
mod reviews;
/// The end: nothing is refused, nothing is cut off.
mod shutdown;
/// A server and a client for the occasion.
mod support;
/// Sets of policies that take each other's place.
mod swaps;
/// Reviews as a collector of traces gets them.
mod traced;
