//! Reads one container of a pod.

use serde_json::Value;

use super::credential;
use super::expansion::{has_references, is_placeholder};
use super::image::ImageReference;
use super::json::{Misfit, Node};
use super::model::{Container, EnvFrom, EnvSource, EnvValue, EnvVar, Mount, Placement, Port, Probe, Role};
use super::read::PodVolumes;
use super::role::{Purpose, Signs, purpose};
use super::server::{Surroundings, clean_path, describe};
use super::withhold::WITHHELD;

/// Reads a container. `shown` is the container with its credentials withheld, `original` the one
/// that arrived: of the original only what a variable's value *is* is looked at, never kept.
pub(super) fn read(
    shown: &Node<'_>,
    original: Option<&Value>,
    placement: Placement,
    volumes: &PodVolumes<'_>,
    before: &[Vec<Mount>],
) -> Result<Container, Misfit> {
    let image = shown.text("image")?.unwrap_or_default().to_owned();
    let image_reference = ImageReference::parse(&image);
    let command = shown.texts("command")?;
    let args = shown.texts("args")?;
    let original_env = original.and_then(|container| container.get("env"));
    let mut env = shown
        .nodes("env")?
        .iter()
        .enumerate()
        .map(|(index, node)| variable(node, original_env.and_then(|env| env.get(index)?.get("value"))))
        .collect::<Result<Vec<_>, _>>()?;
    mark_generic_passwords(&mut env);
    let mounts = shown.nodes("volumeMounts")?.iter().map(mount).collect::<Result<Vec<_>, _>>()?;
    let ports = shown.nodes("ports")?.iter().map(port).collect::<Result<Vec<_>, _>>()?;

    let signs = Signs {
        placement,
        image: image_reference.as_ref(),
        command: &command,
        args: &args,
        env: &env,
        mounts: &mounts,
        ports: &ports,
    };
    let role = match purpose(&signs) {
        Purpose::Server { flavor, version, invocation } => {
            let surroundings = Surroundings {
                at: &shown.at,
                command: &command,
                args: &args,
                env: &env,
                mounts: &mounts,
                volumes: volumes.volumes,
                volume_files: volumes.files,
                before,
                config_maps: volumes.config_maps,
            };
            Role::Server(Box::new(describe(flavor, version, &invocation, &surroundings)))
        }
        Purpose::Client => Role::Client,
        Purpose::Exporter => Role::Exporter,
        Purpose::Backup => Role::Backup,
        Purpose::Application => Role::Application,
        Purpose::Other => Role::Other(String::new()),
    };
    Ok(Container {
        at: shown.at.clone(),
        name: shown.text("name")?.unwrap_or_default().to_owned(),
        placement,
        image,
        image_reference,
        role,
        command,
        args,
        env,
        env_from: shown.nodes("envFrom")?.iter().map(env_from).collect::<Result<_, _>>()?,
        mounts,
        ports,
        startup_probe: probe(shown, "startupProbe")?,
        liveness_probe: probe(shown, "livenessProbe")?,
        readiness_probe: probe(shown, "readinessProbe")?,
    })
}

fn variable(node: &Node<'_>, original: Option<&Value>) -> Result<EnvVar, Misfit> {
    let name = node.text("name")?.unwrap_or_default().to_owned();
    // The type is checked on what arrived: a withheld number must not pass for a text.
    if original.is_some_and(|value| !value.is_string() && !value.is_null()) {
        return Err(Misfit { at: node.pointer("value"), expected: "a text; put it in quotes" });
    }
    let literal = original.and_then(Value::as_str);
    let value = node.text("value")?.map(|shown| match literal {
        Some(text) if shown == WITHHELD && text != WITHHELD => {
            EnvValue::Withheld { empty: text.is_empty(), references: has_references(text) || is_placeholder(text) }
        }
        Some("") if credential::is_known_credential(&name) => EnvValue::Withheld { empty: true, references: false },
        _ => EnvValue::Plain(shown.to_owned()),
    });
    let source = node.child("valueFrom")?;
    let value_from = match source.keys().next() {
        None => None,
        Some(kind) => {
            let reference = source.child(kind)?;
            Some(EnvSource {
                kind: kind.to_owned(),
                name: reference.text("name")?.map(str::to_owned),
                key: reference.text("key")?.map(str::to_owned),
                optional: reference.flag("optional")?,
            })
        }
    };
    let credential = credential::is_credential(&name, literal.unwrap_or_default());
    Ok(EnvVar { at: node.at.clone(), name, value, value_from, credential })
}

/// `DB_PASSWORD` and its like are MySQL's if another variable of the container says so.
fn mark_generic_passwords(env: &mut [EnvVar]) {
    let says = |variable: &EnvVar, of: fn(&str) -> bool| matches!(&variable.value, Some(EnvValue::Plain(text)) if text.len() <= 200 && of(text));
    // Where another database is named as well, nobody can say whose the password is.
    if !env.iter().any(|variable| says(variable, credential::is_generic_evidence))
        || env.iter().any(|variable| says(variable, credential::names_another_database))
    {
        return;
    }
    let is_generic = |name: &str| credential::is_generic_password(name) && !credential::names_another_database(name);
    for variable in env.iter_mut().filter(|variable| is_generic(&variable.name)) {
        variable.credential = true;
    }
}

fn env_from(node: &Node<'_>) -> Result<EnvFrom, Misfit> {
    let kind = if node.has("configMapRef") { "configMapRef" } else { "secretRef" };
    Ok(EnvFrom {
        kind: kind.to_owned(),
        name: node.child(kind)?.text("name")?.unwrap_or_default().to_owned(),
        prefix: node.text("prefix")?.unwrap_or_default().to_owned(),
    })
}

fn mount(node: &Node<'_>) -> Result<Mount, Misfit> {
    Ok(Mount {
        at: node.at.clone(),
        volume: node.text("name")?.unwrap_or_default().to_owned(),
        path: clean_path(node.text("mountPath")?.unwrap_or_default()),
        sub_path: node.text("subPath")?.or(node.text("subPathExpr")?).map(str::to_owned),
        read_only: node.flag("readOnly")?,
    })
}

fn port(node: &Node<'_>) -> Result<Port, Misfit> {
    Ok(Port {
        at: node.at.clone(),
        name: node.text("name")?.map(str::to_owned),
        container_port: node.number("containerPort")?.unwrap_or_default(),
        host_port: node.number("hostPort")?,
    })
}

fn probe(container: &Node<'_>, key: &str) -> Result<Option<Probe>, Misfit> {
    if !container.has(key) {
        return Ok(None);
    }
    let node = container.child(key)?;
    let kind = ["exec", "tcpSocket", "httpGet", "grpc"].into_iter().find(|kind| node.has(kind)).unwrap_or_default();
    let action = node.child(if kind.is_empty() { "exec" } else { kind })?;
    Ok(Some(Probe {
        at: node.at.clone(),
        kind: kind.to_owned(),
        command: action.texts("command")?,
        port: action.number_or_text("port")?,
        initial_delay: node.number("initialDelaySeconds")?,
        period: node.number("periodSeconds")?,
        timeout: node.number("timeoutSeconds")?,
        failure_threshold: node.number("failureThreshold")?,
    }))
}
