//! Passwords that are empty, odd or very long.

use crate::stage::Stage;
use crate::stored::{from_secret, secret_value, variable};
use crate::support::kubectl::Output;
use crate::workloads::client;

/// The most that a Secret's values may have in all (`MaxSecretSize` of k8s.io/kubernetes/pkg/apis/core).
const LARGEST: usize = 1024 * 1024;

/// By server-side apply: client-side apply would put the whole into an annotation, which holds less.
fn apply(stage: &Stage, name: &str, variables: &[(&str, &str)]) -> Output {
    stage.apply_server_side(&client("Deployment", name, variables).to_string())
}

#[test]
fn are_moved_as_the_container_would_see_them() {
    let Some(stage) = Stage::open("odd-passwords") else { return };
    for (case, written, seen) in [
        ("dollars", "a$$b$$", "a$b$"),
        ("escaped-reference", "$$(MYSQL_USER)", "$(MYSQL_USER)"),
        ("open-reference", "a$(b", "a$(b"),
        ("lone-dollar", "a$b", "a$b"),
        ("newlines", "first\nsecond\r\n", "first\nsecond\r\n"),
        ("spaces", "  around  ", "  around  "),
        ("only-spaces", "   ", "   "),
        ("unicode", "pässwörd漢字🔑", "pässwörd漢字🔑"),
        ("quotes", "'\"`\\", "'\"`\\"),
        ("nul", "before\0after", "before\0after"),
        ("yaml", "yes: [null, 0x1F, ~]", "yes: [null, 0x1F, ~]"),
        ("long", &"0123456789".repeat(100_000), &"0123456789".repeat(100_000)),
        ("longest", &"x".repeat(LARGEST), &"x".repeat(LARGEST)),
    ] {
        for _ in 0..2 {
            apply(&stage, case, &[("MYSQL_PWD", written), ("MYSQL_USER", "root")]).expect_success();
            let name = format!("{case}-credentials");
            let stored = stage.get(&format!("deployment/{case}"));
            assert_eq!(
                *variable(&stored, "client", "MYSQL_PWD"),
                from_secret("MYSQL_PWD", &name, "MYSQL_PWD"),
                "{case}"
            );
            assert!(secret_value(&stage.get(&format!("secret/{name}")), "MYSQL_PWD") == seen, "{case}");
        }
    }
}

/// What is no password stays where it is.
#[test]
fn empty_ones_and_references_stay() {
    let Some(stage) = Stage::open("no-passwords") else { return };
    for (case, written) in [
        ("empty", ""),
        ("there", "$(MYSQL_USER)"),
        ("around", "a$(MYSQL_USER)b"),
        ("not-there", "$(NOT_THERE)"),
        ("escaped-and-not", "$$(A)$(MYSQL_USER)"),
    ] {
        apply(&stage, case, &[("MYSQL_USER", "root"), ("MYSQL_PWD", written)]).expect_success();
        let stored = stage.get(&format!("deployment/{case}"));
        let value = &variable(&stored, "client", "MYSQL_PWD")["value"];
        assert_eq!(value.as_str().unwrap_or_default(), written, "{case}");
        assert!(!stage.has(&format!("secret/{case}-credentials")), "{case}");
    }
}

#[test]
fn more_than_a_secret_holds() {
    let Some(stage) = Stage::open("too-large") else { return };
    let (over, part) = ("o".repeat(LARGEST + 1), "p".repeat(LARGEST / 2 + 1));
    for (case, variables, size) in [
        ("one", &[("MYSQL_PWD", &*over)][..], LARGEST + 1),
        ("together", &[("MYSQL_PWD", &*part), ("MYSQL_ROOT_PASSWORD", &*part)], LARGEST + 2),
    ] {
        let refused = apply(&stage, case, variables).expect_failure();
        expect_too_large(&refused, case, size);
        assert!(
            !stage.has(&format!("deployment/{case}")) && !stage.has(&format!("secret/{case}-credentials")),
            "{case}"
        );
    }

    // One after the other.
    apply(&stage, "later", &[("MYSQL_PWD", &part)]).expect_success();
    let refused = apply(&stage, "later", &[("MYSQL_PWD", &part), ("MYSQL_ROOT_PASSWORD", &part)]).expect_failure();
    expect_too_large(&refused, "later", LARGEST + 2);
    assert_eq!(stage.get("secret/later-credentials")["data"].as_object().unwrap().len(), 1);
}

#[track_caller]
fn expect_too_large(refused: &str, case: &str, size: usize) {
    let secret = format!("Secret \"{case}-credentials\"");
    for part in [&*secret, &format!("would hold {size} bytes"), &format!("at most {LARGEST}"), "a file of a volume"] {
        let shown: String = refused.chars().take(2000).collect();
        assert!(refused.contains(part), "{case}: no {part:?} in {shown}");
    }
    assert!(!refused.contains("ooooo") && !refused.contains("ppppp"), "{case}: the refusal quotes the password");
}
