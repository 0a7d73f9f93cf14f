//! Reviews as spans of OpenTelemetry, sent by OTLP over HTTP: within the API server's own trace, if it sends one.
//!
//! What is sent, and how much of it, is chosen as everywhere with OpenTelemetry, by the environment:
//! `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME` and so on
//! (<https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>).

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, TraceContextExt, Tracer as _, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use crate::server::{ReviewSpan, Tracer};

/// Where the environment says that traces go, the nearest first.
const VARIABLES: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// Where a collector takes traces, below its address.
const PATH: &str = "/v1/traces";

/// Sends spans in batches, from a thread of its own. What cannot be sent is dropped, and the log says so.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// Why nothing can be traced.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent to that address: {0}")]
pub struct TracesError(#[from] ExporterBuildError);

impl Traces {
    /// Begins. `collector` is an address such as `http://collector:4318`; without, it is what the environment says.
    /// None: nobody wants traces.
    ///
    /// # Errors
    /// [`TracesError`] if that is no address.
    pub fn start(collector: Option<&str>, identity: &str) -> Result<Option<Self>, TracesError> {
        let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if collector.is_none() && !VARIABLES.iter().any(is_set) {
            return Ok(None);
        }
        let mut exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
        if let Some(collector) = collector {
            exporter = exporter.with_endpoint(format!("{}{PATH}", collector.trim_end_matches('/')));
        }
        let mut resource = Resource::builder().with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", identity.to_owned()),
        ]);
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("tidegate");
        }
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter.build()?).with_resource(resource.build()).build();
        let tracer = provider.tracer("tidegate");
        Ok(Some(Self { provider, tracer }))
    }

    /// Sends what is left. It waits for the collector, a few seconds at most.
    pub fn end(&self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!("the last traces could not be sent: {error}");
        }
    }
}

impl Tracer for Traces {
    fn record(&self, span: ReviewSpan) {
        let ReviewSpan { parent, phase, began, took, is_failure, attributes, parts } = span;
        let headers: HashMap<String, String> =
            parent.into_iter().map(|text| ("traceparent".to_owned(), text)).collect();
        let around = TraceContextPropagator::new().extract_with_context(&Context::new(), &headers);
        let attributes = attributes.into_iter().map(|(name, value)| KeyValue::new(name, value)).collect();
        let review = SpanBuilder::from_name(phase)
            .with_kind(SpanKind::Server)
            .with_start_time(began)
            .with_attributes::<Vec<_>>(attributes);
        let mut review = self.tracer.build_with_context(review, &around);
        let within = Context::new().with_remote_span_context(review.span_context().clone());
        for part in parts {
            let span = SpanBuilder::from_name(part.name).with_start_time(part.began);
            self.tracer.build_with_context(span, &within).end_with_timestamp(part.ended);
        }
        if is_failure {
            review.set_status(Status::error("the gate failed"));
        }
        review.end_with_timestamp(began + took);
    }
}
