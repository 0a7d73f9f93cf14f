//! One review: AdmissionReview in, judgement, effects, answer out.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use secrecy::ExposeSecret;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::in_flight::InFlight;
use super::incoming::{Incoming, NotAReview};
use super::judging::judge;
use super::response::Answer;
use super::review_log::Record;
use super::span::Tracer;
use super::witness::{Witness, Witnessed};
use crate::engine::{Evaluation, WorkloadSecret};
use crate::lookup::Lookup;
use crate::metrics::Metrics;
use crate::policy::CurrentPolicies;
use crate::request::{Phase, Request};
use crate::secrets::{Applied, SecretError, SecretStore};
use crate::workload::expand_escapes;

/// What went wrong is the gate's own fault; the object stays out until somebody has looked.
const OUR_FAULT: &str = "tidegate failed while it judged the object, so it stays out. This is a fault of tidegate, \
                         not of the object; its log says where";

/// Everything that a review needs. The only part of the gate that carries out effects.
pub struct Gate {
    policies: Arc<CurrentPolicies>,
    lookup: Arc<dyn Lookup>,
    secrets: Arc<dyn SecretStore>,
    effects: InFlight,
    metrics: Metrics,
    witness: Option<Arc<dyn Witness>>,
    tracer: Option<Arc<dyn Tracer>>,
    /// For large bodies, which take many times their size where they are judged.
    large: Semaphore,
}

/// From so many bytes on a body is large: etcd takes objects of 1.5 MiB (`--max-request-bytes`).
const LARGE: usize = 1 << 20;
/// How many of them are judged at one time.
const LARGE_AT_ONCE: usize = 2;

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
    /// Joins the policies with what they may read, where their effects go, and where all is counted.
    pub fn new(
        policies: Arc<CurrentPolicies>,
        lookup: Arc<dyn Lookup>,
        secrets: Arc<dyn SecretStore>,
        metrics: Metrics,
    ) -> Self {
        let (effects, large) = (InFlight::default(), Semaphore::new(LARGE_AT_ONCE));
        Self { policies, lookup, secrets, effects, metrics, witness: None, tracer: None, large }
    }

    /// Tells somebody of each refusal and repair.
    #[must_use]
    pub fn with_witness(self, witness: Option<Arc<dyn Witness>>) -> Self {
        Self { witness, ..self }
    }

    /// Hands the spans of each review to somebody.
    #[must_use]
    pub fn with_tracer(self, tracer: Option<Arc<dyn Tracer>>) -> Self {
        Self { tracer, ..self }
    }

    /// The effects that are under way, also those whose client has gone.
    pub fn effects(&self) -> &InFlight {
        &self.effects
    }

    /// Answers one AdmissionReview. `parent` is the header `traceparent` of its request.
    ///
    /// # Errors
    /// [`ReviewError`] if the body is none.
    pub async fn review(&self, phase: Phase, body: Vec<u8>, parent: Option<String>) -> Result<Vec<u8>, ReviewError> {
        let (started, began) = (Instant::now(), SystemTime::now());
        // The semaphore is never closed; without a turn nobody is kept waiting.
        let _turn = if body.len() >= LARGE { self.large.acquire().await.ok() } else { None };
        // The body may hold passwords; it is wiped as soon as it is read.
        let incoming = Incoming::parse(&Zeroizing::new(body), phase)?;
        let mut record = Record::new(&incoming, phase, started, self.metrics.admissions());
        record.part("read", began);
        let answer = match incoming.request {
            None => Answer::untouched(),
            Some(request) => self.judge(request, &mut record).await,
        };
        let span = record.answered(&answer, began, parent);
        if let Some(tracer) = &self.tracer {
            tracer.record(span);
        }
        answer.to_json(&incoming.uid).map_err(ReviewError::Unwritable)
    }

    async fn judge(&self, request: Request, record: &mut Record<'_>) -> Answer {
        let request = Arc::new(request);
        let (phase, title) = (request.phase, request.title());
        let began = SystemTime::now();
        let evaluated = self.evaluate(&request, &title).await;
        record.part("evaluate", began);
        let mut evaluation = match evaluated {
            Ok(evaluation) => evaluation,
            Err(refused) => return refused,
        };
        record.evaluated(&evaluation);
        let is_due = phase == Phase::Mutate && evaluation.is_allowed();
        let Some(secret) = evaluation.secret.take().filter(|_| is_due) else {
            self.note(&request, &evaluation, record);
            return Answer::of(&title, evaluation, phase);
        };
        let secret = Arc::new(secret);
        let began = SystemTime::now();
        let carried_out = self.carry_out(&title, Arc::clone(&secret), request.dry_run).await;
        record.part("secret", began);
        let applied = match carried_out {
            Ok(applied) => applied,
            Err(NotDone::Refused(error))
                if error.status_code() == 403 && is_stored_in_plain_text(&request, &secret) =>
            {
                return self.without_secret(&request, &title, &error, record).await;
            }
            Err(NotDone::Refused(error)) => return refusal(&title, &error),
            Err(NotDone::Failed) => return Answer::refused(&title, 500, OUR_FAULT),
        };
        if let Err(error) = evaluation.use_keys(&secret, &applied.keys) {
            return Answer::refused(&title, 400, &error.to_string());
        }
        self.note(&request, &evaluation, record);
        let mut answer = Answer::of(&title, evaluation, phase);
        for told in changes(&secret, &applied) {
            answer.tell_first(&told);
        }
        answer
    }

    /// Counts what a judgement says, and tells of it.
    fn note(&self, request: &Request, evaluation: &Evaluation, record: &Record<'_>) {
        record.count(evaluation);
        if let Some(witness) = &self.witness
            && let Some(witnessed) = Witnessed::of(request, evaluation)
        {
            witness.saw(witnessed);
        }
    }

    /// What becomes of an update whose Secret cannot be, of an object that is stored with its passwords in
    /// plain text: whoever changes something else is not stopped by them, and is told why nothing was moved.
    async fn without_secret(
        &self,
        request: &Request,
        title: &str,
        error: &SecretError,
        record: &mut Record<'_>,
    ) -> Answer {
        let again = Arc::new(Request { no_secret: Some(error.to_string()), ..request.clone() });
        match self.evaluate(&again, title).await {
            Ok(evaluation) if evaluation.is_allowed() && evaluation.secret.is_none() => {
                record.evaluated(&evaluation);
                self.note(request, &evaluation, record);
                // The validating phase tells what is left; why nothing was moved is known only here.
                let mut answer = Answer::of(title, evaluation, request.phase);
                answer.tell_first(&format!("tidegate: the password stays where it was, in plain text: {error}"));
                answer
            }
            _ => refusal(title, error),
        }
    }

    /// Judges on a thread where blocking is allowed: policies compute and ask the cluster.
    async fn evaluate(&self, request: &Arc<Request>, title: &str) -> Result<Evaluation, Answer> {
        let (policies, lookup, request) = (Arc::clone(&self.policies), Arc::clone(&self.lookup), Arc::clone(request));
        let task = tokio::task::spawn_blocking(move || judge(&request, &policies, &lookup));
        match task.await {
            Ok(Ok(evaluation)) => Ok(evaluation),
            Ok(Err(misfit)) => Err(Answer::refused(title, 400, &misfit.to_string())),
            Err(failure) => {
                tracing::error!(object = %title, "the evaluation failed: {}", what_failed(&failure));
                Err(Answer::refused(title, 500, OUR_FAULT))
            }
        }
    }

    /// Makes the Secret ready, in a task of its own: a client that hangs up leaves no half-work.
    async fn carry_out(&self, title: &str, secret: Arc<WorkloadSecret>, dry_run: bool) -> Result<Applied, NotDone> {
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
            Ok(Err(error)) => Err(NotDone::Refused(error)),
            Err(failure) => {
                tracing::error!(object = %title, "making the Secret failed: {}", what_failed(&failure));
                Err(NotDone::Failed)
            }
        }
    }
}

fn refusal(title: &str, error: &SecretError) -> Answer {
    Answer::refused(title, error.status_code(), &format!("{error}."))
}

/// Whether the stored object of an update has each of the values in plain text, in the same place.
fn is_stored_in_plain_text(request: &Request, secret: &WorkloadSecret) -> bool {
    let Some(stored) = &request.old_object else { return false };
    secret.entries.iter().all(|entry| {
        let variable = stored.pointer(&entry.at);
        let has = |field: &str| variable.and_then(|variable| variable.get(field)?.as_str());
        has("name") == Some(entry.variable.as_str())
            && has("value").is_some_and(|value| expand_escapes(value) == entry.value.expose_secret())
    })
}

/// Why there is no Secret.
enum NotDone {
    /// It cannot be.
    Refused(SecretError),
    /// The gate failed, and the log says where.
    Failed,
}

/// What the author is told of values that change.
fn changes(secret: &WorkloadSecret, applied: &Applied) -> Vec<String> {
    let (name, mut told) = (&secret.name, Vec::new());
    let pairs = |changed: &[(String, String)]| {
        let pairs: Vec<String> = changed.iter().map(|(variable, key)| format!("{variable} under {key}")).collect();
        pairs.join(", ")
    };
    if !applied.added.is_empty() {
        let pairs = pairs(&applied.added);
        let undo = if has_revisions(&secret.owner_kind) { " for kubectl rollout undo" } else { "" };
        told.push(format!(
            "tidegate: Secret \"{name}\" gets the new value of {pairs}, and the pods refer to it; the old value stays{undo}"
        ));
    }
    if !applied.back.is_empty() {
        let pairs = pairs(&applied.back);
        told.push(format!("tidegate: the pods get another value, which Secret \"{name}\" holds already: {pairs}"));
    }
    told
}

/// Kinds that kubectl can roll back.
fn has_revisions(kind: &str) -> bool {
    matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet")
}

/// Without the panic's own text, which may quote a value. The panic hook has logged the place.
fn what_failed(failure: &tokio::task::JoinError) -> &'static str {
    if failure.is_panic() { "it panicked" } else { "it was cancelled" }
}
