//! What is under way: counted, so that a shutdown can wait for it.

use tokio::sync::watch;

/// What is under way.
#[derive(Debug, Clone)]
pub struct InFlight(watch::Sender<()>);

/// One thing that is under way, until it is dropped.
#[derive(Debug)]
pub struct UnderWay {
    _counted: watch::Receiver<()>,
}

impl Default for InFlight {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl InFlight {
    /// Counts one more.
    pub fn begin(&self) -> UnderWay {
        UnderWay { _counted: self.0.subscribe() }
    }

    /// Waits until nothing is under way any more.
    pub async fn idle(&self) {
        self.0.closed().await;
    }

    /// How many are under way.
    pub fn count(&self) -> usize {
        self.0.receiver_count()
    }
}
