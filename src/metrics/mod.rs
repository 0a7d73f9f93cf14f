//! What the gate counts, in the form that Prometheus reads.
//!
//! Names and labels hold names of policies, rules and reasons, never anything of an object.

mod admissions;
mod certificate;
mod policies;

pub use admissions::{Admission, AdmissionMetrics, Found};
pub use certificate::CertificateMetrics;
pub use policies::PolicyMetrics;

use std::sync::Arc;

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

/// All that is counted.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    admissions: AdmissionMetrics,
    certificate: CertificateMetrics,
    policies: PolicyMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tidegate");
        let admissions = AdmissionMetrics::register(&mut registry);
        let certificate = CertificateMetrics::register(&mut registry);
        let policies = PolicyMetrics::register(&mut registry);
        Self { registry: Arc::new(registry), admissions, certificate, policies }
    }
}

impl Metrics {
    /// What is counted of admissions.
    pub fn admissions(&self) -> &AdmissionMetrics {
        &self.admissions
    }

    /// What is known of the certificate.
    pub fn certificate(&self) -> &CertificateMetrics {
        &self.certificate
    }

    /// What is counted of the policies as such.
    pub fn policies(&self) -> &PolicyMetrics {
        &self.policies
    }

    /// All of it as text, of the type [`Self::CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    /// The type of [`Self::text`].
    pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_text_has_the_names_that_are_promised() {
        let metrics = Metrics::default();
        let policies = metrics.policies();
        policies.set_ready("probes", true);
        policies.set_ready("mine", false);
        policies.load_failed("mine", "DownloadFailed");
        policies.in_force("0123456789abcdef");
        policies.swapped("fedcba9876543210");
        metrics.certificate().ends_at(1_800_000_000);
        let admissions = metrics.admissions();
        admissions.found("mine", "MINE001", Found::Denied);
        admissions.found_in_shadow("mine", "MINE001");
        admissions.failed("mine");
        let admission = Admission {
            phase: "mutate",
            kind: "Deployment",
            operation: "CREATE",
            decision: "deny",
            dry_run: false,
            took: Duration::from_micros(1500),
        };
        admissions.answered(&admission);
        let text = metrics.text();
        for line in [
            "tidegate_policy_ready{policy=\"probes\"} 1",
            "tidegate_policy_ready{policy=\"mine\"} 0",
            "tidegate_policy_load_failures_total{policy=\"mine\",reason=\"DownloadFailed\"} 1",
            "tidegate_policies_revision_info{revision=\"fedcba9876543210\"} 1",
            "tidegate_policies_swaps_total 1",
            "tidegate_certificate_expiry_timestamp_seconds 1800000000",
            "tidegate_policy_shadow_findings_total{policy=\"mine\",rule=\"MINE001\"} 1",
            "tidegate_policy_findings_total{policy=\"mine\",rule=\"MINE001\",outcome=\"denied\"} 1",
            "tidegate_policy_review_failures_total{policy=\"mine\"} 1",
            "tidegate_admissions_total{phase=\"mutate\",kind=\"Deployment\",operation=\"CREATE\",decision=\"deny\",\
             dry_run=\"false\"} 1",
            "tidegate_admission_duration_seconds_bucket{le=\"0.001\",phase=\"mutate\"} 0",
            "tidegate_admission_duration_seconds_bucket{le=\"0.0025\",phase=\"mutate\"} 1",
            "tidegate_admission_duration_seconds_count{phase=\"mutate\"} 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|told| told == line), "no {line} in\n{text}");
        }
        assert!(!text.contains("0123456789abcdef"), "{text}");
        policies.forget("mine");
        assert!(!metrics.text().contains("tidegate_policy_ready{policy=\"mine\"}"));
    }

    #[test]
    fn nobody_makes_more_kinds_than_a_cluster_has() {
        let metrics = Metrics::default();
        for number in 0..1000 {
            metrics.admissions().answered(&Admission {
                phase: "validate",
                kind: &format!("Kind{number}"),
                operation: "UPDATE",
                decision: "allow",
                dry_run: false,
                took: Duration::ZERO,
            });
        }
        let text = metrics.text();
        assert_eq!(text.lines().filter(|line| line.starts_with("tidegate_admissions_total")).count(), 65);
        assert!(
            text.contains("kind=\"other\",operation=\"UPDATE\",decision=\"allow\",dry_run=\"false\"} 936"),
            "{text}"
        );
    }
}
