//! The connection is cut at each point of each call, or slow.

use std::time::Duration;

use super::{Faulty, expect_absent_or_whole, stored};
use crate::stage::CONTROLLERS;
use crate::support::fault_proxy::Fault;
use crate::support::wait::eventually;
use crate::workloads::client;

/// More than the gate waits for a call.
const TOO_SLOW: Duration = Duration::from_millis(3500);
const UNREACHABLE: &str = "tidegate cannot reach the API server";
const ONE: [(&str, &str); 1] = [("MYSQL_PWD", "first-password")];
const TWO: [(&str, &str); 2] = [("MYSQL_PWD", "first-password"), ("MYSQL_ROOT_PASSWORD", "second-password")];

#[test]
fn cut_while_the_secret_is_made() {
    let Some(faulty) = Faulty::open("cut") else { return };
    for (case, method, fault, is_made) in [
        ("read-before", "GET", Fault::CutBefore, false),
        ("read-after", "GET", Fault::CutAfter, false),
        ("read-amid", "GET", Fault::CutAmid, false),
        ("create-before", "POST", Fault::CutBefore, false),
        ("create-after", "POST", Fault::CutAfter, true),
        ("create-amid", "POST", Fault::CutAmid, true),
    ] {
        faulty.proxy.fail(method, "/secrets", fault);
        faulty.refuses(case, &ONE, UNREACHABLE);
        let made = stored(&faulty.stage, &format!("secret/{case}-credentials"));
        assert_eq!(made.is_some(), is_made, "{case}");
        faulty.admits_the_retry(case, &ONE);
        let kept = stored(&faulty.stage, &format!("secret/{case}-credentials")).unwrap();
        let is_same = made.is_none_or(|made| made["metadata"]["uid"] == kept["metadata"]["uid"]);
        assert!(is_same, "{case}: the retry made another one");
    }
}

#[test]
fn cut_while_a_key_is_added() {
    let Some(faulty) = Faulty::open("cut-patch") else { return };
    for (case, method, fault) in [
        ("add-read", "GET", Fault::CutAmid),
        ("add-before", "PATCH", Fault::CutBefore),
        ("add-after", "PATCH", Fault::CutAfter),
        ("add-amid", "PATCH", Fault::CutAmid),
    ] {
        faulty.admits_the_retry(case, &ONE);
        faulty.proxy.fail(method, "/secrets", fault);
        faulty.refuses(case, &TWO, UNREACHABLE);
        faulty.admits_the_retry(case, &TWO);
    }
}

#[test]
fn too_slow() {
    let Some(faulty) = Faulty::open("slow") else { return };
    faulty.admits_the_retry("slow-add", &ONE);
    for (case, method, variables) in
        [("slow-read", "GET", &ONE[..]), ("slow-create", "POST", &ONE), ("slow-add", "PATCH", &TWO)]
    {
        faulty.proxy.fail(method, "/secrets", Fault::Slow(TOO_SLOW));
        faulty.refuses(case, variables, "the API server did not answer within 3 s");
        // What was given up may still be carried out, before the retry or after it.
        faulty.admits_the_retry(case, variables);
    }
}

/// Each call is fast enough, but whoever waits has gone: what was begun is finished nevertheless.
#[test]
fn a_client_that_goes_leaves_nothing_half_done() {
    let Some(faulty) = Faulty::open("gone") else { return };
    let (stage, case) = (&faulty.stage, "gone");
    faulty.proxy.fail("POST", "/secrets", Fault::Slow(Duration::from_millis(2500)));
    let manifest = client("Deployment", case, &ONE).to_string();
    let given_up = stage.send("create", &["--request-timeout=2s"], &manifest);
    assert!(!given_up.is_success(), "{}", given_up.stdout);
    assert!(!stage.has("deployment/gone"));
    eventually("the Secret of a client that is gone", CONTROLLERS, || {
        stage.has("secret/gone-credentials").then_some(())
    });
    expect_absent_or_whole(stage, case, &ONE);
    faulty.admits_the_retry(case, &ONE);
}

#[test]
fn slow_but_in_time() {
    let Some(faulty) = Faulty::open("in-time") else { return };
    for method in ["GET", "POST"] {
        faulty.proxy.fail(method, "/secrets", Fault::Slow(Duration::from_millis(1200)));
    }
    let manifest = client("Deployment", "in-time", &ONE).to_string();
    faulty.stage.apply(&manifest).expect_success();
    faulty.admits_the_retry("in-time", &ONE);
}
