//! What was asked for, written into an object as it is stored.

use std::time::Duration;

use kube::Error;
use kube::api::{DynamicObject, PostParams};
use serde_json::Value;

use super::{DeployError, MANAGER, Options, plan};
use crate::objects::{Objects, refused, title};

/// Controllers write into what rolls out, and are done a moment later.
const AGAIN: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
];

/// Changes a stored object where that was asked for, and nothing else of it. Whether there was something to change.
///
/// What somebody else writes meanwhile stays: the object is read again, and what was asked for written into that.
///
/// # Errors
/// [`DeployError::Object`] with what the API server says; of a conflict only after several attempts.
pub(super) async fn change(
    objects: &Objects,
    object: &Value,
    found: &DynamicObject,
    asked: &Options,
) -> Result<bool, DeployError> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    let api = objects.api(&text(&object["apiVersion"]), &text(&object["kind"]), metadata["namespace"].as_str());
    let name = text(&metadata["name"]);
    let parameters = PostParams { field_manager: Some(MANAGER.to_owned()), dry_run: false };
    let mut stored = found.clone();
    let mut waits = AGAIN.iter();
    loop {
        let Some(changed) = plan::with_asked(&stored, object, asked) else { return Ok(false) };
        let error = match api.replace(&name, &parameters, &changed).await {
            Ok(_) => return Ok(true),
            Err(error) => error,
        };
        match (&error, waits.next()) {
            (Error::Api(status), Some(wait)) if status.is_conflict() => tokio::time::sleep(*wait).await,
            _ => return Err(refused(title(object), &error).into()),
        }
        let Some(again) = objects.get(object).await? else {
            // Somebody has taken it away.
            objects.apply(object).await?;
            return Ok(true);
        };
        stored = again;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};

    use http::{Method, Request, Response};
    use kube::Client;
    use kube::client::Body;
    use serde_json::{Value, json};

    use super::change;
    use crate::deploy::{Kind, MANAGER, Options};
    use crate::objects::Objects;

    /// A StatefulSet, into which a controller writes so often, each time just before somebody else does.
    struct Stored {
        object: Value,
        writes: u64,
    }

    fn stateful_set() -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": { "name": "mysql", "namespace": "shop", "resourceVersion": "1" },
            "spec": { "replicas": 2 },
        })
    }

    impl Stored {
        fn answer(&mut self, method: &Method, sent: &[u8]) -> (u16, Value) {
            if method != Method::PUT {
                return (200, self.object.clone());
            }
            let version = |object: &Value| object["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
            if self.writes > 0 {
                self.writes -= 1;
                let next = version(&self.object).parse::<u64>().unwrap() + 1;
                self.object["metadata"]["resourceVersion"] = json!(next.to_string());
                self.object["status"] = json!({ "observedGeneration": next });
            }
            let sent: Value = serde_json::from_slice(sent).unwrap();
            if version(&sent) != version(&self.object) {
                let status = json!({
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 409, "reason": "Conflict",
                    "message": "the object has been modified; please apply your changes to the latest version",
                });
                return (409, status);
            }
            self.object = sent.clone();
            (200, sent)
        }
    }

    fn client(stored: Arc<Mutex<Stored>>) -> Client {
        let answer = tower::service_fn(move |request: Request<Body>| {
            let stored = Arc::clone(&stored);
            async move {
                let (parts, body) = request.into_parts();
                let sent = body.collect_bytes().await.unwrap();
                let (code, answer) = stored.lock().unwrap().answer(&parts.method, &sent);
                let body = Body::from(answer.to_string().into_bytes());
                Ok::<_, Infallible>(Response::builder().status(code).body(body).unwrap())
            }
        });
        Client::new(answer, "default")
    }

    #[tokio::test]
    async fn what_others_write_meanwhile_stays() {
        let asked = Options { replicas: Some(3), ..Options::new(Kind::Replicated) };
        for (writes, replicas) in [(0, Some(3)), (1, Some(3)), (3, Some(3)), (99, None)] {
            let stored = Arc::new(Mutex::new(Stored { object: stateful_set(), writes }));
            let objects = Objects::new(client(Arc::clone(&stored)), MANAGER);
            let found = serde_json::from_value(stateful_set()).unwrap();
            let changed = change(&objects, &stateful_set(), &found, &asked).await;
            let stored = &stored.lock().unwrap().object;
            if let Some(replicas) = replicas {
                assert!(changed.unwrap(), "{writes}");
                assert_eq!(stored["spec"]["replicas"], replicas, "{writes}");
                assert_eq!(stored["status"].is_object(), writes > 0, "{stored}");
            } else {
                let said = changed.unwrap_err().to_string();
                assert!(said.contains("StatefulSet shop/mysql") && said.contains("has been modified"), "{said}");
            }
        }
    }
}
