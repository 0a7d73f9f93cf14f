//! The decoder of Helm's releases: what is one is read, and nothing else does any harm.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::release::{LARGEST, Release, ReleaseError, Storage, decode};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// As a Secret holds it: Kubernetes writes in base64 what Helm wrote in base64.
fn in_secret(packed: &[u8]) -> String {
    STANDARD.encode(STANDARD.encode(packed))
}

fn release() -> Value {
    json!({
        "name": "shop",
        "version": 3,
        "namespace": "shop",
        "info": { "status": "superseded", "last_deployed": "2026-11-01T10:00:00.5+09:00", "notes": "" },
        "manifest": "---\n# Source: shop/templates/a.yaml\nkind: Service\n",
        "hooks": [{ "manifest": "kind: Job", "name": "a" }],
        "config": { "auth": { "rootPassword": "x" } },
        "chart": { "metadata": { "name": "mysql" }, "values": { "auth": {} }, "templates": [{ "data": "YQ==" }] },
    })
}

/// The error of a text; it must be one.
fn error(text: &str) -> ReleaseError {
    match decode(Storage::Secret, text) {
        Ok(_) => panic!("it was read"),
        Err(error) => error,
    }
}

#[test]
fn reads_what_helm_wrote() {
    let json = release().to_string();
    let expected = |release: Release| {
        assert_eq!((release.name.as_str(), release.version), ("shop", 3));
        assert!(release.manifest.contains("kind: Service"));
        assert_eq!(release.hooks.unwrap()[0].manifest.as_deref(), Some("kind: Job"));
        assert_eq!(release.info.unwrap().status.as_deref(), Some("superseded"));
        assert_eq!(release.config.unwrap()["auth"]["rootPassword"], "x");
    };
    let packed = packed(json.as_bytes());
    expected(decode(Storage::Secret, &in_secret(&packed)).ok().unwrap());
    expected(decode(Storage::ConfigMap, &STANDARD.encode(&packed)).ok().unwrap());
    // The oldest ones were stored as they are.
    expected(decode(Storage::Secret, &in_secret(json.as_bytes())).ok().unwrap());
}

#[test]
fn nulls_are_nothing() {
    let json = json!({ "name": "a", "manifest": "", "hooks": null, "config": null, "chart": null, "info": null });
    assert!(decode(Storage::Secret, &in_secret(&packed(json.to_string().as_bytes()))).is_ok());
}

#[test]
fn what_is_no_release() {
    let good = packed(release().to_string().as_bytes());
    let json = |value: &Value| in_secret(&packed(value.to_string().as_bytes()));
    let mut damaged = good.clone();
    damaged[20] ^= 0xff;
    for (text, expected) in [
        ("?".to_owned(), ReleaseError::NotBase64),
        ("YQ".to_owned(), ReleaseError::NotBase64),
        (STANDARD.encode("no base64 within"), ReleaseError::NotBase64),
        (in_secret(&good[..good.len() - 1]), ReleaseError::CutOff),
        (in_secret(&good[..12]), ReleaseError::CutOff),
        (in_secret(b"plain words"), ReleaseError::NotJson),
        (in_secret(&packed(b"plain words")), ReleaseError::NotJson),
        (in_secret(&packed(b"")), ReleaseError::NotJson),
        (String::new(), ReleaseError::NotJson),
        (json(&json!([1, 2])), ReleaseError::NotARelease),
        (json(&json!({ "name": "a" })), ReleaseError::NotARelease),
        (json(&json!({ "name": "a", "manifest": 5 })), ReleaseError::NotARelease),
        (json(&json!({ "name": "a", "manifest": "", "version": "1" })), ReleaseError::NotARelease),
    ] {
        assert_eq!(error(&text), expected, "{text:.60}");
    }
    assert!(matches!(error(&in_secret(&damaged)), ReleaseError::Damaged | ReleaseError::CutOff));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = packed(&vec![b' '; LARGEST + 1]);
    assert!(zeros.len() < 1 << 20, "it would fit into a Secret");
    assert_eq!(error(&in_secret(&zeros)), ReleaseError::TooLarge);
    // Many small ones in a row are one.
    let piece = packed(&vec![b' '; LARGEST / 4]);
    assert_eq!(error(&in_secret(&piece.repeat(5))), ReleaseError::TooLarge);
    // As large as allowed is read.
    assert_eq!(error(&in_secret(&packed(&vec![b' '; LARGEST]))), ReleaseError::NotJson);
    let deep = format!(r#"{{"name":"a","manifest":"","config":{}"#, "[".repeat(100_000));
    assert_eq!(error(&in_secret(&packed(deep.as_bytes()))), ReleaseError::NotJson);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for storage in [Storage::Secret, Storage::ConfigMap] {
            let _ = decode(storage, &text);
            let _ = decode(storage, &in_secret(&bytes));
            let _ = decode(storage, &STANDARD.encode(packed(&bytes)));
            let _ = decode(storage, &in_secret(&packed(&bytes)));
        }
    }

    #[test]
    fn a_cut_release_is_never_read(share in 0.0..1.0f64) {
        let whole = packed(release().to_string().as_bytes());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small number")]
        let length = (share * whole.len() as f64) as usize;
        prop_assert!(decode(Storage::Secret, &in_secret(&whole[..length])).is_err());
    }

    #[test]
    fn a_release_with_a_flipped_bit_does_no_harm(at in 0usize..400, bit in 0u8..8) {
        let mut bytes = packed(release().to_string().as_bytes());
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        // The sum at its end finds the change, unless it is in a field that nothing depends on.
        if let Ok(read) = decode(Storage::Secret, &in_secret(&bytes)) {
            prop_assert_eq!(read.name, "shop");
        }
    }
}
