//! Looks at the Secret again and again: every replica serves what it holds, and one of them sees to it.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use zeroize::Zeroizing;

use super::Served;
use super::authority::{Pair, make, sign};
use super::bundle::bring;
use super::kept::{Found, Kept, dates};
use super::plan::{Step, next};
use super::problem::Problem;
use super::secret::{CertificateSecret, trusted_since};
use crate::leadership::{Leadership, RENEWAL};

/// The Lease by which the replicas agree on who sees to it.
const LEASE: &str = "tidegate-certificate";
/// From one look to the next: what is renewed is served long before its predecessor ends.
const LOOK: Duration = Duration::from_secs(15);
/// The same while nothing can be served yet.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// How long one look may take: it must end before the Lease does (15 s).
const LONGEST_LOOK: Duration = Duration::from_secs(8);

/// Where the certificate is kept, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The gate's own namespace.
    pub namespace: String,
    /// The Secret's name.
    pub secret: String,
    /// The Service by which the API server calls the gate.
    pub service: String,
    /// The name of both webhook configurations.
    pub webhooks: String,
    /// Who this replica is, among the others.
    pub identity: String,
}

/// Keeps the certificate.
pub struct Keeper {
    client: Client,
    choice: Choice,
    secret: CertificateSecret,
    served: watch::Sender<Option<Served>>,
    /// The version of the Secret that is served.
    version: Option<String>,
    /// The problem that the log was told of last, until it is over.
    told: Option<Problem>,
}

impl Keeper {
    /// What is to be served is announced to the other end, as soon as there is something.
    pub fn new(client: Client, choice: Choice) -> (Self, watch::Receiver<Option<Served>>) {
        let (served, announced) = watch::channel(None);
        let secret = CertificateSecret::new(client.clone(), &choice.namespace, &choice.secret);
        (Self { client, choice, secret, served, version: None, told: None }, announced)
    }

    /// Goes on until `stopping` is true. What cannot be done now is tried again.
    pub async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        tokio::select! {
            () = self.again_and_again() => {}
            // An error means that nobody is left who could say it.
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }

    async fn again_and_again(&mut self) {
        let Choice { namespace, identity, .. } = &self.choice;
        let mut leadership = Leadership::new(self.client.clone(), namespace, LEASE, identity.clone());
        let (mut leads, mut due) = (false, Instant::now());
        loop {
            let mut problem = None;
            // Who has nothing to serve has nothing to lead either.
            if self.version.is_some() {
                leads = match timeout(RENEWAL, leadership.is_held()).await {
                    Ok(Ok(held)) => held,
                    Ok(Err(error)) => {
                        problem = Some(Problem::of(&error, "the Lease tidegate-certificate"));
                        false
                    }
                    Err(_) => false,
                };
            }
            if due <= Instant::now() {
                let looked =
                    timeout(LONGEST_LOOK, self.look(leads)).await.unwrap_or_else(|_| Err(Problem::no_answer()));
                due = Instant::now() + if self.version.is_some() { LOOK } else { FIRST_LOOK };
                self.tell(looked.err().or(problem));
            }
            sleep(if self.version.is_some() { RENEWAL } else { FIRST_LOOK }).await;
        }
    }

    /// Tells a problem once.
    fn tell(&mut self, problem: Option<Problem>) {
        if let Some(problem) = problem.as_ref().filter(|problem| self.told.as_ref() != Some(problem)) {
            tracing::warn!("the gate's certificate is not looked after: {problem}");
        }
        self.told = problem;
    }

    /// Serves what the Secret holds; one replica also does what is due.
    async fn look(&mut self, leads: bool) -> Result<(), Problem> {
        let name = format!("Secret {}/{}", self.choice.namespace, self.choice.secret);
        let asked = |error: kube::Error| Problem::of(&error, &name);
        let Some(secret) = self.secret.get().await.map_err(asked)? else {
            let kept = self.anew(Timestamp::now())?;
            if self.secret.create(&kept).await.map_err(asked)? {
                tracing::info!(secret = name, "an authority and a certificate for the gate were made");
            }
            return Ok(());
        };
        let found = Found::read(secret.data.as_ref().unwrap_or(&Default::default()));
        let found = found.map_err(|error| Problem::of_content(&name, &error))?;
        self.serve(&secret, &found);
        match found {
            Found::Own(kept) if leads => self.see_to(&secret, kept).await.map_err(|error| match error {
                Failure::Api(error) => asked(error),
                Failure::Problem(problem) => problem,
            }),
            Found::Own(_) | Found::Others(_) => Ok(()),
        }
    }

    /// Announces the pair of a version that is new.
    fn serve(&mut self, secret: &Secret, found: &Found) {
        let version = secret.metadata.resource_version.clone();
        if version.is_some() && version == self.version {
            return;
        }
        let Pair { certificate, key } = match found {
            Found::Own(Kept { pair, .. }) | Found::Others(pair) => pair,
        };
        let is_new = self.served.borrow().as_ref().is_none_or(|served| served.certificate != *certificate);
        if is_new {
            let until = dates(certificate).map(|dates| dates.until.to_string()).unwrap_or_default();
            tracing::info!(until, "a certificate is in use");
            self.served.send_replace(Some(Served { certificate: certificate.clone(), key: key.clone() }));
        }
        self.version = Some(version.unwrap_or_default());
    }

    /// Does what is due.
    async fn see_to(&self, secret: &Secret, mut kept: Kept) -> Result<(), Failure> {
        let now = Timestamp::now();
        let are_believed = bring(&self.client, &self.choice.webhooks, &kept.bundle()).await?;
        let trusted = trusted_since(secret, &kept);
        if trusted.is_none() && are_believed {
            self.secret.replace(secret, &kept, Some(now)).await?;
            return Ok(());
        }
        let step = kept.stand(trusted).map_or(Step::Anew, |stand| next(&stand, now));
        match step {
            Step::Nothing => return Ok(()),
            Step::Anew => kept = self.anew(now)?,
            Step::Authority => {
                let authority = make(now).map_err(|error| Problem::of_making(&error))?;
                kept.authorities.insert(0, authority.certificate);
                kept.authority_key = authority.key;
            }
            Step::Certificate => kept.pair = self.sign(&kept, now)?,
            Step::Forget => kept.authorities.truncate(1),
        }
        // What was believed before is believed still, but for what is new.
        let trusted = trusted.filter(|_| matches!(step, Step::Certificate | Step::Forget));
        if self.secret.replace(secret, &kept, trusted).await? {
            tracing::info!("{}", step.told());
            bring(&self.client, &self.choice.webhooks, &kept.bundle()).await?;
        }
        Ok(())
    }

    fn anew(&self, now: Timestamp) -> Result<Kept, Problem> {
        let authority = make(now).map_err(|error| Problem::of_making(&error))?;
        let pair = sign(&authority, &self.name(), now).map_err(|error| Problem::of_making(&error))?;
        Ok(Kept { authorities: vec![authority.certificate], authority_key: authority.key, pair })
    }

    fn sign(&self, kept: &Kept, now: Timestamp) -> Result<Pair, Problem> {
        let certificate = kept.authorities.first().cloned().unwrap_or_default();
        let authority = Pair { certificate, key: Zeroizing::clone(&kept.authority_key) };
        sign(&authority, &self.name(), now).map_err(|error| Problem::of_making(&error))
    }

    /// By which name the API server calls the gate (apiserver, `webhook.ClientManager`).
    fn name(&self) -> String {
        format!("{}.{}.svc", self.choice.service, self.choice.namespace)
    }
}

/// What went wrong while something was done.
enum Failure {
    Api(kube::Error),
    Problem(Problem),
}

impl From<kube::Error> for Failure {
    fn from(error: kube::Error) -> Self {
        Self::Api(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}
