//! The log: JSON or plain, and at no level with anything of an object in it.
//!
//! Our own lines name objects and never quote them. Those of the libraries are another matter: at
//! their talkative levels hyper prints headers, kube prints answers that it cannot read, h2 prints
//! frames. So what `RUST_LOG` asks for is granted up to a ceiling per library, and no further.

use std::io::{IsTerminal, Write};

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterFn, ParseError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged if `RUST_LOG` is not set.
const DEFAULT: &str = "info";

/// The most that a library may say, by the beginning of its events' target; the first that fits
/// counts. Everything that is not here may say [`OTHERS`].
const CEILINGS: [(&str, LevelFilter); 4] = [
    ("tidegate", LevelFilter::TRACE),
    // At `warn` it prints an answer that it cannot read, whole: it may be a Secret
    // (kube-client, `Client::request`).
    ("kube_client", LevelFilter::ERROR),
    // It warns of every connection that was idle for long.
    ("hyper", LevelFilter::ERROR),
    // From `debug` on it prints what the watch brings.
    ("kube_runtime", LevelFilter::WARN),
];
/// h2 prints frames at `trace`, rustls handshakes, wasmtime what guests call; none at `info`.
const OTHERS: LevelFilter = LevelFilter::INFO;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Words, with colours on a terminal.
    Plain,
}

/// Lets a panic say its place only: its text may quote anything.
pub(crate) fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // Nobody is left to be told if this fails.
        let _ = writeln!(std::io::stderr(), "tidegate: a fault of tidegate: a panic at {place}");
    }));
}

/// Starts the log on standard error. Panics go there too, by their place only.
pub(crate) fn start(format: LogFormat) -> anyhow::Result<()> {
    let directives = std::env::var("RUST_LOG").ok().filter(|text| !text.trim().is_empty());
    let directives = directives.as_deref().unwrap_or(DEFAULT);
    let is_terminal = std::io::stderr().is_terminal();
    subscriber(format, directives, is_terminal, std::io::stderr)
        .map_err(|error| anyhow::anyhow!("RUST_LOG: {error}; write for instance RUST_LOG=tidegate=debug"))?
        .try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault of tidegate: a panic");
    }));
    Ok(())
}

/// What writes the lines.
fn subscriber<W>(
    format: LogFormat,
    directives: &str,
    colours: bool,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, ParseError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Json => Box::new(lines.json().flatten_event(true)),
        LogFormat::Plain => Box::new(lines),
    };
    let ceiling = FilterFn::new(is_within_ceiling).with_max_level_hint(LevelFilter::TRACE);
    Ok(Registry::default().with(lines).with(EnvFilter::try_new(directives)?).with(ceiling))
}

fn is_within_ceiling(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= ceiling(metadata.target())
}

fn ceiling(target: &str) -> LevelFilter {
    CEILINGS.iter().find(|(start, _)| target.starts_with(start)).map_or(OTHERS, |(_, level)| *level)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, directives: &str) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(format, directives, false, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "tidegate::server", "ours at trace");
            tracing::info!(target: "tidegate::server", uid = "7", "ours at info");
            for_libraries();
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn for_libraries() {
        tracing::warn!(target: "kube_client::client", "payload: an answer");
        tracing::warn!(target: "hyper::proto::h1", "payload: headers");
        tracing::debug!(target: "kube_runtime::watcher", "payload: an event");
        tracing::trace!(target: "h2::codec", "payload: a frame");
        tracing::debug!(target: "rustls::server", "payload: a handshake");
        tracing::debug!(target: "hyper_util::client", "payload: a connection");
        tracing::debug!(target: "tower::buffer", "payload: a request");
        tracing::trace!(target: "wasmtime::runtime", "payload: a call");
        tracing::debug!(target: "whatever_comes_next", "payload: anything");
        tracing::error!(target: "kube_client::client", "library at error");
    }

    #[test]
    fn no_wish_makes_a_library_talk_of_payloads() {
        for directives in ["trace", "info", "kube_client=trace,h2=trace,hyper=trace", "whatever_comes_next=trace"] {
            for format in [LogFormat::Json, LogFormat::Plain] {
                let written = written(format, directives);
                assert!(!written.contains("payload"), "RUST_LOG={directives}: {written}");
            }
        }
        assert!(written(LogFormat::Plain, "trace").contains("library at error"));
    }

    #[test]
    fn our_own_lines_follow_the_wish() {
        assert!(written(LogFormat::Plain, "trace").contains("ours at trace"));
        assert!(!written(LogFormat::Plain, DEFAULT).contains("ours at trace"));
        assert!(written(LogFormat::Plain, DEFAULT).contains("ours at info"));
        assert!(!written(LogFormat::Plain, "warn").contains("ours at info"));
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = written(LogFormat::Json, DEFAULT);
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!((&first["message"], &first["uid"]), (&"ours at info".into(), &"7".into()));
    }
}
