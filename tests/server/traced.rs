//! Reviews as a collector of OpenTelemetry gets them: each with its parts, within the trace of the API server, and without
//! a value of an object.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post as route;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tidegate::policy::CurrentPolicies;
use tidegate::secrets::MemorySecretStore;
use tidegate::server::Tracer;
use tidegate::traces::Traces;

use crate::policy::policies;
use crate::support::{PASSWORD, Server, post, review};

/// Of version 00, and sampled: <https://www.w3.org/TR/trace-context/>.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// What came, as it came.
type Bodies = Arc<Mutex<Vec<Bytes>>>;

async fn take(State(bodies): State<Bodies>, body: Bytes) -> Vec<u8> {
    bodies.lock().unwrap().push(body);
    ExportTraceServiceResponse::default().encode_to_vec()
}

/// A collector on loopback: its address, and what it gets.
async fn collector() -> (String, Bodies) {
    let bodies = Bodies::default();
    let router = Router::new().route("/v1/traces", route(take)).with_state(Arc::clone(&bodies));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, bodies)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_a_span_of_the_api_servers_trace() {
    let (address, bodies) = collector().await;
    tidegate::server::use_ring();
    let traces = Arc::new(Traces::start(Some(&address), "tidegate-0").unwrap().unwrap());
    let tracer: Option<Arc<dyn Tracer>> = Some(Arc::clone(&traces) as _);
    let current = Arc::new(CurrentPolicies::new(Arc::new(policies())));
    let server = Server::start_traced(current, Arc::new(MemorySecretStore::default()), Duration::ZERO, tracer).await;

    let mut asked = post("/mutate", "application/json", review("move").to_string());
    asked.headers_mut().insert("traceparent", format!("00-{TRACE}-{PARENT}-01").parse().unwrap());
    let (_, moved) = server.ask(asked).await;
    assert!(moved.contains("patch"), "{moved}");
    // Not sampled by whoever asks; nonsense; nothing.
    for (parent, name) in
        [(Some(format!("00-{TRACE}-{PARENT}-00")), "unsampled"), (Some("00-x".to_owned()), "nonsense")]
    {
        let mut asked = post("/validate", "application/json", review(name).to_string());
        parent.map(|parent| asked.headers_mut().insert("traceparent", parent.parse().unwrap()));
        server.ask(asked).await;
    }
    tokio::task::spawn_blocking(move || traces.end()).await.unwrap();

    let bodies = bodies.lock().unwrap().clone();
    let bytes = bodies.concat();
    assert!(!bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()));
    let mut resources = Vec::new();
    for body in bodies {
        resources.extend(ExportTraceServiceRequest::decode(body).unwrap().resource_spans);
    }
    let service = &resources[0].resource.as_ref().unwrap().attributes;
    assert!(service.iter().any(|attribute| attribute.key == "service.name" && text(attribute) == "tidegate"));
    let spans: Vec<Span> = resources
        .into_iter()
        .flat_map(|resource| resource.scope_spans.into_iter().flat_map(|scope| scope.spans))
        .collect();

    let review = spans.iter().find(|span| span.name == "mutate").unwrap();
    assert_eq!((hex(&review.trace_id), hex(&review.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    let attributes: Vec<String> =
        review.attributes.iter().map(|attribute| format!("{}={}", attribute.key, text(attribute))).collect();
    for part in ["tidegate.decision=allow", "tidegate.object.name=move", "k8s.namespace.name=shop"] {
        assert!(attributes.iter().any(|attribute| attribute == part), "no {part} in {attributes:?}");
    }
    for name in ["read", "evaluate", "secret"] {
        let part = spans.iter().find(|span| span.name == name && span.parent_span_id == review.span_id).unwrap();
        assert_eq!(part.trace_id, review.trace_id);
        assert!(review.start_time_unix_nano <= part.start_time_unix_nano);
        assert!(part.start_time_unix_nano <= part.end_time_unix_nano);
    }
    let validated: Vec<&Span> = spans.iter().filter(|span| span.name == "validate").collect();
    assert_eq!(validated.len(), 1, "who is not sampled leaves no span");
    assert!(hex(&validated[0].trace_id) != TRACE && validated[0].parent_span_id.is_empty());
}

#[test]
fn nobody_is_told_unless_somebody_wants_it() {
    assert!(Traces::start(None, "tidegate-0").unwrap().is_none());
    let error = Traces::start(Some("not an address"), "tidegate-0").unwrap_err();
    assert!(error.to_string().starts_with("traces cannot be sent to that address"), "{error}");
}

fn text(attribute: &opentelemetry_proto::tonic::common::v1::KeyValue) -> String {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
