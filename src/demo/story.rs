//! What is sent, in which order, and what it is meant to show.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::DemoError;
use super::api_server::ApiServer;
use super::gate::{self, RunningGate};
use super::show;
use super::world::World;
use crate::lookup::Lookup;
use crate::policy::PolicySet;

/// A file whose objects are applied.
pub struct Input {
    /// Its name.
    pub file: String,
    /// Its objects, in order.
    pub objects: Vec<Value>,
}

/// Applies the inputs, each twice if it can change; without any, tells the story of the manifests under `examples/`.
/// `program` is how the reader started this.
///
/// # Errors
/// [`DemoError`] if the gate cannot be started or asked.
pub async fn run(
    inputs: Vec<Input>,
    examples: Examples,
    policies: Arc<PolicySet>,
    program: &str,
    out: &mut impl Write,
) -> Result<(), DemoError> {
    let world = Arc::new(World::default());
    let number = policies.len();
    let gate = gate::start(policies, Arc::clone(&world) as Arc<dyn Lookup>).await?;
    let mut stage =
        Stage { api_server: ApiServer::new(&gate)?, gate, world: Arc::clone(&world), shown: BTreeSet::new(), out };
    show::opening(stage.out, stage.gate.address, number)?;
    if inputs.is_empty() {
        tell(&mut stage, &world, examples).await?;
    } else {
        world.put(storage_class("standard"));
        for input in &inputs {
            stage.apply(&input.file, &input.objects, "").await?;
            let again: Vec<_> = input.objects.iter().filter(|object| can_change(object)).cloned().collect();
            if !again.is_empty() {
                stage.apply(&input.file, &again, "The same file again.").await?;
            }
        }
    }
    show::closing(stage.out, program)
}

/// The manifests of the story, parsed.
pub struct Examples {
    /// `examples/mysql-deployment.yaml`.
    pub deployment: Vec<Value>,
    /// `examples/mysql-statefulset.yaml`.
    pub stateful_set: Vec<Value>,
    /// `examples/mysql-statefulset-mended.yaml`.
    pub mended: Vec<Value>,
    /// `examples/mysql-client.yaml`.
    pub client: Vec<Value>,
    /// `examples/nginx-deployment.yaml`.
    pub nginx: Vec<Value>,
}

async fn tell<W: Write>(stage: &mut Stage<'_, W>, world: &World, examples: Examples) -> Result<(), DemoError> {
    world.put(storage_class("gp3"));
    for namespace in ["default", "mysql"] {
        world.put(json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } }));
    }
    stage
        .apply("mysql-deployment.yaml", &examples.deployment, "A single MySQL, its root password in plain text.")
        .await?;
    stage
        .apply("mysql-deployment.yaml", &examples.deployment, "The same file again: nothing moves, nothing restarts.")
        .await?;
    stage
        .apply(
            "mysql-statefulset.yaml",
            &examples.stateful_set,
            "A replicated MySQL as a tutorial has it: open to everybody, on a storage class that does not exist.",
        )
        .await?;
    world.put(storage_class("mysql-gp2"));
    for (kind, name) in [("Secret", "mysql-root"), ("ConfigMap", "mysql-config"), ("Service", "mysql")] {
        world.put(json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name, "namespace": "mysql" } }));
    }
    stage
        .apply(
            "mysql-statefulset-mended.yaml",
            &examples.mended,
            "With a password, without the open port, and once somebody has made what it needs.",
        )
        .await?;
    stage.apply("mysql-client.yaml", &examples.client, "A Pod meant as a client; in truth a second server.").await?;
    stage.apply("nginx-deployment.yaml", &examples.nginx, "Nothing of MySQL in it.").await
}

struct Stage<'a, W> {
    gate: RunningGate,
    api_server: ApiServer,
    world: Arc<World>,
    /// Entries of Secrets that were shown already.
    shown: BTreeSet<String>,
    out: &'a mut W,
}

impl<W: Write> Stage<'_, W> {
    async fn apply(&mut self, file: &str, objects: &[Value], about: &str) -> Result<(), DemoError> {
        show::command(self.out, file, about)?;
        for object in objects {
            let outcome = self.api_server.apply(object).await?;
            show::outcome(self.out, &outcome)?;
            if let Some(stored) = outcome.stored {
                self.world.put(stored);
            }
            for (secret, keys) in self.gate.secrets.keys() {
                for key in keys {
                    if self.shown.insert(format!("{secret} {key}")) {
                        show::secret(self.out, &secret.to_string(), &key)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// What a stored Pod or Job runs can no longer change; kubectl sends only what differs, and this
/// demonstration sends whole files.
fn can_change(object: &Value) -> bool {
    !matches!(object["kind"].as_str(), Some("Pod" | "Job"))
}

fn storage_class(name: &str) -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": { "name": name, "annotations": { "storageclass.kubernetes.io/is-default-class": if name == "mysql-gp2" { "false" } else { "true" } } },
        "provisioner": "ebs.csi.aws.com",
    })
}
