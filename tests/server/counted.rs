//! What is counted of reviews: each answer, and each finding by what became of it, once for each change.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tidegate::policy::{CurrentPolicies, Elsewhere, ExceptionDocument, PolicyException, PolicySet, Rollout};
use tidegate::secrets::{MemorySecretStore, NoSecretStore, SecretStore};

use crate::policy::policies;
use crate::support::{PASSWORD, Server, review};

/// The counters of findings, failures and answers after each of the named objects went through both phases.
async fn counted(policies: PolicySet, names: &[&str], dry_run: bool) -> BTreeSet<String> {
    let secrets: Arc<dyn SecretStore> = Arc::new(MemorySecretStore::default());
    let current = Arc::new(CurrentPolicies::new(Arc::new(policies)));
    let server = Server::start_with(current, secrets, Duration::ZERO).await;
    for name in names {
        let mut asked = review(name);
        asked["request"]["dryRun"] = json!(dry_run);
        let mutated = server.review("/mutate", &asked).await;
        if mutated["allowed"] == true {
            server.review("/validate", &asked).await;
        }
    }
    let text = server.metrics.text();
    assert!(!text.contains(PASSWORD));
    let counters =
        ["tidegate_policy_findings", "tidegate_policy_shadow", "tidegate_policy_review", "tidegate_admissions"];
    let lines = text.lines().filter(|line| counters.iter().any(|counter| line.starts_with(counter)));
    lines.map(|line| line.trim_start_matches("tidegate_").to_owned()).collect()
}

fn lines(wanted: &[&str]) -> BTreeSet<String> {
    wanted.iter().map(|line| (*line).to_owned()).collect()
}

fn admissions(phase: &str, decision: &str, dry_run: bool) -> String {
    format!(
        "admissions_total{{phase=\"{phase}\",kind=\"Deployment\",operation=\"CREATE\",decision=\"{decision}\",\
         dry_run=\"{dry_run}\"}} 1"
    )
}

/// The policy of the tests as a shadow everywhere.
fn shadow() -> PolicySet {
    let mut all: Vec<_> = policies().iter().cloned().collect();
    for policy in &mut all {
        policy.rollout = Some(Rollout { percent: 0, elsewhere: Elsewhere::Shadow });
    }
    PolicySet::new(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_count_by_what_became_of_them() {
    for (name, outcome) in [("refuse", "denied"), ("warn", "warned")] {
        let seen = counted(policies(), &[name], false).await;
        let finding = format!("policy_findings_total{{policy=\"occasion\",rule=\"TEST1\",outcome=\"{outcome}\"}} 1");
        let mut wanted = lines(&[&finding]);
        wanted.extend(match outcome {
            // Who is refused at once never reaches the other phase.
            "denied" => vec![admissions("mutate", "deny", false)],
            _ => vec![admissions("mutate", "allow", false), admissions("validate", "allow", false)],
        });
        assert_eq!(seen, wanted, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_counts_once() {
    // The stand-in for an API server asks the second time with the object as it arrived, so it is refused there.
    let seen = counted(policies(), &["repair"], false).await;
    assert!(seen.contains("policy_findings_total{policy=\"occasion\",rule=\"TEST1\",outcome=\"fixed\"} 1"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_carried_out_is_not_repaired() {
    let server = Server::start(Arc::new(NoSecretStore), Duration::ZERO).await;
    let answer = server.review("/mutate", &review("move")).await;
    assert_eq!(answer["allowed"], false);
    let text = server.metrics.text();
    assert!(text.contains("decision=\"fail\"") && !text.contains("policy_findings_total{"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_counts_what_it_would_do_and_does_nothing() {
    let seen = counted(shadow(), &["refuse"], false).await;
    let mut wanted = lines(&["policy_shadow_findings_total{policy=\"occasion\",rule=\"TEST1\"} 1"]);
    wanted.extend([admissions("mutate", "allow", false), admissions("validate", "allow", false)]);
    assert_eq!(seen, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_would_do_nothing_about_what_is_excepted() {
    let document: ExceptionDocument = serde_json::from_value(json!({
        "apiVersion": "tidegate.dev/v1alpha1", "kind": "PolicyException",
        "metadata": { "namespace": "shop", "name": "migration" },
        "spec": { "rules": ["TEST1"], "reason": "the migration", "expires": "2999-01-31" },
    }))
    .unwrap();
    let exception = PolicyException::new("e.yaml", document).unwrap();
    let policies = shadow().with_exceptions(vec![exception], "2027-01-01T00:00:00Z".parse().unwrap());
    let seen = counted(policies, &["refuse"], false).await;
    let wanted = [admissions("mutate", "allow", false), admissions("validate", "allow", false)].into();
    assert_eq!(seen, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_runs_count_as_answers_only() {
    for policies in [policies(), shadow()] {
        let seen = counted(policies, &["warn"], true).await;
        let wanted = [admissions("mutate", "allow", true), admissions("validate", "allow", true)].into();
        assert_eq!(seen, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_judge_counts() {
    let seen = counted(policies(), &["fail"], false).await;
    assert!(seen.contains("policy_review_failures_total{policy=\"occasion\"} 1"), "{seen:?}");
}
