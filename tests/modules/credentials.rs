//! Who may pull, and what is never said of it.

use std::sync::{Arc, Mutex};

use crate::component;
use crate::registry::{PASSWORD, Registry, USER, Wants};
use crate::user::{User, encoded};
use crate::web::{Answer, Tls, Web};

/// Docker's configuration with one entry.
fn auths(host: &str, password: &str) -> String {
    format!(r#"{{ "auths": {{ "{host}": {{ "auth": "{}" }} }} }}"#, encoded(USER, password))
}

#[test]
fn a_registry_with_passwords_lets_those_in_who_have_one() {
    let Some(registry) = Registry::start(Wants::Password) else { return };
    let (host, probes) = (registry.host(), component("probes"));
    let address = registry.address("team/probes:1");
    let ann = User::new().with_docker(&auths(&host, PASSWORD));
    let module = ann.push(&probes, &address).well().without(PASSWORD).line("module");
    let spec = format!("module: '{module}'");

    let helper = format!(
        "read host; test \"$host\" = {host} || exit 1; echo '{{\"Username\":\"{USER}\",\"Secret\":\"{PASSWORD}\"}}'"
    );
    let plain =
        format!(r#"{{ "auths": {{ "http://{host}/v2/": {{ "username": "{USER}", "password": "{PASSWORD}" }} }} }}"#);
    for (way, user) in [
        ("an entry", ann),
        ("a name and a password", User::new().with_docker(&plain)),
        ("a path", User::new().with_docker(&auths(&format!("{host}/team"), PASSWORD))),
        (
            "a helper of this registry",
            User::new()
                .with_docker(&format!(r#"{{ "credHelpers": {{ "{host}": "tests" }} }}"#))
                .with_program("docker-credential-tests", &helper),
        ),
        (
            "a store",
            User::new()
                .with_docker(&format!(r#"{{ "auths": {{ "{host}": {{}} }}, "credsStore": "tests" }}"#))
                .with_program("docker-credential-tests", &helper),
        ),
    ] {
        let said = user.load(&spec);
        assert_eq!(said.code, 0, "{way}: {}", said.stderr);
    }
}

#[test]
fn without_the_right_password_it_says_so_and_never_which_was_tried() {
    let Some(registry) = Registry::start(Wants::Password) else { return };
    let (host, spec) = (registry.host(), format!("module: 'oci://{}/probes:1'", registry.host()));
    let docker = |configuration: &str| User::new().with_docker(configuration);
    let of_program = |script: &str| {
        docker(&format!(r#"{{ "credHelpers": {{ "{host}": "tests" }} }}"#))
            .with_program("docker-credential-tests", script)
    };
    let nobody = "the registry does not let anybody do that without credentials: give some by `docker login`";
    for (user, words) in [
        (User::new(), vec![nobody]),
        (docker(&auths("localhost:1", PASSWORD)), vec![nobody]),
        (docker(&auths(&host, "hunter2-secret")), vec!["the registry does not let these credentials do that"]),
        (
            docker(r#"{ "auths": { "a": "hunter2-secret" } }"#),
            vec![nobody, "config.json: it is not Docker's configuration: line 1"],
        ),
        (
            of_program("echo hunter2-secret; exit 3"),
            vec![nobody, "docker-credential-tests: it failed (exit status: 3)"],
        ),
        (of_program("echo hunter2-secret"), vec!["docker-credential-tests: its answer is not what helpers answer"]),
        (
            of_program(r#"echo '{"Username":"<token>","Secret":"hunter2-secret"}'"#),
            vec!["it has an identity token, which tidegate does not use"],
        ),
        (of_program("echo credentials not found in native keychain; exit 1"), vec![nobody]),
        (
            docker(&format!(r#"{{ "credHelpers": {{ "{host}": "is-not-there" }} }}"#)),
            vec!["docker-credential-is-not-there: it cannot be started"],
        ),
        (
            docker(&format!(r#"{{ "credHelpers": {{ "{host}": "../../bin/sh" }} }}"#)),
            vec!["the name of a credential helper may have letters"],
        ),
    ] {
        user.load(&spec).fails_with(&words).without("hunter2-secret").without(PASSWORD);
    }
}

#[test]
fn a_pull_secret_without_a_cluster_is_told_only_if_the_registry_does_not_do_without() {
    let (Some(open), Some(closed)) = (Registry::start(Wants::Nothing), Registry::start(Wants::Password)) else {
        return;
    };
    let user = User::new();
    user.push(&component("probes"), &open.address("probes:1")).well();
    let spec =
        |registry: &Registry| format!("module: '{}', pullSecrets: [{{ name: regcred }}]", registry.address("probes:1"));
    user.load(&spec(&open)).well();
    user.load(&spec(&closed)).fails_with(&["without credentials", "pull secret regcred: no cluster is at hand"]);
}

/// A registry whose tokens another server gives.
fn with_tokens(tls: &Tls, realm: impl Fn() -> String + Send + Sync + 'static) -> Web {
    Web::start(Some(tls), move |request| match (request.path.as_str(), request.authorization.as_deref()) {
        (_, Some("Bearer t0ken")) => Answer::status(404),
        _ => Answer::unauthorized(format!("Bearer realm=\"{}\",service=\"tests\"", realm())),
    })
}

#[test]
fn a_token_is_got_from_where_the_registry_says_if_that_has_tls() {
    let tls = Tls::new();
    let expected = format!("Basic {}", encoded(USER, PASSWORD));
    let tokens = Web::start(Some(&tls), move |request| match request.authorization.as_deref() {
        Some(authorization) if authorization == expected => Answer::ok(r#"{"token":"t0ken"}"#),
        _ => Answer::status(401),
    });
    let realm = tokens.url("/token");
    let registry = with_tokens(&tls, move || realm.clone());
    let host = format!("localhost:{}", registry.port);
    let spec = format!("module: 'oci://{host}/team/probes:1'");
    let user =
        |password: &str| User::new().trusting(&tls.certificates.authority_file).with_docker(&auths(&host, password));

    user(PASSWORD).load(&spec).fails_with(&["there is no such artefact in the registry"]).without("t0ken");
    assert_eq!(tokens.asked()[0].path, "/token?scope=repository%3Ateam%2Fprobes%3Apull&service=tests");
    assert_eq!(registry.asked().last().unwrap().authorization.as_deref(), Some("Bearer t0ken"));
    assert!(
        registry
            .asked()
            .iter()
            .all(|asked| asked.authorization.as_deref() != Some(&format!("Basic {}", encoded(USER, PASSWORD))))
    );
    user("hunter2")
        .load(&spec)
        .fails_with(&["localhost, which gives the registry's tokens, answers 401 to these credentials"])
        .without("hunter2");

    let plain = Web::start(None, |_| Answer::ok(r#"{"token":"t0ken"}"#));
    let realm = format!("http://localhost:{}/token", plain.port);
    let registry = with_tokens(&tls, move || realm.clone());
    let host = format!("localhost:{}", registry.port);
    let user = User::new().trusting(&tls.certificates.authority_file).with_docker(&auths(&host, PASSWORD));
    user.load(&format!("module: 'oci://{host}/probes:1'"))
        .fails_with(&["it gets its tokens from an address without TLS, where no password is sent"]);
    assert!(plain.asked().is_empty());
}

#[test]
fn a_redirect_to_another_host_takes_no_password_along() {
    let tls = Tls::new();
    let (layer, seen) = (component("probes"), Arc::new(Mutex::new(Vec::new())));
    let noted = Arc::clone(&seen);
    let storage = Web::start(Some(&tls), move |request| {
        noted.lock().unwrap().push(request.clone());
        Answer::ok(layer.clone())
    });
    let digest = tidegate::policy::digest_of(&component("probes"));
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"application/vnd.wasm.config.v0+json","digest":"{digest}","size":2}},
        "layers":[{{"mediaType":"application/wasm","digest":"{digest}","size":{}}}]}}"#,
        component("probes").len()
    );
    let to = format!("https://127.0.0.1:{}/stored", storage.port);
    let registry = Web::start(Some(&tls), move |request| match &request.authorization {
        None => Answer::unauthorized("Basic realm=\"tests\"".to_owned()),
        Some(_) if request.path.contains("/manifests/") => Answer::ok(manifest.clone()),
        Some(_) => Answer::redirect(&to),
    });
    let host = format!("localhost:{}", registry.port);
    let user = User::new().trusting(&tls.certificates.authority_file).with_docker(&auths(&host, PASSWORD));
    user.load(&format!("module: 'oci://{host}/probes:1'")).well();
    assert_eq!(seen.lock().unwrap().len(), 1);
    assert_eq!(seen.lock().unwrap()[0].authorization, None);
    assert!(registry.asked().iter().any(|asked| asked.authorization.is_some()));
}
