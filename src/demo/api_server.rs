//! What an API server does with an object that arrives, as far as a gate sees it.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use json_patch::Patch;
use kube::{Client, Config};
use serde::Deserialize;
use serde_json::{Value, json};

use super::DemoError;
use super::gate::RunningGate;

/// The part of an AdmissionReview's response that is used here.
#[derive(Deserialize)]
struct Response {
    allowed: bool,
    patch: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
    status: Option<Status>,
}

#[derive(Deserialize)]
struct Status {
    message: String,
}

/// Sends reviews to a gate, and keeps what was admitted.
pub(super) struct ApiServer {
    client: Client,
    stored: HashMap<String, Value>,
    reviews: u32,
}

/// What became of an object.
pub(super) struct Outcome {
    /// The object as it arrived.
    pub(super) sent: Value,
    /// The object as it was stored; none if it was refused.
    pub(super) stored: Option<Value>,
    /// Why it was refused.
    pub(super) refusal: Option<String>,
    /// What the author is told.
    pub(super) warnings: Vec<String>,
    /// True if an object of this name was there.
    pub(super) update: bool,
    /// True if an update left the stored object as it was.
    pub(super) unchanged: bool,
}

impl ApiServer {
    /// Connects to a gate, trusting its certificate alone.
    pub(super) fn new(gate: &RunningGate) -> Result<Self, DemoError> {
        let address = format!("https://{}", gate.address).parse().map_err(|error| answer(&error))?;
        let mut config = Config::new(address);
        config.root_cert = Some(vec![gate.certificate.clone()]);
        let client = Client::try_from(config).map_err(|error| answer(&error))?;
        Ok(Self { client, stored: HashMap::new(), reviews: 0 })
    }

    /// Puts an object through the mutating and the validating webhook.
    pub(super) async fn apply(&mut self, object: &Value) -> Result<Outcome, DemoError> {
        let mut object = object.clone();
        let namespace = object.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or("default").to_owned();
        object["metadata"]["namespace"] = json!(namespace);
        let key = format!("{} {} {}", object["kind"], namespace, object["metadata"]["name"]);
        let old = self.stored.get(&key).cloned();
        let mut outcome = Outcome {
            sent: object.clone(),
            stored: None,
            refusal: None,
            warnings: Vec::new(),
            update: old.is_some(),
            unchanged: false,
        };
        for path in ["/mutate", "/validate"] {
            let response = self.review(path, &object, old.as_ref()).await?;
            outcome.warnings.extend(response.warnings);
            if !response.allowed {
                outcome.refusal = Some(response.status.map_or_else(String::new, |status| status.message));
                return Ok(outcome);
            }
            if let Some(patch) = response.patch {
                let patch = STANDARD.decode(patch).map_err(|error| answer(&error))?;
                let patch: Patch = serde_json::from_slice(&patch).map_err(|error| answer(&error))?;
                json_patch::patch(&mut object, &patch).map_err(|error| answer(&error))?;
            }
        }
        outcome.unchanged = old.as_ref() == Some(&object);
        self.stored.insert(key, object.clone());
        outcome.stored = Some(object);
        Ok(outcome)
    }

    async fn review(&mut self, path: &str, object: &Value, old: Option<&Value>) -> Result<Response, DemoError> {
        self.reviews += 1;
        let (group, version) =
            object["apiVersion"].as_str().and_then(|text| text.split_once('/')).unwrap_or(("", "v1"));
        let kind = json!({ "group": group, "version": version, "kind": object["kind"] });
        let resource = format!("{}s", object["kind"].as_str().unwrap_or_default().to_lowercase());
        let review = json!({
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {
                "uid": format!("00000000-0000-4000-8000-{:012}", self.reviews),
                "kind": kind,
                "resource": { "group": group, "version": version, "resource": resource },
                "requestKind": kind,
                "name": object["metadata"]["name"],
                "namespace": object["metadata"]["namespace"],
                "operation": if old.is_some() { "UPDATE" } else { "CREATE" },
                "userInfo": { "username": "you", "groups": ["system:authenticated"] },
                "object": object,
                "oldObject": old,
                "dryRun": false,
                "options": null,
            },
        });
        let request = Request::post(format!("{path}?timeout=10s"))
            .header("content-type", "application/json")
            .body(review.to_string().into_bytes())
            .map_err(|error| answer(&error))?;
        let mut review: Value = self.client.request(request).await.map_err(|error| answer(&error))?;
        serde_json::from_value(review["response"].take()).map_err(|error| answer(&error))
    }
}

fn answer(problem: &dyn std::fmt::Display) -> DemoError {
    DemoError::Answer(problem.to_string())
}
