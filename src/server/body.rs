//! A request's body, read whole, within limits of size and time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body. The API server takes objects up to 3 MiB (apiserver, `MaxRequestBodyBytes`);
/// an UPDATE carries two, and JSON in JSON may grow: 8 MiB must pass, and twice that is no harm.
pub const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// How much more is read and dropped, so that a client that is still sending can read the refusal:
/// closing a connection with unread data resets it.
const DRAIN_LIMIT: usize = 64 * 1024 * 1024;
/// How long a body may take. The API server gives up on a webhook after 10 s by default.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Why there is no body that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyError {
    /// It is not declared as JSON.
    #[error("the content type must be application/json")]
    NotJson,
    /// It is too large.
    #[error("the body is larger than the {} MiB that are read", BODY_LIMIT / 1024 / 1024)]
    TooLarge,
    /// It took too long.
    #[error("the body did not arrive within {} s", TIME_LIMIT.as_secs())]
    TooLate,
    /// The connection broke.
    #[error("the body ended too early")]
    Broken,
}

impl BodyError {
    /// The HTTP status of the answer.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooLate => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// The bytes of all bodies that are there at one time, in KiB.
#[derive(Clone)]
pub(super) struct Budget(Arc<Semaphore>);

/// All of them: eight of the largest. What comes beyond that waits, so that clients who announce much and send slowly
/// take no more memory than this.
const ALL_BODIES: usize = 8 * BODY_LIMIT / 1024;

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL_BODIES)))
    }
}

/// A body, and its share of the budget for as long as it is kept.
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    _share: Option<OwnedSemaphorePermit>,
}

/// Reads a body of JSON.
///
/// # Errors
/// [`BodyError`] says why it cannot be had.
pub(super) async fn read(headers: &HeaderMap, body: Body, budget: &Budget) -> Result<Whole, BodyError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        drain(body).await;
        return Err(BodyError::NotJson);
    }
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    tokio::time::timeout(TIME_LIMIT, read_whole(body, declared.unwrap_or_default(), budget))
        .await
        .unwrap_or(Err(BodyError::TooLate))
}

async fn read_whole(body: Body, declared: usize, Budget(budget): &Budget) -> Result<Whole, BodyError> {
    if declared > BODY_LIMIT {
        drain(body).await;
        return Err(BodyError::TooLarge);
    }
    // A header is only a promise: memory for it is taken up to a size that hurts nobody.
    let mut bytes = Vec::with_capacity(declared.min(256 * 1024));
    let (mut share, mut shared): (Option<OwnedSemaphorePermit>, usize) = (None, 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        if bytes.len() + chunk.len() > BODY_LIMIT {
            drop(bytes);
            drain(Body::from_stream(chunks)).await;
            return Err(BodyError::TooLarge);
        }
        let wanted = (bytes.len() + chunk.len()).div_ceil(1024) - shared;
        let more = u32::try_from(wanted).map_err(|_| BodyError::TooLarge)?;
        // The semaphore is never closed.
        let more = Arc::clone(budget).acquire_many_owned(more).await.map_err(|_| BodyError::Broken)?;
        shared += wanted;
        match &mut share {
            Some(share) => share.merge(more),
            None => share = Some(more),
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Whole { bytes, _share: share })
}

/// Reads and drops what is still coming, within limits.
async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut dropped = 0;
    let all = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            dropped += chunk.len();
            if dropped > DRAIN_LIMIT {
                break;
            }
        }
    };
    // Whether all of it came does not change the answer.
    let _ = tokio::time::timeout(TIME_LIMIT, all).await;
}
