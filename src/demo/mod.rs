//! Shows the gate at work without a cluster: a gate on loopback, with TLS and certificates of its
//! own making, gets the AdmissionReviews that an API server would send it.
//!
//! The gate is the one that `tidegate serve` runs. What stands in for the API server is small:
//! [`api_server`](self) sends the reviews and stores what comes back; Secrets are kept in memory.

mod api_server;
mod gate;
mod show;
mod story;
mod world;

pub use story::{Examples, Input, run};

/// Why the demonstration cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The certificates could not be made.
    #[error("the demonstration's certificates could not be made")]
    Certificates(#[from] rcgen::Error),
    /// The gate could not start.
    #[error("the gate could not start: {0}")]
    Gate(String),
    /// The gate could not be asked, or did not answer as it should.
    #[error("the gate did not answer: {0}")]
    Answer(String),
    /// What is shown could not be written.
    #[error("the output could not be written")]
    Output(#[from] std::io::Error),
}
