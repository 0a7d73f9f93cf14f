//! Commands in pods. No password is among them, nor in what they print: they are read where they are needed.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, AttachParams};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::DeployError;
use crate::objects::Objects;

/// A client that does not come to an end is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is read of an answer at most, in bytes.
const LONGEST: u64 = 1 << 20;

/// Runs a command in a pod's container. What it prints is the answer.
///
/// # Errors
/// [`DeployError::Exec`] with what it said, if it cannot be run or fails.
pub(super) async fn run(
    objects: &Objects,
    namespace: &str,
    pod: &str,
    container: &str,
    command: &[&str],
) -> Result<String, DeployError> {
    let problem = |problem: String| DeployError::Exec { pod: format!("{namespace}/{pod}"), problem };
    let outcome = tokio::time::timeout(PATIENCE, attached(objects, namespace, pod, container, command)).await;
    match outcome {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(said)) => Err(problem(said)),
        Err(_) => Err(problem(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

async fn attached(
    objects: &Objects,
    namespace: &str,
    pod: &str,
    container: &str,
    command: &[&str],
) -> Result<String, String> {
    let pods: Api<Pod> = Api::namespaced(objects.client(), namespace);
    let parameters = AttachParams::default().container(container).stdin(false).stdout(true).stderr(true);
    let mut process = pods.exec(pod, command.iter().copied(), &parameters).await.map_err(|error| said_by(&error))?;
    let (out, err) = (process.stdout(), process.stderr());
    let status = process.take_status();
    let (out, err) = tokio::join!(read(out), read(err));
    let is_success = match status {
        Some(status) => status.await.is_some_and(|status| status.status.as_deref() == Some("Success")),
        None => false,
    };
    if is_success { Ok(out) } else { Err(said(&err, &out)) }
}

fn said_by(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}

/// The last line that says something: of the errors, if there are some.
fn said(err: &str, out: &str) -> String {
    let mut lines = out.lines().chain(err.lines()).map(str::trim);
    lines.rfind(|line| !line.is_empty()).unwrap_or("the command failed, and said nothing").to_owned()
}

async fn read(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // What came until the connection broke is as good as it gets: the status says whether it is whole.
        let _ = stream.take(LONGEST).read_to_end(&mut bytes).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
