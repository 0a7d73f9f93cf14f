//! Asks again what may succeed the next time.

use std::time::Duration;

use super::error::ModuleError;

/// How long to wait before the second attempt and before the third: a server that is being replaced is back by then,
/// and whoever waits for the gate to start still waits.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// What one attempt came to.
pub(super) enum Attempt<T> {
    /// It is done, or would fail again.
    Done(Result<T, ModuleError>),
    /// It may succeed the next time.
    Again(ModuleError),
}

/// Tries up to three times.
pub(super) async fn patiently<T>(mut attempt: impl AsyncFnMut() -> Attempt<T>) -> Result<T, ModuleError> {
    for pause in PAUSES {
        match attempt().await {
            Attempt::Done(outcome) => return outcome,
            Attempt::Again(_) => tokio::time::sleep(pause).await,
        }
    }
    match attempt().await {
        Attempt::Done(outcome) => outcome,
        Attempt::Again(error) => Err(error),
    }
}
