//! One review: AdmissionReview in, judgement, effects, answer out.

use std::sync::Arc;
use std::time::Instant;

use super::in_flight::InFlight;
use super::incoming::{Incoming, NotAReview};
use super::response::Answer;
use super::review_log::Record;
use crate::engine::{self, Evaluation, SecretEntry};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::request::{Phase, Request};
use crate::secrets::SecretStore;

/// What went wrong is the gate's own fault; the object stays out until somebody has looked.
const OUR_FAULT: &str = "tidegate failed while it judged the object, so it stays out. This is a fault of tidegate, \
                         not of the object; its log says where";

/// Everything that a review needs. The only part of the gate that carries out effects.
pub struct Gate {
    policies: Arc<PolicySet>,
    lookup: Arc<dyn Lookup>,
    secrets: Arc<dyn SecretStore>,
    effects: InFlight,
}

/// Why there is no AdmissionReview to answer with.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There was none to answer to.
    #[error(transparent)]
    NotAReview(#[from] NotAReview),
    /// The answer could not be written as JSON.
    #[error("the answer could not be written")]
    Unwritable(#[source] serde_json::Error),
}

impl Gate {
    /// Joins the policies with what they may read and where their effects go.
    pub fn new(policies: Arc<PolicySet>, lookup: Arc<dyn Lookup>, secrets: Arc<dyn SecretStore>) -> Self {
        Self { policies, lookup, secrets, effects: InFlight::default() }
    }

    /// The effects that are under way, also those whose client has gone.
    pub fn effects(&self) -> &InFlight {
        &self.effects
    }

    /// Answers one AdmissionReview.
    ///
    /// # Errors
    /// [`ReviewError`] if the body is none.
    pub async fn review(&self, phase: Phase, body: Vec<u8>) -> Result<Vec<u8>, ReviewError> {
        let started = Instant::now();
        let incoming = Incoming::parse(&body, phase)?;
        drop(body);
        let mut record = Record::new(&incoming, phase);
        let answer = match incoming.request {
            None => Answer::untouched(),
            Some(request) => self.judge(request, &mut record).await,
        };
        record.write(&answer, started.elapsed());
        answer.to_json(&incoming.uid).map_err(ReviewError::Unwritable)
    }

    async fn judge(&self, request: Request, record: &mut Record) -> Answer {
        let (phase, dry_run, title) = (request.phase, request.dry_run, request.title());
        let mut evaluation = match self.evaluate(request).await {
            Ok(Ok(evaluation)) => evaluation,
            Ok(Err(misfit)) => return Answer::refused(&title, 400, &misfit.to_string()),
            Err(failure) => {
                tracing::error!(object = %title, "the evaluation failed: {}", what_failed(&failure));
                return Answer::refused(&title, 500, OUR_FAULT);
            }
        };
        record.evaluated(&evaluation);
        let entries = std::mem::take(&mut evaluation.secrets);
        if phase == Phase::Mutate
            && evaluation.is_allowed()
            && !entries.is_empty()
            && let Err(refused) = self.carry_out(&title, entries, dry_run).await
        {
            return refused;
        }
        Answer::of(&title, evaluation, phase)
    }

    /// Judges on a thread where blocking is allowed: policies compute and ask the cluster.
    async fn evaluate(&self, request: Request) -> Result<Result<Evaluation, engine::Misfit>, tokio::task::JoinError> {
        let (policies, lookup) = (Arc::clone(&self.policies), Arc::clone(&self.lookup));
        tokio::task::spawn_blocking(move || engine::evaluate(&request, &policies, &lookup)).await
    }

    /// Makes the Secrets ready, in a task of its own: a client that hangs up leaves no half-work.
    async fn carry_out(&self, title: &str, entries: Vec<SecretEntry>, dry_run: bool) -> Result<(), Answer> {
        let secrets = Arc::clone(&self.secrets);
        let (counted, object) = (self.effects.begin(), title.to_owned());
        let task = tokio::spawn(async move {
            let done = if dry_run { secrets.check(&entries).await } else { secrets.apply(&entries).await };
            if let Err(error) = &done {
                // Here and not by whoever waits: they may be gone.
                tracing::warn!(%object, dry_run, "no Secret: {}", error.log_message());
            }
            drop(counted);
            done
        });
        match task.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Answer::refused(title, error.status_code(), &format!("{error}."))),
            Err(failure) => {
                tracing::error!(object = %title, "making the Secret failed: {}", what_failed(&failure));
                Err(Answer::refused(title, 500, OUR_FAULT))
            }
        }
    }
}

/// Without the panic's own text, which may quote a value. The panic hook has logged the place.
fn what_failed(failure: &tokio::task::JoinError) -> &'static str {
    if failure.is_panic() { "it panicked" } else { "it was cancelled" }
}
