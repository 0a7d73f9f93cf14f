//! Sets of policies that take each other's place while hundreds of reviews are under way: none fails, and none is
//! judged by parts of two sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tidegate::finding::{Edit, Finding, Severity};
use tidegate::policy::{
    Action, Concern, CurrentPolicies, Description, FailurePolicy, InstalledPolicy, JudgedKind, MatchSpec, Matcher,
    Module, OnError, PolicySet, ReviewContext, ReviewError,
};
use tidegate::secrets::NoSecretStore;

use crate::support::{Server, post, read, review};

const CLIENTS: usize = 8;
const REVIEWS: usize = 50;

/// A policy that says which set it belongs to, and takes long enough for a swap to come between it and the next.
struct Mark(Description, &'static str);

impl Module for Mark {
    fn description(&self) -> &Description {
        &self.0
    }

    fn check_settings(&self, _: &Value) -> Result<(), ReviewError> {
        Ok(())
    }

    fn review(&self, _: &ReviewContext<'_>, _: &str, _: Duration) -> Result<Vec<Finding>, ReviewError> {
        std::thread::sleep(Duration::from_micros(200));
        Ok(vec![Finding {
            rule: self.0.name.clone(),
            severity: Severity::High,
            at: "/spec/template".to_owned(),
            message: format!("this is set {}", self.1),
            help: None,
            fix: vec![],
        }])
    }
}

fn set(mark: &'static str) -> Arc<PolicySet> {
    let policy = |name: &str| InstalledPolicy {
        name: name.to_owned(),
        action: Action::Warn,
        on_error: OnError::Deny,
        exceptions: None,
        matcher: Matcher::new(MatchSpec::default()).unwrap(),
        settings: "{}".to_owned(),
        timeout: Duration::from_secs(1),
        failure_policy: FailurePolicy::Ignore,
        rollout: None,
        digest: mark.to_owned(),
        resolved: None,
        is_builtin: false,
        module: Arc::new(Mark(
            Description {
                name: name.to_owned(),
                title: String::new(),
                rules: Vec::new(),
                settings_schema: json!({}),
                reads: Vec::new(),
                kinds: vec![JudgedKind::parse("Deployment")],
                concern: Concern::MySql,
            },
            mark,
        )),
    };
    Arc::new(PolicySet::new(["first", "second", "third"].map(policy).to_vec()))
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

/// A policy that wants a label, and sets it.
struct Labels(Description);

impl Module for Labels {
    fn description(&self) -> &Description {
        &self.0
    }

    fn check_settings(&self, _: &Value) -> Result<(), ReviewError> {
        Ok(())
    }

    fn review(&self, context: &ReviewContext<'_>, settings: &str, _: Duration) -> Result<Vec<Finding>, ReviewError> {
        let at = "/metadata/labels/tier";
        let is_repairable = settings == "{}";
        let fix = vec![Edit::Set(at.to_owned(), json!("db"))];
        Ok(if context.object.pointer(at).is_some() {
            Vec::new()
        } else {
            vec![Finding {
                rule: "LABEL1".to_owned(),
                severity: Severity::High,
                at: "/metadata".to_owned(),
                message: "it has no label tier".to_owned(),
                help: None,
                fix: if is_repairable { fix } else { Vec::new() },
            }]
        })
    }
}

fn labels(action: Action, settings: &str) -> Arc<PolicySet> {
    let name = "labels".to_owned();
    let description = Description {
        name: name.clone(),
        title: String::new(),
        rules: Vec::new(),
        settings_schema: json!({}),
        reads: Vec::new(),
        kinds: vec![JudgedKind::parse("Deployment")],
        concern: Concern::MySql,
    };
    Arc::new(PolicySet::new(vec![InstalledPolicy {
        name,
        action,
        on_error: OnError::Deny,
        exceptions: None,
        matcher: Matcher::new(MatchSpec::default()).unwrap(),
        settings: settings.to_owned(),
        timeout: Duration::from_secs(1),
        failure_policy: FailurePolicy::Ignore,
        rollout: None,
        digest: "labels".to_owned(),
        resolved: None,
        is_builtin: false,
        module: Arc::new(Labels(description)),
    }]))
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
