//! The conditions of a webhook, read from its file and evaluated.

use std::path::Path;
use std::sync::Arc;

use cel::{Context, Env, Program, Value as CelValue};
use serde_json::{Value, json};
use tidegate::workload::{Role, Workload, withheld};

pub(crate) const FILES: [&str; 2] = ["70-mutating-webhook.yaml", "80-validating-webhook.yaml"];

/// The conditions of one webhook.
pub(crate) struct Conditions {
    env: Arc<Env>,
    programs: Vec<(String, Program)>,
}

impl Conditions {
    /// Those of the webhooks for what runs pods.
    pub(crate) fn read() -> Self {
        Self::of(&webhook(FILES[0]))
    }

    /// Those of one webhook.
    pub(crate) fn of(webhook: &Value) -> Self {
        let mut env = Env::stdlib();
        cel::extensions::strings(&mut env).unwrap();
        let env = Arc::new(env);
        let programs = webhook["matchConditions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|condition| {
                let expression = condition["expression"].as_str().unwrap();
                let program = env.compile(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
                (condition["name"].as_str().unwrap().to_owned(), program)
            })
            .collect();
        Self { env, programs }
    }

    /// The names of the conditions that keep the request away from the gate.
    pub(crate) fn against(&self, object: &Value, old: Option<&Value>) -> Vec<&str> {
        let kind = object["kind"].as_str().unwrap();
        let operation = if old.is_some() { "UPDATE" } else { "CREATE" };
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable("request", json!({ "operation": operation, "kind": { "kind": kind } })).unwrap();
        context.add_variable("object", object).unwrap();
        context.add_variable("oldObject", old.unwrap_or(&Value::Null)).unwrap();
        let falses = self.programs.iter().filter(|(name, program)| match program.execute(&context) {
            Ok(CelValue::Bool(matches)) => !matches,
            // The API server would refuse the object, whosever it is.
            other => panic!("{name} is {other:?} for {object}"),
        });
        falses.map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn asks_the_gate(&self, object: &Value) -> bool {
        self.against(object, None).is_empty()
    }
}

/// The webhook for what runs pods: the first one of a file.
pub(crate) fn webhook(file: &str) -> Value {
    webhooks(file).remove(0)
}

/// All webhooks of a file.
pub(crate) fn webhooks(file: &str) -> Vec<Value> {
    configuration(file)["webhooks"].as_array().unwrap().clone()
}

/// A file as it is applied.
pub(crate) fn configuration(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy").join(file);
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Whether the gate might find something: a container with a role, or a credential.
pub(crate) fn concerns_mysql(object: &Value) -> bool {
    let workload = Workload::read(object, &withheld(object), false, &|_| None).unwrap().unwrap();
    workload.containers.iter().any(|container| {
        !matches!(container.role, Role::Other(_)) || container.env.iter().any(|variable| variable.credential)
    })
}
