//! `tidegate serve`: answers an API server's admission reviews over HTTPS.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::StreamExt;
use jiff::Timestamp;
use kube::{Client, Config};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;

use super::certificate::CertificateArguments;
use super::logging::{self, LogFormat};
use super::policies::{self, PolicyArguments};
use super::policies_followed::{Followed, MetricsArguments};
use super::replica::identity;
use super::reports::ReportArguments;
use super::secrets::SecretArguments;
use super::webhooks::WebhookArguments;
use crate::cluster::LiveCluster;
use crate::events::Announcer;
use crate::lookup::{Lookup, NoLookup};
use crate::metrics::Metrics;
use crate::policy::{CurrentPolicies, PolicySet};
use crate::secrets::{KubeSecretStore, NoSecretStore, SecretStore};
use crate::server::{
    ClientAuthority, Ending, Gate, Lifecycle, Listener, Readiness, Service, Tracer, Witness, router, server_config,
    signals, use_ring,
};
use crate::traces::Traces;
use crate::wasm::Loader;
use crate::webhooks::Keeper;

/// Reviews judged at the same time. More would not be faster, only larger: a thread each, and an
/// instance of a policy.
const EVALUATIONS: usize = 64;

/// Threads for policies that are loaded while reviews are judged.
const LOADS: usize = 8;

/// Threads of the scan for reports, so that it takes none from reviews: one lists, one judges.
const SCAN: usize = 2;

/// How often it is looked whether an exception has ended: their ends are days, or hours.
const EXCEPTIONS: Duration = Duration::from_secs(15);

/// The arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate serve --tls-cert tls.crt --tls-key tls.key\n  \
    tidegate serve --tls-cert tls.crt --tls-key tls.key --policy policies.yaml --listen 127.0.0.1:8443\n\n\
    webhook-deploy/ has all that a cluster needs.")]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    port: PortArguments,
    #[command(flatten)]
    certificate: CertificateArguments,
    #[command(flatten)]
    policies: PolicyArguments,
    #[command(flatten)]
    secrets: SecretArguments,
    #[command(flatten)]
    reports: ReportArguments,
    #[command(flatten)]
    metrics: MetricsArguments,
    #[command(flatten)]
    webhooks: WebhookArguments,
    /// Send a trace of each review to the OpenTelemetry collector at this address, by OTLP over HTTP, such as
    /// http://collector:4318; without, as the environment says (OTEL_EXPORTER_OTLP_ENDPOINT), or none.
    #[arg(long, value_name = "URL")]
    traces: Option<String>,
    /// How lines of the log are written; RUST_LOG says which.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "json", env = "TIDEGATE_LOG_FORMAT")]
    log_format: LogFormat,
}

#[derive(Debug, clap::Args)]
struct PortArguments {
    /// The address and port to listen on.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8443")]
    listen: SocketAddr,
    /// Take reviews only from clients with a certificate of this authority, in PEM: the API server has to be told to
    /// show one. Without, from whoever reaches the port.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    client_ca: Option<PathBuf>,
    /// How long connections are still accepted after SIGTERM, while endpoints catch up.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = parse_duration)]
    shutdown_delay: Duration,
}

/// Serves until a signal comes.
pub(crate) fn run(arguments: ServeArguments) -> anyhow::Result<ExitCode> {
    logging::start(arguments.log_format)?;
    let runtime: Runtime = Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(EVALUATIONS + LOADS + SCAN)
        .build()
        .context("no threads")?;
    let ending = runtime.block_on(serve(arguments));
    // A review that is still computing must not hold up the end: its time was over.
    runtime.shutdown_background();
    Ok(match ending? {
        Ending::Finished => ExitCode::SUCCESS,
        Ending::CutOff(number) => {
            tracing::error!("cut off {number} connections and effects that did not end in time");
            ExitCode::FAILURE
        }
        Ending::Aborted => {
            tracing::error!("aborted by a second signal");
            ExitCode::FAILURE
        }
    })
}

async fn serve(arguments: ServeArguments) -> anyhow::Result<Ending> {
    let ServeArguments {
        port: PortArguments { listen, client_ca, shutdown_delay },
        certificate,
        policies,
        secrets,
        reports,
        metrics: metrics_port,
        webhooks,
        traces,
        log_format: _,
    } = arguments;
    use_ring();
    let clients = client_ca.map(|file| authority_of_clients(&file)).transpose()?;
    let signals = signals().context("cannot take over SIGTERM and SIGINT")?;
    let listener = Listener::bind(listen).await?;
    let identity = identity();
    let traces = Traces::start(traces.as_deref(), &identity)?.map(Arc::new);
    let (stop, stopping) = watch::channel(false);
    // They end with the first signal: what is under way for reviews comes first.
    let mut signals = Box::pin(signals.inspect(move |_| {
        stop.send_replace(true);
    }));
    let metrics = Metrics::default();
    let certificate = tokio::select! {
        certificate = certificate.start(webhooks.name(), &identity, metrics.certificate(), stopping.clone()) => certificate?,
        // Nothing was served yet.
        _ = signals.next() => return Ok(Ending::Finished),
    };
    metrics_port.serve(&metrics).await?;
    let loaded = load_policies(policies).await?;
    let number = loaded.1.len();
    let mut policies = Followed::new(loaded, metrics.clone());
    tokio::spawn(end_exceptions(Arc::clone(policies.current())));
    let Outside { lookup, secrets, witness } =
        cluster(&secrets, &reports, &webhooks, &mut policies, &identity, stopping).await?;
    let gate = Gate::new(Arc::clone(policies.current()), lookup, secrets, metrics.clone());
    let tracer = traces.clone().map(|traces| traces as Arc<dyn Tracer>);
    let gate = Arc::new(gate.with_witness(witness).with_tracer(tracer));
    let readiness = Readiness::default();
    let effects = gate.effects().clone();
    let service = Service {
        tls: server_config(certificate, clients.as_ref())?,
        knows_clients: clients.is_some(),
        router: router(gate, readiness.clone()),
    };
    tracing::info!(address = %listener.address(), policies = number, "serving");
    let lifecycle = Lifecycle { readiness, prepared: policies.prepared(), effects, delay: shutdown_delay };
    let ending = lifecycle.run(listener, service, signals).await;
    policies.end().await;
    if let Some(traces) = traces {
        // It waits for the collector. That it did not come to its end is said by itself.
        let _ = tokio::task::spawn_blocking(move || traces.end()).await;
    }
    Ok(ending)
}

fn authority_of_clients(file: &Path) -> anyhow::Result<ClientAuthority> {
    let pem = std::fs::read(file).with_context(|| format!("--client-ca: cannot read {}", file.display()))?;
    ClientAuthority::from_pem(&pem).with_context(|| format!("--client-ca: {}", file.display()))
}

/// Lets exceptions end when their time has come.
async fn end_exceptions(policies: Arc<CurrentPolicies>) {
    let mut looks = tokio::time::interval(EXCEPTIONS);
    loop {
        looks.tick().await;
        policies.end_exceptions(Timestamp::now());
    }
}

/// Fetching and compiling takes a while the first time: not on a thread that serves tasks.
async fn load_policies(arguments: PolicyArguments) -> anyhow::Result<(Loader, Arc<PolicySet>)> {
    let load = move || policies::load_on(&arguments, &Handle::current());
    tokio::task::spawn_blocking(load).await.context("loading the policies failed")?
}

/// What the gate is joined with.
struct Outside {
    lookup: Arc<dyn Lookup>,
    secrets: Arc<dyn SecretStore>,
    witness: Option<Arc<dyn Witness>>,
}

/// The cluster of `KUBECONFIG`, of the default kubeconfig or of the pod's own account, if there is
/// one. It need not answer yet.
async fn cluster(
    arguments: &SecretArguments,
    reports: &ReportArguments,
    webhooks: &WebhookArguments,
    policies: &mut Followed,
    identity: &str,
    stopping: watch::Receiver<bool>,
) -> anyhow::Result<Outside> {
    match Config::infer().await {
        Ok(config) => {
            let (address, namespace) = (config.cluster_url.to_string(), config.default_namespace.clone());
            let client = Client::try_from(config).context("the cluster's configuration cannot be used")?;
            tracing::info!(cluster = %address, "Secrets are made in this cluster, and policies may ask it");
            let lookup: Arc<dyn Lookup> = Arc::new(LiveCluster::new(client.clone(), Handle::current()));
            policies.follow(client.clone(), &namespace, identity, stopping.clone());
            if let Some(clean_up) = arguments.clean_up(&namespace, identity) {
                tokio::spawn(clean_up.run(client.clone()));
            }
            if let Some(choice) = webhooks.choice(&namespace, identity) {
                let keeper = Keeper::new(client.clone(), choice, policies.announced())?;
                let (prepared, stopping) = (policies.prepared(), stopping.clone());
                // Before that a policy may be missing whose objects must not pass unasked.
                tokio::spawn(async move {
                    prepared.await;
                    keeper.run(stopping).await;
                });
            }
            if let Some(reports) = reports.reports(&namespace, identity) {
                tokio::spawn(reports.run(
                    client.clone(),
                    Arc::clone(policies.current()),
                    Arc::clone(&lookup),
                    stopping,
                ));
            }
            let witness = Arc::new(Announcer::start(client.clone(), identity));
            let secrets = KubeSecretStore::new(client, arguments.changed_passwords());
            Ok(Outside { lookup, secrets: Arc::new(secrets), witness: Some(witness) })
        }
        Err(error) if std::env::var_os("KUBECONFIG").is_some_and(|value| !value.is_empty()) => {
            Err(error).context("KUBECONFIG is set but cannot be used")
        }
        Err(_) => {
            tracing::warn!(
                "no cluster is at hand (KUBECONFIG, ~/.kube/config or a pod's account): what policies ask of it stays \
                 unknown, and an object whose password needs a Secret is refused"
            );
            Ok(Outside { lookup: Arc::new(NoLookup), secrets: Arc::new(NoSecretStore), witness: None })
        }
    }
}

/// `5s`, `500ms`, `15m`, `1h`, `0`.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let number: Option<u64> = text[..digits].parse().ok();
    match (number, &text[digits..]) {
        (Some(number), "ms") => Ok(Duration::from_millis(number)),
        (Some(number), "s") => Ok(Duration::from_secs(number)),
        (Some(number), "m") => number.checked_mul(60).map(Duration::from_secs).ok_or_else(|| "far too long".to_owned()),
        (Some(number), "h") => {
            number.checked_mul(3600).map(Duration::from_secs).ok_or_else(|| "far too long".to_owned())
        }
        (Some(0), "") => Ok(Duration::ZERO),
        _ => Err("not a duration; write for instance 5s or 500ms".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(parse_duration("1h"), Ok(Duration::from_hours(1)));
        assert_eq!(parse_duration("0"), Ok(Duration::ZERO));
        for wrong in ["", "5", "s", "5 s", "-1s", "5m5", "99999999999999999999s"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
