//! How a server can be asked whether it is there, without harm.

use tidegate_policy::{Container, Server, Value, json};

use crate::settings::{Check, Readiness, Settings, Timing};

/// Who asks. Nobody by that name has an account, so that no account is locked by the failed
/// logins: on MySQL 9.7 three pings as `root` locked a `root` with `FAILED_LOGIN_ATTEMPTS 3`.
/// At most 16 letters, for 5.6.
pub(crate) const NOBODY: &str = "-utidegate-ping";
/// The port that the programs ask without being told.
const DEFAULT_PORT: u32 = 3306;

/// A way to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asking {
    /// A program of the image. The exit code of `ping` is 0 also when the login is denied.
    Ping { program: &'static str, port: u32 },
    /// A bare TCP connection by the kubelet.
    Tcp { port: u32 },
    /// A query as root.
    Query { script: String },
}

impl Asking {
    /// The startup and liveness probe's way, or why there is none.
    pub(crate) fn alive(container: &Container, server: &Server, settings: &Settings) -> Result<Self, &'static str> {
        let port = port(container, server)?;
        if settings.check == Check::Tcp {
            return Ok(Self::Tcp { port });
        }
        match program(server).filter(|_| may_ping(container, server)) {
            Some(program) => Ok(Self::Ping { program, port }),
            None if may_connect(server) => Ok(Self::Tcp { port }),
            None => Err("the image is not known to have a program that asks, and bare TCP connections could make \
                         the server block its node (error 1129)"),
        }
    }

    /// The readiness probe's way, or why there is none.
    pub(crate) fn ready(container: &Container, server: &Server, settings: &Settings) -> Result<Self, &'static str> {
        match settings.readiness {
            Readiness::Tcp => Ok(Self::Tcp { port: port(container, server)? }),
            Readiness::Query => match query(container, server) {
                Some(script) => Ok(Self::Query { script }),
                None => Self::alive(container, server, settings),
            },
            Readiness::Ping => Self::alive(container, server, settings),
        }
    }

    /// How an author writes it, for a sentence.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Ping { program, port } => {
                let port = port_argument(*port).map_or_else(String::new, |port| format!(" {port}"));
                format!("exec with {program} --no-defaults ping -h127.0.0.1 {NOBODY}{port}, which needs no account")
            }
            Self::Tcp { port } => format!("tcpSocket with port {port}"),
            Self::Query { script } => format!("exec with sh -c '{script}'"),
        }
    }

    /// The probe that asks so.
    pub(crate) fn probe(&self, timing: Timing) -> Value {
        let (kind, handler) = match self {
            Self::Ping { program, port } => ("exec", json!({ "command": ping(program, *port) })),
            Self::Tcp { port } => ("tcpSocket", json!({ "port": port })),
            Self::Query { script } => ("exec", json!({ "command": ["sh", "-c", script] })),
        };
        json!({
            kind: handler,
            "periodSeconds": timing.period_seconds,
            "failureThreshold": timing.failure_threshold,
            "timeoutSeconds": timing.timeout_seconds,
        })
    }
}

/// By the loopback address: the entrypoint's temporary server does not listen there, and the
/// server's host cache does not count it. Without option files, whose `[client]` may ask for
/// certificates that do not fit this address.
fn ping(program: &str, port: u32) -> Vec<String> {
    let words = [program, "--no-defaults", "ping", "-h127.0.0.1", NOBODY].map(str::to_owned);
    words.into_iter().chain(port_argument(port)).collect()
}

/// The argument that names a port, if it has to be named.
pub(crate) fn port_argument(port: u32) -> Option<String> {
    (port != DEFAULT_PORT).then(|| format!("-P{port}"))
}

/// The port on which the server listens also at the loopback address, if that is sure.
pub(crate) fn port(container: &Container, server: &Server) -> Result<u32, &'static str> {
    const UNSURE: &str = "the TCP port on which the server listens cannot be told from the manifest";
    if server.flavor == "unknown" {
        return Err("the image is not one that tidegate knows");
    }
    let port = server.port.ok_or(UNSURE)?;
    // Since 8.0.3 a server without grant tables has no network either.
    if server.option("skip-grant-tables").is_some() {
        return Err("the server runs with skip-grant-tables, and then without a network");
    }
    let declared = container.ports.iter().any(|declared| declared.container_port == port);
    let told = declared || server.option("port").is_some();
    if server.option_files && !told || moves_by_variable(container) && !declared { Err(UNSURE) } else { Ok(port) }
}

/// Bitnami's images take the port and the address from variables.
fn moves_by_variable(container: &Container) -> bool {
    ["MYSQL", "MARIADB"].iter().any(|product| {
        ["PORT_NUMBER", "BIND_ADDRESS", "EXTRA_FLAGS"]
            .iter()
            .any(|name| container.variable(&format!("{product}_{name}")).is_some())
    })
}

/// The program that the image is sure to have.
///
/// `mariadb-admin` is there since 10.5, and since 11 it is the only one (mariadb-docker#512).
fn program(server: &Server) -> Option<&'static str> {
    match server.flavor.as_str() {
        "mysql" | "oracle" | "percona" => Some("mysqladmin"),
        "mariadb" if server.at_least(10, 5).is_yes() => Some("mariadb-admin"),
        "mariadb" if server.before(11, 0).is_yes() => Some("mysqladmin"),
        _ => None,
    }
}

/// Whether a login that fails is answered at once, and as a failed login.
///
/// `connection_control` answers later each time (on MySQL 9.7 the ninth ping took six seconds), and
/// with a password in `MYSQL_PWD` and TLS off the program gives up before the server answers.
fn may_ping(container: &Container, server: &Server) -> bool {
    container.variable("MYSQL_PWD").is_none()
        && !server.options.iter().any(|option| {
            option.name.starts_with("connection-control")
                || option.value.as_ref().is_some_and(|value| value.contains("connection_control"))
        })
}

/// Whether bare TCP connections do no harm: a server that resolves names counts them as errors of
/// the node and blocks it after a hundred without a login (`max_connect_errors`; tried on MariaDB
/// 10.11). These images turn the resolving off in an option file of their own.
fn may_connect(server: &Server) -> bool {
    let by_image = matches!(server.flavor.as_str(), "mysql" | "mariadb" | "bitnami-mysql" | "bitnami-mariadb");
    server.option("skip-name-resolve").is_some() || by_image && !server.option_files
}

/// A query with the password of the environment, where root may come by TCP and its password is
/// where the image expects it. Oracle's image lets root in from `localhost` only.
fn query(container: &Container, server: &Server) -> Option<String> {
    let port = port(container, server).ok()?;
    let set = |name: &str| container.variable(name).is_some_and(tidegate_policy::EnvVar::is_set);
    if ["MYSQL_ROOT_HOST", "MARIADB_ROOT_HOST", "MYSQL_ONETIME_PASSWORD"].into_iter().any(set) {
        return None;
    }
    let (client, variables): (_, &[&str]) = match program(server)? {
        _ if server.flavor == "oracle" => return None,
        "mariadb-admin" => ("mariadb", &["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"]),
        _ if server.is_mariadb() => ("mysql", &["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"]),
        _ => ("mysql", &["MYSQL_ROOT_PASSWORD"]),
    };
    let password = variables.iter().find_map(|name| {
        let file = format!("{name}_FILE");
        if set(name) { Some(format!("\"${name}\"")) } else { set(&file).then(|| format!("\"$(cat \"${file}\")\"")) }
    })?;
    let port = port_argument(port).map_or_else(String::new, |port| format!(" {port}"));
    Some(format!("MYSQL_PWD={password} exec {client} -uroot -h127.0.0.1{port} -e \"SELECT 1\""))
}
