//! From the first connection to the last: serving, and the orderly end of it.

use std::io;
use std::task::Poll;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{Stream, StreamExt, poll_fn};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::in_flight::InFlight;
use super::listener::{Listener, Service};
use super::readiness::Readiness;

/// How long what is under way may take at the end. With the default delay before it, it is less
/// than the 30 s that Kubernetes grants (`terminationGracePeriodSeconds`), and more than the 10 s
/// that the API server waits for an answer by default.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything under way was finished.
    Finished,
    /// This many connections and effects were cut off when their time was over.
    CutOff(usize),
    /// A second signal ended it at once.
    Aborted,
}

/// What the end needs.
pub struct Lifecycle {
    /// What `/readyz` says.
    pub readiness: Readiness,
    /// Ends when requests are wanted: what comes before that is answered, too.
    pub prepared: BoxFuture<'static, ()>,
    /// Effects that must be finished before the process ends.
    pub effects: InFlight,
    /// How long connections are still accepted after the first signal: endpoints and load balancers
    /// need that long to learn that the gate is going.
    pub delay: Duration,
}

impl Lifecycle {
    /// Serves until a signal comes, then ends in order; a second signal cuts that short.
    pub async fn run(
        self,
        listener: Listener,
        service: Service,
        mut signals: impl Stream<Item = ()> + Send + Unpin,
    ) -> Ending {
        let Self { readiness, prepared, effects, delay } = self;
        let (stopping, is_stopping) = watch::channel(false);
        let open = InFlight::default();
        let accepting = tokio::spawn(listener.serve(service, open.clone(), is_stopping));
        let until_signalled = async {
            prepared.await;
            readiness.set_ready();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = until_signalled => {}
            () = next(&mut signals) => {}
        }
        readiness.set_stopping();
        tracing::info!("shutting down: connections are accepted for another {delay:?}");
        let end = async {
            tokio::time::sleep(delay).await;
            stopping.send_replace(true);
            if let Err(error) = accepting.await {
                tracing::error!("the accept loop failed: {error}");
            }
            let all = async {
                open.idle().await;
                effects.idle().await;
            };
            match tokio::time::timeout(DRAIN_LIMIT, all).await {
                Ok(()) => Ending::Finished,
                Err(_) => Ending::CutOff(open.count() + effects.count()),
            }
        };
        tokio::select! {
            ending = end => ending,
            () = next(&mut signals) => Ending::Aborted,
        }
    }
}

/// SIGTERM and SIGINT, taken over from the kernel, whose answer would be to end the process.
///
/// # Errors
/// If the kernel does not give them.
pub fn signals() -> io::Result<impl Stream<Item = ()> + Send + Unpin> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(poll_fn(move |context| {
        // Both are asked, so that either wakes whoever waits.
        let (terminated, interrupted) = (terminate.poll_recv(context), interrupt.poll_recv(context));
        if terminated.is_ready() || interrupted.is_ready() { Poll::Ready(Some(())) } else { Poll::Pending }
    }))
}

/// Waits for the next signal; for ever if there can be none.
async fn next(signals: &mut (impl Stream<Item = ()> + Unpin)) {
    if signals.next().await.is_none() {
        std::future::pending::<()>().await;
    }
}
