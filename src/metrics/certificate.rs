//! What is known of the certificate in use.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// The certificate's end. Clones are about the same one.
#[derive(Debug, Clone, Default)]
pub struct CertificateMetrics {
    ends: Gauge,
}

impl CertificateMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register_with_unit(
            "certificate_expiry_timestamp",
            "When the certificate that this replica shows ends, in seconds since 1970; 0 if it does not say",
            Unit::Seconds,
            metrics.ends.clone(),
        );
        metrics
    }

    /// Another certificate is in use; seconds since 1970.
    pub fn ends_at(&self, seconds: i64) {
        self.ends.set(seconds);
    }
}
