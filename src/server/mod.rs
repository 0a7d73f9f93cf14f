//! The webhook: HTTPS in front of the engine.
//!
//! A [`Listener`] accepts connections and serves each in a task of its own (`connection`): TLS, then
//! HTTP/1.1 or 2. The [`router`] hands a body to the [`Gate`], which reads the AdmissionReview
//! (`incoming`), lets the engine judge, carries out what is due, and answers (`response`). The
//! [`Lifecycle`] begins and ends it all.

mod body;
mod certificate_files;
mod clients;
mod connection;
mod denial;
mod in_flight;
mod incoming;
mod judging;
mod lifecycle;
mod listener;
mod metrics_port;
mod readiness;
mod response;
mod review;
mod review_log;
mod router;
mod span;
mod text;
mod tls;
mod warning;
mod witness;

#[cfg(test)]
mod tests;

pub use body::BODY_LIMIT;
pub use certificate_files::{CertificateFiles, CertificateFilesError, INTERVAL as CERTIFICATE_INTERVAL, Seen};
pub use clients::{ClientAuthority, ClientAuthorityError};
pub use in_flight::{InFlight, UnderWay};
pub use incoming::NotAReview;
pub use lifecycle::{Ending, Lifecycle, signals};
pub use listener::{ListenError, Listener, Service};
pub use metrics_port::MetricsPort;
pub use readiness::Readiness;
pub use review::{Gate, ReviewError};
pub use router::router;
pub use span::{Part, ReviewSpan, Tracer};
pub use tls::{Certificate, CertificateError, CurrentCertificate, server_config, use_ring};
pub use witness::{Outcome, Witness, Witnessed};
