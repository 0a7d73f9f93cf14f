//! Code behind https://, and servers that do wrong.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use tidegate::modules::{Limits, ModuleSources};
use tidegate::policy::digest_of;
use tidegate::server::use_ring;
use tidegate::wasm::LocalCode;
use tokio::runtime::Runtime;

use crate::component;
use crate::user::{Said, User};
use crate::web::{Answer, Tls, Web};

static TLS: LazyLock<Tls> = LazyLock::new(Tls::new);

/// Somebody who trusts these servers.
fn user() -> User {
    User::new().trusting(&TLS.certificates.authority_file)
}

/// What is said of the code of `/probes.wasm` at a server.
fn load(web: &Web) -> Said {
    let digest = digest_of(&component("probes"));
    user().load(&format!("module: '{}', digest: '{digest}'", web.url("/probes.wasm?signature=hunter2")))
}

#[test]
fn with_its_digest_it_is_put_in_force_and_kept() {
    let web = Web::start(Some(&TLS), |_| Answer::ok(component("probes")));
    let (user, digest) = (user(), digest_of(&component("probes")));
    let spec = format!("module: '{}', digest: '{digest}'", web.url("/probes.wasm?signature=hunter2"));
    user.load(&spec).well();
    user.load(&spec).well();
    assert_eq!(web.asked().len(), 1, "it was kept");
    assert_eq!(web.asked()[0].path, "/probes.wasm?signature=hunter2");
}

#[test]
fn without_a_digest_the_line_is_told_that_is_missing() {
    let web = Web::start(Some(&TLS), |_| Answer::ok(component("probes")));
    let line = format!("\"digest: {}\"", digest_of(&component("probes")));
    let spec = format!("module: '{}'", web.url("/probes.wasm?signature=hunter2"));
    user().load(&spec).fails_with(&["needs spec.digest", &line]).without("hunter2");
    let gone = Web::start(Some(&TLS), |_| Answer::status(404));
    let spec = format!("module: '{}'", gone.url("/probes.wasm"));
    user().load(&spec).fails_with(&["needs spec.digest"]).without("digest: sha256");
}

#[test]
fn what_is_something_else_is_refused() {
    let web = Web::start(Some(&TLS), |_| Answer::ok(component("memory")));
    let words = ["/probes.wasm: what is there is", "and spec.digest says", &digest_of(&component("memory"))];
    load(&web).fails_with(&words).without("hunter2");
    for (status, words) in [
        (404, "the server answers 404: there is nothing at this address"),
        (403, "the server answers 403: it wants credentials, and none are sent there"),
        (503, "the server answers 503: it has trouble of its own"),
    ] {
        load(&Web::start(Some(&TLS), move |_| Answer::status(status)))
            .fails_with(&["/probes.wasm", words])
            .without("hunter2");
    }
}

#[test]
fn what_is_too_large_is_not_read_to_its_end() {
    let endless = || Answer { is_endless: true, ..Answer::ok(vec![0; 66 << 20]) };
    load(&Web::start(Some(&TLS), move |_| endless())).fails_with(&["more than 64 MiB"]);
    let told =
        || Answer { headers: vec![("Content-Length", (65 << 20).to_string())], is_endless: true, ..Answer::ok("") };
    load(&Web::start(Some(&TLS), move |_| told())).fails_with(&["more than 64 MiB"]);
}

#[test]
fn redirects_are_followed_to_where_tls_is_and_not_for_ever() {
    let there = Web::start(Some(&TLS), |_| Answer::ok(component("probes")));
    let to = there.url("/there");
    load(&Web::start(Some(&TLS), move |_| Answer::redirect(&to))).well();

    let plain = Web::start(None, |_| Answer::ok(component("probes")));
    let to = format!("http://localhost:{}/probes.wasm", plain.port);
    load(&Web::start(Some(&TLS), move |_| Answer::redirect(&to)))
        .fails_with(&["it is redirected to an address without TLS"])
        .without("hunter2");
    assert!(plain.asked().is_empty());

    let round = Web::start(Some(&TLS), |_| Answer::redirect("/again"));
    load(&round).fails_with(&["it is redirected more than 5 times"]);
    assert_eq!(round.asked().len(), 6, "and that is not tried again");
}

#[test]
fn trouble_that_passes_is_waited_for() {
    let asked = Arc::new(AtomicUsize::new(0));
    let web = Web::start(Some(&TLS), move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::status(503),
        // It breaks off.
        1 => Answer { headers: vec![("Content-Length", "1000".to_owned())], is_endless: true, ..Answer::ok("half") },
        _ => Answer::ok(component("probes")),
    });
    load(&web).well();
    assert_eq!(web.asked().len(), 3);
    for (status, attempts) in [(500, 3), (429, 3), (404, 1), (401, 1)] {
        let web = Web::start(Some(&TLS), move |_| Answer::status(status));
        load(&web).fails_with(&[&status.to_string()]);
        assert_eq!(web.asked().len(), attempts, "{status}");
    }
}

/// A registry of this machine needs no certificate, which this process could not be told to trust.
#[test]
fn a_server_that_is_silent_is_not_waited_for() {
    use_ring();
    let threads = Runtime::new().unwrap();
    let limits = Limits {
        component: 1 << 20,
        connect: Duration::from_secs(1),
        silence: Duration::from_millis(200),
        whole: Duration::from_secs(2),
    };
    let sources = ModuleSources::new(Arc::new(LocalCode), threads.handle().clone(), limits);
    let silent = || Answer { pause: Some(Duration::from_secs(30)), ..Answer::ok("half") };
    let web = Web::start(None, move |_| silent());
    let begin = Instant::now();
    let problem = sources.pull(&format!("oci://localhost:{}/probes:1", web.port)).err().unwrap().to_string();
    assert!(problem.contains("not there after") && problem.contains("it is slow or cannot be reached"), "{problem}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}
