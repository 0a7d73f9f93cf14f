//! The typed workload, as the contract has it: field by field.

use serde_json::Value;

use crate::wasm::bindings::tidegate::policy::types as contract;
use crate::workload;

/// The pods that an object runs.
pub(super) fn workload(workload: &workload::Workload) -> contract::Workload {
    contract::Workload {
        template: workload.template.clone(),
        pod_spec: workload.pod_spec.clone(),
        pod_labels: workload.pod_labels.clone(),
        replicas: workload.replicas,
        strategy: workload.strategy.clone(),
        service_name: workload.service_name.clone(),
        immutable: workload.immutable,
        containers: workload.containers.iter().map(container).collect(),
        volumes: workload.volumes.iter().map(volume).collect(),
        claims: workload.claims.iter().map(claim).collect(),
        termination_grace_period: workload.termination_grace_period,
        host_network: workload.host_network,
        extra: Vec::new(),
    }
}

fn container(container: &workload::Container) -> contract::Container {
    contract::Container {
        at: container.at.clone(),
        name: container.name.clone(),
        placement: container.placement.as_str().to_owned(),
        image: container.image.clone(),
        image_reference: container.image_reference.as_ref().map(|image| contract::ImageReference {
            registry: image.registry.clone(),
            repository: image.repository.clone(),
            tag: image.tag.clone(),
            digest: image.digest.clone(),
        }),
        role: role(&container.role),
        command: container.command.clone(),
        args: container.args.clone(),
        env: container.env.iter().map(variable).collect(),
        env_from: container
            .env_from
            .iter()
            .map(|source| contract::EnvFrom {
                kind: source.kind.clone(),
                name: source.name.clone(),
                prefix: source.prefix.clone(),
            })
            .collect(),
        mounts: container.mounts.iter().map(mount).collect(),
        ports: container
            .ports
            .iter()
            .map(|port| contract::Port {
                at: port.at.clone(),
                name: port.name.clone(),
                container_port: port.container_port,
                host_port: port.host_port,
            })
            .collect(),
        startup_probe: container.startup_probe.as_ref().map(probe),
        liveness_probe: container.liveness_probe.as_ref().map(probe),
        readiness_probe: container.readiness_probe.as_ref().map(probe),
        extra: Vec::new(),
    }
}

fn role(role: &workload::Role) -> contract::Role {
    match role {
        workload::Role::Server(found) => contract::Role::Server(server(found)),
        workload::Role::Client => contract::Role::Client,
        workload::Role::Exporter => contract::Role::Exporter,
        workload::Role::Backup => contract::Role::Backup,
        workload::Role::Application => contract::Role::Application,
        workload::Role::Other(name) => contract::Role::Other(name.clone()),
    }
}

fn server(server: &workload::Server) -> contract::Server {
    contract::Server {
        flavor: server.flavor.name.to_owned(),
        product: server.flavor.product.as_str().to_owned(),
        version: server.version.map(|version| contract::Version {
            major: version.major,
            minor: version.minor,
            patch: version.patch,
        }),
        data_directory: server.data_directory.clone(),
        data_volume: server.data_volume.as_ref().map(mount),
        user_id: server.flavor.user_id,
        options: server
            .options
            .iter()
            .map(|option| contract::ServerOption {
                name: option.name.clone(),
                value: option.value.clone(),
                at: option.at.clone(),
            })
            .collect(),
        options_at: server.options_at.clone(),
        option_files: server.option_files,
        port: server.port,
        extra: server_extra(server),
    }
}

/// What the contract keeps in `extra` of a server.
fn server_extra(server: &workload::Server) -> Vec<(String, String)> {
    let mut extra = Vec::new();
    let mut add = |name: &str, value: Value| extra.push((name.to_owned(), value.to_string()));
    if let Some(command) = server.flavor.healthcheck() {
        add("healthcheck", command.into());
    }
    if let Some((client, admin)) = server.programs {
        add("client", client.into());
        add("admin", admin.into());
    }
    if server.script {
        add("script", true.into());
    }
    if !server.possible_options.is_empty() {
        add("possible-options", serde_json::to_value(&server.possible_options).unwrap_or_default());
    }
    extra
}

fn variable(variable: &workload::EnvVar) -> contract::EnvVar {
    contract::EnvVar {
        at: variable.at.clone(),
        name: variable.name.clone(),
        value: variable.value.as_ref().map(|value| match value {
            workload::EnvValue::Plain(text) => contract::EnvValue::Plain(text.clone()),
            workload::EnvValue::Withheld { empty, references } => {
                contract::EnvValue::Withheld(contract::WithheldValue { empty: *empty, references: *references })
            }
        }),
        value_from: variable.value_from.as_ref().map(|source| contract::EnvSource {
            kind: source.kind.clone(),
            name: source.name.clone(),
            key: source.key.clone(),
            optional: source.optional,
        }),
        credential: variable.credential,
    }
}

fn mount(mount: &workload::Mount) -> contract::Mount {
    contract::Mount {
        at: mount.at.clone(),
        volume: mount.volume.clone(),
        path: mount.path.clone(),
        sub_path: mount.sub_path.clone(),
        read_only: mount.read_only,
    }
}

fn probe(probe: &workload::Probe) -> contract::Probe {
    contract::Probe {
        at: probe.at.clone(),
        kind: probe.kind.clone(),
        command: probe.command.clone(),
        port: probe.port.clone(),
        initial_delay: probe.initial_delay,
        period: probe.period,
        timeout: probe.timeout,
        failure_threshold: probe.failure_threshold,
    }
}

fn volume(volume: &workload::Volume) -> contract::Volume {
    contract::Volume {
        at: volume.at.clone(),
        name: volume.name.clone(),
        kind: volume.kind.clone(),
        source: volume.source.clone(),
    }
}

fn claim(claim: &workload::Claim) -> contract::Claim {
    contract::Claim {
        at: claim.at.clone(),
        name: claim.name.clone(),
        storage_class: claim.storage_class.clone(),
        access_modes: claim.access_modes.clone(),
        storage: claim.storage.clone(),
    }
}
