//! One review: AdmissionReview in, judgement, effects, answer out.

use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroizing;

use super::in_flight::InFlight;
use super::incoming::{Incoming, NotAReview};
use super::response::Answer;
use super::review_log::Record;
use crate::engine::{self, Evaluation, WorkloadSecret};
use crate::lookup::Lookup;
use crate::policy::PolicySet;
use crate::request::{Phase, Request};
use crate::secrets::{Applied, SecretStore};

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
        // The body may hold passwords; it is wiped as soon as it is read.
        let incoming = Incoming::parse(&Zeroizing::new(body), phase)?;
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
        let is_due = phase == Phase::Mutate && evaluation.is_allowed();
        let Some(secret) = evaluation.secret.take().filter(|_| is_due) else {
            return Answer::of(&title, evaluation, phase);
        };
        let (name, is_new) = (secret.name.clone(), secret.owner.is_new);
        let applied = match self.carry_out(&title, secret, dry_run).await {
            Ok(applied) => applied,
            Err(refused) => return refused,
        };
        // What is only being made has no pods yet that could read the old value.
        if !applied.updated.is_empty()
            && !is_new
            && let Err(error) = evaluation.note_changed_credentials(&jiff::Timestamp::now().to_string())
        {
            return Answer::refused(&title, 400, &error.to_string());
        }
        let mut answer = Answer::of(&title, evaluation, phase);
        if !applied.updated.is_empty() {
            answer.tell_first(&updated(&name, &applied));
        }
        answer
    }

    /// Judges on a thread where blocking is allowed: policies compute and ask the cluster.
    async fn evaluate(&self, request: Request) -> Result<Result<Evaluation, engine::Misfit>, tokio::task::JoinError> {
        let (policies, lookup) = (Arc::clone(&self.policies), Arc::clone(&self.lookup));
        tokio::task::spawn_blocking(move || engine::evaluate(&request, &policies, &lookup)).await
    }

    /// Makes the Secret ready, in a task of its own: a client that hangs up leaves no half-work.
    async fn carry_out(&self, title: &str, secret: WorkloadSecret, dry_run: bool) -> Result<Applied, Answer> {
        let secrets = Arc::clone(&self.secrets);
        let (counted, object) = (self.effects.begin(), title.to_owned());
        let task = tokio::spawn(async move {
            let done = if dry_run { secrets.check(&secret).await } else { secrets.apply(&secret).await };
            if let Err(error) = &done {
                // Here and not by whoever waits: they may be gone.
                tracing::warn!(%object, dry_run, "no Secret: {}", error.log_message());
            }
            drop(counted);
            done
        });
        match task.await {
            Ok(Ok(applied)) => Ok(applied),
            Ok(Err(error)) => Err(Answer::refused(title, error.status_code(), &format!("{error}."))),
            Err(failure) => {
                tracing::error!(object = %title, "making the Secret failed: {}", what_failed(&failure));
                Err(Answer::refused(title, 500, OUR_FAULT))
            }
        }
    }
}

/// What the author is told of values that were replaced.
fn updated(secret: &str, applied: &Applied) -> String {
    format!(
        "tidegate: Secret \"{secret}\" has the new value of {} now. Pods of a Deployment, StatefulSet or DaemonSet are \
         replaced and read it; others read it when they are made anew",
        applied.updated.join(", ")
    )
}

/// Without the panic's own text, which may quote a value. The panic hook has logged the place.
fn what_failed(failure: &tokio::task::JoinError) -> &'static str {
    if failure.is_panic() { "it panicked" } else { "it was cancelled" }
}
