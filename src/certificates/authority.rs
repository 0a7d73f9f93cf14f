//! An authority of the gate's own, and the certificates that it signs.

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// How long an authority is believed.
pub(super) const AUTHORITY_LIFE: SignedDuration = days(730);
/// How long a certificate is.
pub(super) const CERTIFICATE_LIFE: SignedDuration = days(90);
/// So much earlier both begin to hold, for API servers whose clocks are behind.
const SKEW: SignedDuration = days(1);

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// A certificate and its private key, in PEM.
pub(super) struct Pair {
    pub(super) certificate: String,
    pub(super) key: Zeroizing<String>,
}

/// An authority, made at this time. Its name is its own, so that it is told from the one that it follows.
pub(super) fn make(now: Timestamp) -> Result<Pair, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, format!("tidegate authority of {now}"));
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    holds(&mut parameters, now, AUTHORITY_LIFE);
    let certificate = parameters.self_signed(&key)?.pem();
    Ok(Pair { certificate, key: Zeroizing::new(key.serialize_pem()) })
}

/// A certificate for a server's name, signed by an authority at this time.
pub(super) fn sign(authority: &Pair, name: &str, now: Timestamp) -> Result<Pair, rcgen::Error> {
    let issuer = Issuer::from_ca_cert_pem(&authority.certificate, KeyPair::from_pem(&authority.key)?)?;
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new(vec![name.to_owned()])?;
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.use_authority_key_identifier_extension = true;
    holds(&mut parameters, now, CERTIFICATE_LIFE);
    let certificate = parameters.signed_by(&key, &issuer)?.pem();
    Ok(Pair { certificate, key: Zeroizing::new(key.serialize_pem()) })
}

fn holds(parameters: &mut CertificateParams, now: Timestamp, life: SignedDuration) {
    let at =
        |time: Timestamp| OffsetDateTime::from_unix_timestamp(time.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    // Neither goes beyond what a calendar has.
    parameters.not_before = at(now.checked_sub(SKEW).unwrap_or(now));
    parameters.not_after = at(now.checked_add(life).unwrap_or(now));
}
