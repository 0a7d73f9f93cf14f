//! How databases stand: which server is ready, of which version, and how far each replica is behind.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{DynamicObject, ListParams};
use kube::{Client, ResourceExt};

use super::found::server_image;
use super::{DeployError, Kind, MANAGER, NAME, exec, servers, smoke};
use crate::objects::{Objects, refused};

/// A database of `manifests/`.
#[derive(Debug, Clone, PartialEq)]
pub struct Database {
    /// The form.
    pub kind: Kind,
    /// Where.
    pub namespace: String,
    /// The server's image.
    pub image: String,
    /// How many servers there are to be.
    pub wanted: u64,
    /// Those that there are.
    pub servers: Vec<Server>,
}

/// A server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Server {
    /// The pod.
    pub pod: String,
    /// Whether it copies another one.
    pub is_replica: bool,
    /// Whether clients are sent to it.
    pub is_ready: bool,
    /// What its pod does.
    pub doing: String,
    /// What it says of its version.
    pub version: String,
    /// The transactions that it has, as a GTID set.
    pub transactions: String,
    /// Of a replica: the primary's transactions that it does not have, as a GTID set.
    pub missing: Option<String>,
    /// Of a replica: whether it receives, and whether it applies.
    pub follows: Option<(bool, bool)>,
    /// Of a replica: how long ago the primary committed what it applies now, in seconds.
    pub behind: Option<f64>,
    /// Why it could not be asked.
    pub problem: Option<String>,
}

impl Database {
    /// Whether every server is there, ready, and follows.
    pub fn is_well(&self) -> bool {
        let is_well = |server: &Server| {
            let follows = !server.is_replica || server.follows == Some((true, true));
            server.is_ready && server.problem.is_none() && follows
        };
        self.wanted > 0 && self.servers.len() as u64 == self.wanted && self.servers.iter().all(is_well)
    }
}

/// Version; transactions; whether it receives, and applies; microseconds since the commit of what it applies now.
const STATE: &str = "SELECT VERSION(), REPLACE(@@GLOBAL.gtid_executed, '\\n', ''),
    COALESCE((SELECT MAX(service_state) FROM performance_schema.replication_connection_status), '-'),
    COALESCE((SELECT MAX(service_state) FROM performance_schema.replication_applier_status), '-'),
    COALESCE((SELECT MAX(TIMESTAMPDIFF(MICROSECOND, applying_transaction_original_commit_timestamp, NOW(6)))
      FROM performance_schema.replication_applier_status_by_worker WHERE applying_transaction <> ''), 0)";
/// The same of a server without an account that sees replication.
const ALONE: &str = "SELECT VERSION(), REPLACE(@@GLOBAL.gtid_executed, '\\n', '')";
/// Asks the pod's own server, as the scripts of `manifests/` do.
const ASK: &str = "source /scripts/common.sh; ask -e \"$0\"";

/// Looks at all databases of a namespace, or of the cluster.
///
/// # Errors
/// [`DeployError`] if the API server does not answer, or the account may not look.
pub async fn read_status(client: Client, namespace: Option<&str>) -> Result<Vec<Database>, DeployError> {
    let objects = Objects::new(client, MANAGER);
    let mut databases = Vec::new();
    for kind in Kind::ALL {
        let api = objects.api("apps/v1", kind.workload(), namespace);
        let labels = format!("app.kubernetes.io/name=mysql,app.kubernetes.io/instance={kind}");
        let found = api.list(&ListParams::default().labels(&labels)).await;
        let found = found.map_err(|error| refused(format!("the list of {}s", kind.workload()), &error))?;
        for workload in found.items.iter().filter(|workload| workload.name_any() == NAME) {
            databases.push(database(&objects, kind, workload).await?);
        }
    }
    Ok(databases)
}

async fn database(objects: &Objects, kind: Kind, workload: &DynamicObject) -> Result<Database, DeployError> {
    let namespace = workload.namespace().unwrap_or_default();
    let image = server_image(workload);
    let mut servers = Vec::new();
    for pod in servers::list(objects, kind, &namespace).await? {
        servers.push(server(objects, kind, &namespace, &pod).await);
    }
    let primary = servers.iter().find(|server| !server.is_replica).map(|server| server.transactions.clone());
    if let Some(primary) = primary.filter(|set| is_gtid_set(set) && !set.is_empty()) {
        let lacks = format!("SELECT GTID_SUBTRACT('{primary}', @@GLOBAL.gtid_executed)");
        for server in servers.iter_mut().filter(|server| server.is_replica && server.problem.is_none()) {
            let answer = exec::run(objects, &namespace, &server.pod, NAME, &["bash", "-c", ASK, &lacks]).await;
            server.missing = answer.ok().map(|set| set.split_whitespace().collect());
        }
    }
    Ok(Database {
        kind,
        image: image.unwrap_or_default().to_owned(),
        wanted: workload.data["spec"]["replicas"].as_u64().unwrap_or(1),
        namespace,
        servers,
    })
}

async fn server(objects: &Objects, kind: Kind, namespace: &str, pod: &Pod) -> Server {
    let name = pod.name_any();
    let mut server = Server {
        is_replica: kind == Kind::Replicated && name != "mysql-0",
        is_ready: servers::is_ready(pod),
        doing: servers::doing(pod),
        ..Server::default()
    };
    let answer = match kind {
        Kind::Replicated => exec::run(objects, namespace, &name, NAME, &["bash", "-c", ASK, STATE]).await,
        Kind::Single => smoke::ask_from(objects, namespace, &name, "127.0.0.1", ALONE).await,
    };
    server.pod = name;
    match answer {
        Ok(answer) => read_answer(&answer, &mut server),
        Err(DeployError::Exec { problem, .. }) => server.problem = Some(problem),
        Err(other) => server.problem = Some(other.to_string()),
    }
    server
}

fn read_answer(answer: &str, server: &mut Server) {
    let mut fields = answer.trim_end_matches('\n').split('\t').map(str::to_owned);
    server.version = fields.next().unwrap_or_default();
    server.transactions = fields.next().unwrap_or_default();
    if server.is_replica {
        let mut is_on = || fields.next().is_some_and(|state| state == "ON");
        let follows = (is_on(), is_on());
        server.follows = Some(follows);
        // Microseconds of a day and more are exact in an f64.
        #[allow(clippy::cast_precision_loss, reason = "a lag of 285 years would lose a microsecond")]
        let behind =
            fields.next().and_then(|micros| micros.parse::<i64>().ok()).map(|micros| micros.max(0) as f64 / 1e6);
        // Of what is applied nothing is known while nothing is.
        server.behind = behind.filter(|_| follows == (true, true));
    }
}

/// What a server said is put into a statement for another one.
fn is_gtid_set(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b',' | b'-' | b'_' | b' '))
}
