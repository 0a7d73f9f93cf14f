//! Sets of policies that take each other's place while hundreds of reviews are under way: none fails, and none is
//! judged by parts of two sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tidegate::finding::{Edit, Finding, Severity};
use tidegate::policy::{Action, CurrentPolicies, InstalledPolicy, PolicySet, ReviewContext};
use tidegate::secrets::NoSecretStore;

use crate::policy::policy;
use crate::support::{Server, post, read, review};

const CLIENTS: usize = 8;
const REVIEWS: usize = 50;

/// Policies that say which set they belong to, and take long enough for a swap to come between one and the next.
fn set(mark: &'static str) -> Arc<PolicySet> {
    let marking = |name: &'static str| {
        let judge = move |_: &ReviewContext<'_>, _: &str| {
            std::thread::sleep(Duration::from_micros(200));
            Ok(vec![finding(name, "/spec/template", &format!("this is set {mark}"), Vec::new())])
        };
        InstalledPolicy { action: Action::Warn, digest: mark.to_owned(), ..policy(name, judge) }
    };
    Arc::new(PolicySet::new(["first", "second", "third"].map(marking).to_vec()))
}

fn finding(rule: &str, at: &str, message: &str, fix: Vec<Edit>) -> Finding {
    let (rule, at, message) = (rule.to_owned(), at.to_owned(), message.to_owned());
    Finding { rule, severity: Severity::High, at, message, help: None, fix }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_review_is_judged_by_one_set() {
    let sets = [set("A"), set("B")];
    let current = Arc::new(CurrentPolicies::new(Arc::clone(&sets[0])));
    let server = Server::start_with(Arc::clone(&current), Arc::new(NoSecretStore), Duration::ZERO).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let swapping = tokio::spawn({
        let is_over = Arc::clone(&is_over);
        async move {
            let mut swaps = 0;
            while !is_over.load(Ordering::Relaxed) {
                swaps += 1;
                current.replace(Arc::clone(&sets[swaps % 2]));
                tokio::time::sleep(Duration::from_micros(100)).await;
            }
            swaps
        }
    });
    let mut asking = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = server.connect().await;
        asking.push(tokio::spawn(async move {
            let mut seen = [0; 2];
            for _ in 0..REVIEWS {
                let body = review("swapped").to_string();
                client.ready().await.unwrap();
                let response = client.send_request(post("/validate", "application/json", body)).await.unwrap();
                let (status, text) = read(response).await;
                assert_eq!(status, 200, "{text}");
                let counts = ["A", "B"].map(|mark| text.matches(&format!("this is set {mark}")).count());
                assert!(counts == [3, 0] || counts == [0, 3], "judged by parts of two sets: {text}");
                seen[usize::from(counts[0] == 0)] += 1;
            }
            seen
        }));
    }
    let mut seen = [0; 2];
    for client in asking {
        let by_client = client.await.unwrap();
        seen = [seen[0] + by_client[0], seen[1] + by_client[1]];
    }
    is_over.store(true, Ordering::Relaxed);
    let swaps = swapping.await.unwrap();
    assert!(swaps > REVIEWS && seen.iter().all(|seen| *seen > 0), "{swaps} swaps, {seen:?} reviews by each");
}

/// A policy that wants a label, and sets it unless it has settings.
fn labels(action: Action, settings: &str) -> Arc<PolicySet> {
    let at = "/metadata/labels/tier";
    let labels = policy("labels", move |context, settings| {
        let is_repairable = settings == "{}";
        let fix = if is_repairable { vec![Edit::Set(at.to_owned(), json!("db"))] } else { Vec::new() };
        let is_there = context.object.pointer(at).is_some();
        Ok(if is_there { Vec::new() } else { vec![finding("LABEL1", "/metadata", "it has no label tier", fix)] })
    });
    Arc::new(PolicySet::new(vec![InstalledPolicy { action, settings: settings.to_owned(), ..labels }]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_comes_between_the_phases_refuses_nothing_that_it_would_have_repaired() {
    for (action, settings, is_allowed) in
        [(Action::Fix, "{}", true), (Action::Fix, r#"{"repairs":false}"#, false), (Action::Deny, "{}", false)]
    {
        let current = Arc::new(CurrentPolicies::new(Arc::default()));
        let server = Server::start_with(Arc::clone(&current), Arc::new(NoSecretStore), Duration::ZERO).await;
        let asked = review("between");
        let mutated = server.review("/mutate", &asked).await;
        assert!(mutated["allowed"] == true && mutated.get("patch").is_none(), "{mutated}");
        current.replace(labels(action, settings));
        let validated = server.review("/validate", &asked).await;
        assert_eq!(validated["allowed"], is_allowed, "{action:?} {settings}: {validated}");
        // Whatever begins now is judged by the new set.
        let mutated = server.review("/mutate", &asked).await;
        let is_repaired = action == Action::Fix && settings == "{}";
        assert_eq!(
            (mutated["allowed"] == true, mutated.get("patch").is_some()),
            (is_repaired, is_repaired),
            "{mutated}"
        );
        // A set that was there from the beginning refuses what nobody repaired.
        let current = Arc::new(CurrentPolicies::new(labels(action, settings)));
        let server = Server::start_with(current, Arc::new(NoSecretStore), Duration::ZERO).await;
        assert_eq!(server.review("/validate", &asked).await["allowed"], false);
    }
}
