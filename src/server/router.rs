//! What is answered on which path.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::body::{self, Budget};
use super::clients::Stranger;
use super::readiness::Readiness;
use super::review::{Gate, ReviewError};
use super::span;
use crate::request::Phase;

#[derive(Clone)]
struct Shared {
    gate: Arc<Gate>,
    readiness: Readiness,
    bodies: Budget,
}

/// The gate's paths.
pub fn router(gate: Arc<Gate>, readiness: Readiness) -> Router {
    Router::new()
        .route("/mutate", post(mutate))
        .route("/validate", post(validate))
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .method_not_allowed_fallback(wrong_method)
        .fallback(nothing_here)
        .with_state(Shared { gate, readiness, bodies: Budget::default() })
}

async fn mutate(State(shared): State<Shared>, client: Extensions, headers: HeaderMap, body: Body) -> Response {
    review(&shared, Phase::Mutate, &client, &headers, body).await
}

async fn validate(State(shared): State<Shared>, client: Extensions, headers: HeaderMap, body: Body) -> Response {
    review(&shared, Phase::Validate, &client, &headers, body).await
}

async fn review(shared: &Shared, phase: Phase, client: &Extensions, headers: &HeaderMap, body: Body) -> Response {
    if client.get::<Stranger>().is_some() {
        return refuse(phase, StatusCode::FORBIDDEN, &NotAClient);
    }
    let parent = span::parent(headers);
    let body = match body::read(headers, body, &shared.bodies).await {
        Ok(body) => body,
        Err(error) => return refuse(phase, error.status(), &error),
    };
    match shared.gate.review(phase, body.bytes, parent).await {
        Ok(answer) => {
            let json = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, json)], answer).into_response()
        }
        Err(error @ ReviewError::NotAReview(_)) => refuse(phase, StatusCode::BAD_REQUEST, &error),
        Err(error @ ReviewError::Unwritable(_)) => refuse(phase, StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

/// Reviews are for others.
#[derive(Debug, thiserror::Error)]
#[error(
    "reviews are only for clients with a certificate of the authority in --client-ca; how an API server shows one is in \
     webhook-deploy/README.md"
)]
struct NotAClient;

/// The API server shows this text to whoever applied the object.
fn refuse(phase: Phase, status: StatusCode, error: &dyn std::error::Error) -> Response {
    tracing::warn!(phase = phase.as_str(), code = status.as_u16(), "no review: {error}");
    (status, format!("tidegate: {error}\n")).into_response()
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(State(shared): State<Shared>) -> Response {
    match shared.readiness.check() {
        Ok(()) => "ok\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response(),
    }
}

async fn wrong_method(method: Method, uri: Uri) -> Response {
    let allowed = if matches!(uri.path(), "/mutate" | "/validate") { "POST" } else { "GET, HEAD" };
    let text = format!("tidegate: {} does not take {method}; use {allowed}\n", uri.path());
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, HeaderValue::from_static(allowed))], text).into_response()
}

async fn nothing_here() -> Response {
    let text = "tidegate: nothing is served here; there are POST /mutate, POST /validate, GET /healthz, GET /readyz\n";
    (StatusCode::NOT_FOUND, text).into_response()
}
