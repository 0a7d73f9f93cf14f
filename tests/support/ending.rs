//! A certificate of the gate that ends soon, as if its time had come.

use std::time::Duration;

use rcgen::{CertificateParams, Issuer, KeyPair};
use time::OffsetDateTime;

/// The Service that `webhook-deploy/` makes.
const NAME: &str = "tidegate.tidegate-system.svc";

/// A certificate for the gate, signed by the authority of its Secret, that ends in so many days; and its key.
pub(crate) fn ending_in(days: u64, authority: &str, key: &str) -> (String, String) {
    let issuer = Issuer::from_ca_cert_pem(authority, KeyPair::from_pem(key).unwrap()).unwrap();
    let own = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    parameters.not_after = OffsetDateTime::now_utc() + Duration::from_secs(days * 24 * 3600);
    (parameters.signed_by(&own, &issuer).unwrap().pem(), own.serialize_pem())
}
