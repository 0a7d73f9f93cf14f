//! How long a server may take to start, and how long its author gives it.

use tidegate_policy::{Container, Probe, Server, Workload};

/// Twelve hours, as long as Percona's images give a node that joins.
const SLOW_START: u32 = 12 * 60 * 60;
/// Where the images look for dumps to load before the server listens.
const INITIAL_DUMPS: &str = "/docker-entrypoint-initdb.d";
/// Volumes that hold a megabyte at most (`MaxSecretSize` in the API server): soon loaded.
const SMALL_VOLUMES: &[&str] = &["configMap", "secret", "projected", "downwardAPI"];
/// Galera's group communication, incremental and whole copies (its documentation, "Firewall
/// Settings").
const GALERA_PORTS: &[u32] = &[4567, 4568, 4444];

/// What the API server fills in where a probe does not say (`SetDefaults_Probe`).
const DEFAULT_PERIOD: u32 = 10;
const DEFAULT_FAILURES: u32 = 3;

/// How many seconds a liveness probe gives a server from the container's start to its end.
pub(crate) fn given_by(liveness: &Probe) -> u32 {
    let period = liveness.period.unwrap_or(DEFAULT_PERIOD);
    let failures = liveness.failure_threshold.unwrap_or(DEFAULT_FAILURES);
    liveness.initial_delay.unwrap_or(0).saturating_add(period.saturating_mul(failures))
}

/// The least that a server needs which does more before it listens than to recover: a Galera node
/// copies the whole database first, and a first start loads whatever dump is mounted. Killed in
/// it, it begins anew, or stays half filled.
pub(crate) fn needed_by(workload: &Workload, container: &Container, server: &Server) -> u32 {
    if is_galera(container, server) || loads_a_dump(workload, container) { SLOW_START } else { 0 }
}

fn is_galera(container: &Container, server: &Server) -> bool {
    server.flavor == "percona-xtradb-cluster"
        || server.options.iter().any(|option| option.name.starts_with("wsrep"))
        || container.ports.iter().any(|port| GALERA_PORTS.contains(&port.container_port))
        || container.env.iter().any(|variable| variable.name.starts_with("WSREP_") || variable.name.contains("GALERA"))
}

fn loads_a_dump(workload: &Workload, container: &Container) -> bool {
    container
        .mounts
        .iter()
        .filter(|mount| mount.path.starts_with(INITIAL_DUMPS))
        .any(|mount| workload.mounted(mount).is_none_or(|volume| !SMALL_VOLUMES.contains(&volume.kind.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn liveness(initial_delay: Option<u32>, period: Option<u32>, failure_threshold: Option<u32>) -> Probe {
        Probe {
            at: "/spec/containers/0/livenessProbe".into(),
            kind: "exec".into(),
            command: vec![],
            port: None,
            initial_delay,
            period,
            timeout: None,
            failure_threshold,
        }
    }

    #[test]
    fn counts_as_the_kubelet_does() {
        assert_eq!(given_by(&liveness(None, None, None)), 30);
        assert_eq!(given_by(&liveness(Some(30), Some(10), None)), 60);
        assert_eq!(given_by(&liveness(Some(3600), Some(10), Some(6))), 3660);
        assert_eq!(given_by(&liveness(Some(u32::MAX), Some(u32::MAX), Some(2))), u32::MAX);
    }
}
