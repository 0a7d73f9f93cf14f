//! `tidegate demo`: the gate at work over TLS, without a cluster.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::Value;

use super::policies::{self, PolicyArguments};
use crate::demo::{Examples, Input, run as show};
use crate::yaml;

/// The arguments of `demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate demo\n  tidegate demo mysql.yaml\n  \
    tidegate demo --policy policies.yaml mysql.yaml")]
pub(crate) struct DemoArguments {
    /// Manifests to apply; without any, those of the project's examples.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    policies: PolicyArguments,
}

/// Tells the story on standard output.
pub(crate) fn run(arguments: DemoArguments) -> anyhow::Result<ExitCode> {
    let DemoArguments { files, policies } = arguments;
    let inputs = files
        .into_iter()
        .map(|path| {
            let file = path.display().to_string();
            let text = std::fs::read_to_string(&path).with_context(|| format!("{file} cannot be read"))?;
            Ok(Input { objects: objects(&file, &text)?, file })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let examples = Examples {
        deployment: objects("mysql-deployment.yaml", include_str!("../../examples/mysql-deployment.yaml"))?,
        stateful_set: objects("mysql-statefulset.yaml", include_str!("../../examples/mysql-statefulset.yaml"))?,
        mended: objects("mysql-statefulset-mended.yaml", include_str!("../../examples/mysql-statefulset-mended.yaml"))?,
        client: objects("mysql-client.yaml", include_str!("../../examples/mysql-client.yaml"))?,
        nginx: objects("nginx-deployment.yaml", include_str!("../../examples/nginx-deployment.yaml"))?,
    };
    let policies = policies::load(&policies)?;
    let runtime = tokio::runtime::Runtime::new().context("no threads")?;
    let program = std::env::args().next().unwrap_or_else(|| "tidegate".to_owned());
    runtime.block_on(show(inputs, examples, policies, &program, &mut anstream::stdout().lock()))?;
    Ok(ExitCode::SUCCESS)
}

/// The objects of a text, those of Lists one by one.
fn objects(file: &str, text: &str) -> anyhow::Result<Vec<Value>> {
    let mut objects = Vec::new();
    for document in yaml::parse(text) {
        let document = document.map_err(|problem| anyhow::anyhow!("{file}: {problem}"))?;
        match document.value {
            Value::Object(mut list) if list.get("kind").and_then(Value::as_str) == Some("List") => {
                objects
                    .extend(list.remove("items").and_then(|items| Some(items.as_array()?.clone())).unwrap_or_default());
            }
            object => objects.push(object),
        }
    }
    if let Some(stranger) =
        objects.iter().position(|object| object.pointer("/metadata/name").and_then(Value::as_str).is_none())
    {
        bail!("{file}: document {} is no Kubernetes object with a name", stranger + 1);
    }
    Ok(objects)
}
