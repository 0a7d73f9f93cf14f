//! The arguments of `serve` that say where its certificate comes from, and how it is kept current.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use kube::{Client, Config};
use tokio::sync::watch;

use crate::certificates::{Choice, Keeper, Served};
use crate::metrics::CertificateMetrics;
use crate::server::{CERTIFICATE_INTERVAL, Certificate, CertificateError, CertificateFiles, CurrentCertificate};

/// Where the certificate comes from.
#[derive(Debug, clap::Args)]
pub(super) struct CertificateArguments {
    /// The certificate chain in PEM; read anew when it changes.
    #[arg(long, value_name = "FILE", requires = "tls_key", required_unless_present = "tls_secret")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM; read anew when it changes.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The Secret of the gate's own namespace that has certificate and key. If there is none, the gate makes an
    /// authority and a certificate of its own, renews them, and tells the API server to believe them.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["tls_cert", "tls_key"])]
    tls_secret: Option<String>,
    /// The Service by which the API server calls the gate: a certificate of its own is for that name.
    #[arg(long, value_name = "NAME", default_value = "tidegate", requires = "tls_secret")]
    tls_service: String,
}

impl CertificateArguments {
    /// The certificate to begin with, which is replaced whenever there is another one. Of a Secret it may take until
    /// the API server answers.
    pub(super) async fn start(
        self,
        webhooks: &str,
        identity: &str,
        metrics: &CertificateMetrics,
        stopping: watch::Receiver<bool>,
    ) -> anyhow::Result<Arc<CurrentCertificate>> {
        match (self.tls_cert, self.tls_key, self.tls_secret) {
            (Some(certificate), Some(key), None) => of_files(CertificateFiles { certificate, key }, metrics),
            (None, None, Some(secret)) => {
                let config = Config::infer().await.context("--tls-secret needs a cluster, and none is at hand")?;
                let choice = Choice {
                    namespace: config.default_namespace.clone(),
                    secret,
                    service: self.tls_service,
                    webhooks: webhooks.to_owned(),
                    identity: identity.to_owned(),
                };
                let client = Client::try_from(config).context("the cluster's configuration cannot be used")?;
                of_secret(client, choice, metrics, stopping).await
            }
            _ => bail!("name --tls-cert and --tls-key, or --tls-secret"),
        }
    }
}

fn of_files(files: CertificateFiles, metrics: &CertificateMetrics) -> anyhow::Result<Arc<CurrentCertificate>> {
    let (certificate, seen) = files.load()?;
    let current = CurrentCertificate::new(certificate, metrics);
    tokio::spawn(files.follow(Arc::clone(&current), seen, CERTIFICATE_INTERVAL));
    Ok(current)
}

async fn of_secret(
    client: Client,
    choice: Choice,
    metrics: &CertificateMetrics,
    stopping: watch::Receiver<bool>,
) -> anyhow::Result<Arc<CurrentCertificate>> {
    let secret = format!("Secret {}/{}", choice.namespace, choice.secret);
    let (keeper, mut announced) = Keeper::new(client, choice);
    tokio::spawn(keeper.run(stopping));
    let first = loop {
        let served =
            announced.wait_for(Option::is_some).await.context("nobody looks after the certificate any more")?.clone();
        match served.as_ref().map(parse) {
            Some(Ok(certificate)) => break certificate,
            Some(Err(error)) => tracing::error!("{secret} cannot be served: {error}"),
            None => {}
        }
        announced.changed().await.context("nobody looks after the certificate any more")?;
    };
    let current = CurrentCertificate::new(first, metrics);
    let replaced = Arc::clone(&current);
    tokio::spawn(async move {
        while announced.changed().await.is_ok() {
            let served = announced.borrow_and_update().clone();
            match served.as_ref().map(parse) {
                Some(Ok(certificate)) => replaced.replace(certificate),
                Some(Err(error)) => tracing::error!("{secret} cannot be served, and the old certificate is: {error}"),
                None => {}
            }
        }
    });
    Ok(current)
}

fn parse(served: &Served) -> Result<Certificate, CertificateError> {
    Certificate::from_pem(served.certificate.as_bytes(), served.key.as_bytes())
}
