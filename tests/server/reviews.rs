//! Reviews, from the bytes that arrive to the bytes that leave, with their effects.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use hyper::StatusCode;
use serde_json::{Value, json};
use tidegate::engine::WorkloadSecret;
use tidegate::secrets::{Applied, MemorySecretStore, NoSecretStore, SecretError, SecretStore};

use crate::support::{PASSWORD, Server, log_lines, post, read, review};

async fn start() -> (Server, Arc<MemorySecretStore>) {
    let secrets = Arc::new(MemorySecretStore::default());
    (Server::start(Arc::clone(&secrets) as _, Duration::ZERO).await, secrets)
}

#[tokio::test]
async fn an_object_without_fault_is_answered_with_two_fields() {
    let (server, _) = start().await;
    for path in ["/mutate", "/validate"] {
        let expected = json!({ "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "allowed": true });
        assert_eq!(server.review(path, &review("fine")).await, expected);
    }
}

#[tokio::test]
async fn each_outcome_has_its_answer() {
    let (server, _) = start().await;
    for (name, path, allowed, code, has_patch, warnings) in [
        ("repair", "/mutate", true, None, true, 1),
        ("warn", "/mutate", true, None, false, 0),
        ("warn", "/validate", true, None, false, 1),
        ("refuse", "/mutate", false, Some(403), false, 0),
        ("refuse", "/validate", false, Some(403), false, 0),
        ("fail", "/mutate", false, Some(500), false, 0),
        ("panic", "/validate", false, Some(500), false, 0),
    ] {
        let answer = server.review(path, &review(name)).await;
        let told = answer["warnings"].as_array().map_or(0, Vec::len);
        assert_eq!(answer["allowed"], allowed, "{name} {path}: {answer}");
        assert_eq!(answer["status"]["code"].as_u64(), code, "{name} {path}: {answer}");
        assert_eq!(answer["patchType"] == "JSONPatch" && answer["patch"].is_string(), has_patch, "{name} {path}");
        assert_eq!(told, warnings, "{name} {path}: {answer}");
        assert!(!answer.to_string().contains(PASSWORD));
    }
}

#[tokio::test]
async fn an_object_that_does_not_fit_its_kind_is_refused_with_the_field() {
    let (server, _) = start().await;
    let mut misfit = review("fine");
    misfit["request"]["object"]["spec"]["template"]["spec"]["containers"] = json!("mysql");
    let answer = server.review("/mutate", &misfit).await;
    assert_eq!((&answer["allowed"], &answer["status"]["code"]), (&json!(false), &json!(400)));
    let message = answer["status"]["message"].as_str().unwrap();
    assert!(message.starts_with("Deployment \"fine\" in namespace \"shop\"") && message.contains("containers"));
}

#[tokio::test]
async fn the_secret_is_there_before_the_answer_and_only_then() {
    let (server, secrets) = start().await;
    let mut dry_run = review("move");
    dry_run["request"]["dryRun"] = json!(true);
    let asked = server.review("/mutate", &dry_run).await;
    assert!(secrets.keys().is_empty(), "a dry run wrote");
    let answered = server.review("/mutate", &review("move")).await;
    assert_eq!(asked, answered, "a dry run answers otherwise");
    let made = secrets.keys();
    assert_eq!((made[0].0.name.as_str(), &made[0].1), ("move-credentials", &vec!["MYSQL_ROOT_PASSWORD".to_owned()]));
    assert_eq!(server.review("/mutate", &review("move")).await, answered, "a second time is otherwise");

    let mut changed = review("move");
    changed["request"]["object"]["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = json!("another");
    let updated = server.review("/mutate", &changed).await;
    assert_eq!(updated["allowed"], true, "no data are kept");
    assert!(updated["warnings"][0].as_str().unwrap().contains("MYSQL_ROOT_PASSWORD under MYSQL_ROOT_PASSWORD.2"));

    let pod = &mut changed["request"]["object"]["spec"]["template"]["spec"];
    pod["volumes"] = json!([{ "name": "data", "persistentVolumeClaim": { "claimName": "data" } }]);
    pod["containers"][0]["volumeMounts"] = json!([{ "name": "data", "mountPath": "/var/lib/mysql" }]);
    pod["containers"][0]["env"][0]["value"] = json!("a-third-one");
    let refused = server.review("/mutate", &changed).await;
    assert_eq!((&refused["allowed"], &refused["status"]["code"]), (&json!(false), &json!(403)));
    assert!(refused["status"]["message"].as_str().unwrap().contains("ALTER USER"));
    assert_eq!(refused.get("patch"), None);
}

#[tokio::test]
async fn without_a_cluster_what_needs_a_secret_stays_out_and_the_rest_passes() {
    let server = Server::start(Arc::new(NoSecretStore), Duration::ZERO).await;
    let refused = server.review("/mutate", &review("move")).await;
    assert_eq!((&refused["allowed"], &refused["status"]["code"]), (&json!(false), &json!(503)));
    assert!(refused["status"]["message"].as_str().unwrap().contains("without a cluster"));
    assert_eq!(server.review("/mutate", &review("repair")).await["allowed"], true);
}

/// A store that takes its time.
#[derive(Default)]
struct Slow(AtomicBool);

impl SecretStore for Slow {
    fn check<'a>(&'a self, _: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        async { Ok(Applied::default()) }.boxed()
    }

    fn apply<'a>(&'a self, _: &'a WorkloadSecret) -> BoxFuture<'a, Result<Applied, SecretError>> {
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            self.0.store(true, Ordering::SeqCst);
            Ok(Applied::default())
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_half_work() {
    let store = Arc::new(Slow::default());
    let server = Server::start(Arc::clone(&store) as _, Duration::ZERO).await;
    let mut client = server.connect().await;
    let request = post("/mutate", "application/json", review("move").to_string());
    assert!(tokio::time::timeout(Duration::from_millis(100), client.send_request(request)).await.is_err());
    drop(client);
    server.signals.unbounded_send(()).unwrap();
    server.ended.await.unwrap();
    assert!(store.0.load(Ordering::SeqCst), "the effect was not awaited");
    let counted = server.metrics.text();
    assert!(counted.lines().any(|line| line.contains("decision=\"abandoned\"") && line.ends_with(" 1")), "{counted}");
    let lines = String::from_utf8(log_lines().lock().unwrap().clone()).unwrap();
    assert!(
        lines.lines().any(|line| line.contains("decision=\"abandoned\"") && line.contains("name=\"move\"")),
        "{lines}"
    );
}

#[tokio::test]
async fn http2_carries_many_reviews_at_once() {
    let (server, _) = start().await;
    let client = server.connect_h2().await;
    let asked = (0..50).map(|_| {
        let mut client = client.clone();
        async move {
            let request = hyper::Request::post("https://localhost/mutate").header("content-type", "application/json");
            let body = axum::body::Body::from(review("repair").to_string());
            read(client.send_request(request.body(body).unwrap()).await.unwrap()).await
        }
    });
    for (status, text) in futures::future::join_all(asked).await {
        assert_eq!(status, StatusCode::OK);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["response"]["allowed"], true);
    }
}

#[tokio::test]
async fn the_log_names_objects_and_holds_no_value() {
    let (server, _) = start().await;
    for name in ["fine", "repair", "refuse", "move", "panic", "fail"] {
        server.review("/mutate", &review(name)).await;
    }
    let mut wrong = review("move");
    wrong["request"]["userInfo"] = json!([PASSWORD]);
    server.ask(post("/mutate", "application/json", wrong.to_string())).await;
    let lines = String::from_utf8(log_lines().lock().unwrap().clone()).unwrap();
    assert!(!lines.contains(PASSWORD), "{lines}");
    let line = lines.lines().find(|line| line.contains("name=\"repair\"")).unwrap();
    for part in ["kind=\"Deployment\"", "namespace=\"shop\"", "decision=\"allow\"", "fixed=\"TEST1\"", "microseconds="]
    {
        assert!(line.contains(part), "{line} lacks {part}");
    }
}
