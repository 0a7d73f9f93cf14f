//! Several clients, replicas and webhooks at once: one Secret, and nobody is refused for it.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{CONTROLLERS, Stage, account, gate, reviews};
use crate::stored::{from_secret, generation, secret_value, variable};
use crate::support::control_plane::ControlPlane;
use crate::support::fault_proxy::{Fault, FaultProxy};
use crate::support::gate::Gate;
use crate::support::kubectl::Output;
use crate::support::wait::eventually;
use crate::support::webhooks::{Scope, register, register_at};
use crate::workloads::{client, review};

/// More than there are replicas, and as many as start within one read of the gate's.
const CLIENTS: usize = 5;
/// So long each read of a Secret takes, so that all who come meanwhile find none.
const READ: Duration = Duration::from_millis(900);

/// Two replicas behind one address, whose reads of Secrets are slow.
struct Replicas {
    stage: Stage,
    _service: FaultProxy,
    other: Gate,
    proxy: FaultProxy,
}

impl Replicas {
    fn open(name: &str) -> Option<Self> {
        let cluster = ControlPlane::shared()?;
        let (proxy, kubeconfig) = FaultProxy::before_api_server(account(cluster));
        let namespace = cluster.create_namespace(name);
        let [one, other] = [(); 2].map(|()| gate(&kubeconfig).start());
        let service = FaultProxy::before_gates(&[&one, &other]);
        let registration = register_at(cluster, &service.address(), "tidegate", Scope::Namespace(&namespace));
        let stage = Stage::registered(cluster, namespace, one, registration);
        proxy.fail("GET", "/secrets", Fault::Slow(READ));
        Some(Self { stage, _service: service, other, proxy })
    }

    /// As many clients at once do something, each with its number.
    fn at_once(&self, number: usize, act: impl Fn(&Stage, usize) -> Output + Sync) -> Vec<Output> {
        thread::scope(|scope| {
            let act = &act;
            let clients: Vec<_> = (0..number).map(|number| scope.spawn(move || act(&self.stage, number))).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        })
    }

    #[track_caller]
    fn expect_both_asked(&self) {
        assert!(!self.stage.reviews().is_empty() && !reviews(&self.other).is_empty(), "one replica was not asked");
    }

    #[track_caller]
    fn expect_one_secret(&self, name: &str, values: &[(&str, &str)]) {
        let secrets = self.stage.list("secrets");
        assert_eq!(secrets.len(), 1, "{secrets:?}");
        let name = format!("{name}-credentials");
        assert_eq!(secrets[0]["metadata"]["name"], *name);
        for (key, value) in values {
            assert_eq!(secret_value(&secrets[0], key), *value);
        }
    }
}

#[test]
fn one_name_created_by_many() {
    let Some(replicas) = Replicas::open("create-at-once") else { return };
    let manifest = client("Deployment", "shop", &[("MYSQL_PWD", "of-many")]).to_string();
    let outputs = replicas.at_once(CLIENTS, |stage, _| stage.send("create", &[], &manifest));
    let (made, refused): (Vec<_>, Vec<_>) = outputs.into_iter().partition(Output::is_success);
    assert_eq!(made.len(), 1);
    for output in refused {
        assert!(output.stderr.contains("(AlreadyExists)") && !output.stderr.contains("refused"), "{}", output.stderr);
    }
    replicas.expect_both_asked();
    replicas.expect_one_secret("shop", &[("MYSQL_PWD", "of-many")]);
}

#[test]
fn one_object_applied_by_many() {
    let Some(replicas) = Replicas::open("apply-at-once") else { return };
    let manifest = client("Deployment", "shop", &[("MYSQL_PWD", "of-many")]).to_string();
    for output in replicas.at_once(CLIENTS, |stage, _| stage.apply_server_side(&manifest)) {
        output.expect_success();
    }
    replicas.expect_both_asked();
    replicas.expect_one_secret("shop", &[("MYSQL_PWD", "of-many")]);
    let stored = replicas.stage.get("deployment/shop");
    assert_eq!(*variable(&stored, "client", "MYSQL_PWD"), from_secret("MYSQL_PWD", "shop-credentials", "MYSQL_PWD"));
    assert_eq!(generation(&stored), 1);
}

/// Without kubectl between, which takes its time to start: all find no Secret, and all make it.
#[test]
fn one_moment() {
    let Some(replicas) = Replicas::open("one-moment") else { return };
    let object = client("Deployment", "shop", &[("MYSQL_PWD", "of-a-moment")]);
    let review = review(&replicas.stage.namespace, &object).to_string();
    let gates = [&replicas.stage.gate, &replicas.other];
    replicas.proxy.requests();
    thread::scope(|scope| {
        let ask = |number: usize| gates[number % 2].server().post_json("/mutate", review.as_bytes()).unwrap();
        let all: Vec<_> = (0..CLIENTS).map(|number| scope.spawn(move || ask(number))).collect();
        for answer in all {
            let answer: Value = serde_json::from_str(&answer.join().unwrap().body).unwrap();
            assert_eq!(answer["response"]["allowed"], true, "{answer}");
        }
    });
    let asked = replicas.proxy.requests();
    assert!(asked.iter().filter(|request| request.starts_with("POST")).count() > 1, "no race: {asked:?}");
    replicas.expect_one_secret("shop", &[("MYSQL_PWD", "of-a-moment")]);
}

/// Which one is the first does not matter, but the Secret holds what the stored workload's author wrote.
#[test]
fn two_passwords_for_one_name() {
    let Some(replicas) = Replicas::open("two-passwords") else { return };
    let passwords = ["of-the-first", "of-the-second"];
    let outputs = replicas.at_once(passwords.len(), |stage, number| {
        let manifest = client("Deployment", "shop", &[("MYSQL_PWD", passwords[number])]).to_string();
        stage.send("create", &[], &manifest)
    });
    // Both may be refused: then the one that comes again is admitted.
    let made: Vec<&str> = passwords
        .iter()
        .zip(&outputs)
        .filter(|(_, output)| output.is_success())
        .map(|(password, _)| *password)
        .collect();
    assert!(made.len() < 2, "one name was made twice");
    match made.first() {
        Some(password) => {
            let stored = replicas.stage.get("deployment/shop");
            let reference = &variable(&stored, "client", "MYSQL_PWD")["valueFrom"]["secretKeyRef"];
            replicas.expect_one_secret("shop", &[(reference["key"].as_str().unwrap(), password)]);
        }
        None => assert!(!replicas.stage.has("deployment/shop")),
    }
}

/// A CREATE of a name that is taken changes nothing, whatever password it brings.
#[test]
fn a_name_that_is_taken_keeps_its_password() {
    let Some(stage) = Stage::open("taken") else { return };
    let create = |password: &str| {
        stage.send("create", &[], &client("Deployment", "shop", &[("MYSQL_PWD", password)]).to_string())
    };
    create("of-the-first").expect_success();
    create("of-the-second").expect_failure();
    assert_eq!(secret_value(&stage.get("secret/shop-credentials"), "MYSQL_PWD"), "of-the-first");
}

/// The same for an UPDATE that the API server does not accept.
#[test]
fn an_update_that_is_not_stored_keeps_the_password() {
    let Some(stage) = Stage::open("not-stored") else { return };
    stage.apply(&client("Deployment", "shop", &[("MYSQL_PWD", "of-the-stored")]).to_string()).expect_success();
    let mut invalid = client("Deployment", "shop", &[("MYSQL_PWD", "of-the-refused")]);
    invalid["spec"]["selector"]["matchLabels"]["app"] = "another".into();
    let refused = stage.apply(&invalid.to_string()).expect_failure();
    assert!(refused.contains("is invalid"), "{refused}");
    assert_eq!(secret_value(&stage.get("secret/shop-credentials"), "MYSQL_PWD"), "of-the-stored");
}

#[test]
fn a_retry_while_the_first_try_is_under_way() {
    let Some(replicas) = Replicas::open("retry") else { return };
    let stage = &replicas.stage;
    let manifest = client("Deployment", "shop", &[("MYSQL_PWD", "of-a-retry")]).to_string();
    stage.send("create", &["--request-timeout=700ms"], &manifest).expect_failure();
    stage.send("create", &[], &manifest).expect_success();
    replicas.expect_one_secret("shop", &[("MYSQL_PWD", "of-a-retry")]);
}

/// Keys that several bring at once, each as a field manager of its own: nobody's is lost.
#[test]
fn keys_added_at_once() {
    let Some(replicas) = Replicas::open("keys-at-once") else { return };
    let stage = &replicas.stage;
    replicas.proxy.mend();
    stage.apply_server_side(&client("Deployment", "shop", &[("MYSQL_PWD", "the-base")]).to_string()).expect_success();
    let keys: Vec<(String, String)> =
        (0..CLIENTS).map(|number| (format!("MYSQL_PASSWORD_{number}_PWD"), format!("key-number-{number}"))).collect();
    replicas.proxy.fail("GET", "/secrets", Fault::Slow(READ));
    let outputs = replicas.at_once(CLIENTS, |stage, number| {
        let (key, value) = &keys[number];
        let mut part = client("Deployment", "shop", &[(key, value)]);
        let container = &mut part["spec"]["template"]["spec"]["containers"][0];
        *container = json!({"name": "client", "image": "mysql:8.4", "env": container["env"]});
        let manager = format!("--field-manager=manager-{number}");
        stage.send("apply", &["--server-side", &manager], &part.to_string())
    });
    for output in outputs {
        output.expect_success();
    }
    let values: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (&**key, &**value)).collect();
    replicas.expect_one_secret("shop", &[&values[..], &[("MYSQL_PWD", "the-base")]].concat());
    let stored = stage.get("deployment/shop");
    for (key, _) in values {
        assert_eq!(*variable(&stored, "client", key), from_secret(key, "shop-credentials", key));
    }
}

/// Two gates with different policies before one namespace. What the second one repairs sends the object
/// to the first one again, as `reinvocationPolicy: IfNeeded` wants it.
#[test]
fn two_gates_one_after_the_other() {
    let Some(cluster) = ControlPlane::shared() else { return };
    let namespace = cluster.create_namespace("one-after-another");
    let (first, second) = (gate(account(cluster)).start(), Gate::builder(account(cluster)).start());
    let one = register(cluster, &first, Scope::Namespace(&namespace));
    let stage = Stage::registered(cluster, namespace, first, one);
    let service = FaultProxy::before_gates(&[&second]);
    let _two = register_at(cluster, &service.address(), "tidegate-too", Scope::Namespace(&stage.namespace));
    let manifest = crate::manifests::deployment();
    for _ in 0..2 {
        stage.apply(&manifest).expect_success();
        let stored = stage.get("deployment/mysql");
        let reference = from_secret("MYSQL_ROOT_PASSWORD", "mysql-credentials", "MYSQL_ROOT_PASSWORD");
        assert_eq!(*variable(&stored, "mysql", "MYSQL_ROOT_PASSWORD"), reference);
        assert_eq!(generation(&stored), 1);
    }
    assert_eq!(stage.list("secrets").len(), 1);
    let of_create = |gate: &Gate| {
        let is_of_create =
            |line: &&Value| line["operation"] == "CREATE" && line["kind"] == "Deployment" && line["phase"] == "mutate";
        reviews(gate).iter().filter(is_of_create).count()
    };
    assert_eq!((of_create(&stage.gate), of_create(&second)), (2, 1), "the first one is asked again");
    eventually("the Pod", CONTROLLERS, || (stage.list("pods").len() == 1).then_some(()));
}
