//! From an authority to what the Secret holds, and back.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use zeroize::Zeroizing;

use super::authority::{Pair, make, sign};
use super::kept::{Found, Kept, KeptError, dates};
use super::plan::{Step, next};

const NAME: &str = "tidegate.tidegate-system.svc";

fn now() -> Timestamp {
    "2027-01-01T00:00:00Z".parse().unwrap()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn kept(made: Timestamp) -> Kept {
    let authority = make(made).unwrap();
    let pair = sign(&authority, NAME, made).unwrap();
    Kept { authorities: vec![authority.certificate], authority_key: authority.key, pair }
}

#[test]
fn what_is_kept_is_read_again() {
    let made = kept(now());
    let Ok(Found::Own(read)) = Found::read(&made.data()) else { panic!("not the gate's own") };
    assert_eq!((read.bundle(), &read.pair.certificate), (made.bundle(), &made.pair.certificate));
    let stand = read.stand(Some(now())).unwrap();
    assert_eq!(stand.authorities[0].subject, stand.certificate.issuer);
    assert_eq!((stand.certificate.from, stand.certificate.until), (now() - days(1), now() + days(90)));
    assert_eq!(stand.authorities[0].until, now() + days(730));
    assert_eq!(next(&stand, now()), Step::Nothing);
    assert_eq!(next(&stand, now() + days(61)), Step::Certificate);
}

#[test]
fn an_authority_is_followed_by_another() {
    let (mut kept, later) = (kept(now()), now() + days(500));
    let authority = make(later).unwrap();
    kept.authorities.insert(0, authority.certificate.clone());
    kept.authority_key = authority.key.clone();
    let Ok(Found::Own(mut read)) = Found::read(&kept.data()) else { panic!("not the gate's own") };
    assert_eq!(read.authorities.len(), 2);
    assert_ne!(dates(&read.authorities[0]).unwrap().subject, dates(&read.authorities[1]).unwrap().subject);
    let newest = Pair { certificate: read.authorities[0].clone(), key: Zeroizing::clone(&read.authority_key) };
    read.pair = sign(&newest, NAME, later).unwrap();
    let stand = read.stand(None).unwrap();
    assert_eq!(stand.certificate.issuer, stand.authorities[0].subject);
}

#[test]
fn somebody_elses_is_left_alone_and_what_is_none_is_told() {
    let whole = kept(now()).data();
    let without = |keys: &[&str]| {
        let mut data = whole.clone();
        data.retain(|key, _| !keys.contains(&key.as_str()));
        data
    };
    assert!(matches!(Found::read(&without(&["ca.key", "ca.crt"])), Ok(Found::Others(_))));
    assert!(matches!(Found::read(&without(&["ca.key"])), Ok(Found::Others(_))));
    let error = |data| Found::read(&data).err();
    assert_eq!(error(without(&["tls.crt"])), Some(KeptError::Missing("tls.crt")));
    assert_eq!(error(without(&["ca.crt"])), Some(KeptError::Missing("ca.crt")));
    for nonsense in ["", "hello", "-----BEGIN CERTIFICATE-----\nhello"] {
        let mut data = whole.clone();
        data.insert("ca.crt".to_owned(), ByteString(nonsense.as_bytes().to_vec()));
        assert_eq!(error(data), Some(KeptError::NotPem("ca.crt")), "{nonsense}");
    }
}
