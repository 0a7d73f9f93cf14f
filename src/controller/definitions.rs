//! The CustomResourceDefinitions, made from the Rust types; `webhook-deploy/05-crds.yaml` is their text.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use serde_json::{Value, json};

use super::exception_resource::PolicyException;
use super::resource::ClusterPolicy;
use super::validations::validations;

/// What the file with the definitions begins with.
const HEAD: &str = "\
# The kinds of objects that the gate follows: policies, and exceptions from them. Made from the types in src/ by\n\
# `make docs`. They come before all else here, so that the gate finds them when it starts; applied later, it finds\n\
# them as well. To delete one deletes all objects of its kind.\n";

/// The gate's CustomResourceDefinitions.
///
/// # Errors
/// If a type has no form as JSON; that shows at the first call, whatever the input.
pub fn definitions() -> Result<Vec<Value>, serde_json::Error> {
    let mut policy = plain(&ClusterPolicy::crd())?;
    if let Some(schema) = policy.pointer_mut("/spec/versions/0/schema/openAPIV3Schema") {
        schema["x-kubernetes-validations"] = Value::Array(validations().map(|rule| json!(rule)).collect());
    }
    Ok(vec![policy, plain(&PolicyException::crd())?])
}

/// The definitions as the YAML that is applied.
///
/// # Errors
/// As [`definitions`].
pub fn definitions_yaml() -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let mut text = HEAD.to_owned();
    for definition in definitions()? {
        text.push_str("---\n");
        let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
        text.push_str(&serde_saphyr::to_string_with_options(&definition, options)?);
    }
    Ok(text)
}

/// A definition with its label, and with a schema that is no more than needed.
fn plain(definition: &CustomResourceDefinition) -> Result<Value, serde_json::Error> {
    let mut definition = serde_json::to_value(definition)?;
    definition["metadata"]["labels"] = json!({ "app.kubernetes.io/name": "tidegate" });
    if let Some(schema) = definition.pointer_mut("/spec/versions/0/schema/openAPIV3Schema") {
        simplify(schema);
    }
    Ok(definition)
}

/// Takes defaults away that are no plain values: the API server would write an empty `match` with all its parts into
/// each stored object. What `kubectl explain` shows is one line for each field.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("type").is_some_and(Value::is_string)
                && fields.get("default").is_some_and(|value| value.is_object() || value.is_array() || value.is_null())
            {
                fields.remove("default");
            }
            // Beside `additionalProperties` the API server prunes what is deeper inside.
            if fields.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true)) {
                fields.remove("additionalProperties");
            }
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            fields.values_mut().for_each(simplify);
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        _ => {}
    }
}
