//! Starts the gate on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use rcgen::{CertificateParams, KeyPair};

use super::DemoError;
use crate::lookup::Lookup;
use crate::metrics::Metrics;
use crate::policy::{CurrentPolicies, PolicySet};
use crate::secrets::MemorySecretStore;
use crate::server::{
    Certificate, CurrentCertificate, Gate, Lifecycle, Listener, Readiness, Service, router, server_config, use_ring,
};

/// A gate that runs until the process ends.
pub(super) struct RunningGate {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// Its certificate, in DER, to be trusted by whoever asks it.
    pub(super) certificate: Vec<u8>,
    /// The Secrets that it made.
    pub(super) secrets: Arc<MemorySecretStore>,
}

/// Starts a gate with a certificate made for it.
pub(super) async fn start(policies: Arc<PolicySet>, lookup: Arc<dyn Lookup>) -> Result<RunningGate, DemoError> {
    let failed = |problem: &dyn std::fmt::Display| DemoError::Gate(problem.to_string());
    use_ring();
    let key = KeyPair::generate()?;
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.self_signed(&key)?;
    let certificate =
        Certificate::from_pem(own.pem().as_bytes(), key.serialize_pem().as_bytes()).map_err(|error| failed(&error))?;
    let listener = Listener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(|error| failed(&error))?;
    let address = listener.address();
    let secrets = Arc::new(MemorySecretStore::default());
    let metrics = Metrics::default();
    let gate = Arc::new(Gate::new(
        Arc::new(CurrentPolicies::new(policies)),
        lookup,
        Arc::clone(&secrets) as _,
        metrics.clone(),
    ));
    let readiness = Readiness::default();
    let service = Service {
        tls: server_config(CurrentCertificate::new(certificate, metrics.certificate()), None)
            .map_err(|error| failed(&error))?,
        knows_clients: false,
        router: router(Arc::clone(&gate), readiness.clone()),
    };
    let lifecycle = Lifecycle {
        readiness,
        prepared: Box::pin(std::future::ready(())),
        effects: gate.effects().clone(),
        delay: Duration::ZERO,
    };
    tokio::spawn(lifecycle.run(listener, service, stream::pending()));
    Ok(RunningGate { address, certificate: own.der().to_vec(), secrets })
}
