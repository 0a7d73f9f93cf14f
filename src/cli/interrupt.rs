//! Ctrl-C: the first ends the work, and what is done by then is reported; the second ends the program. So does the
//! first, as long as nothing is done.

use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::Context;
use tokio::runtime::Builder;
use tokio::signal::ctrl_c;

use crate::audit::Progress;

/// What shells say of a program that SIGINT ended: 128 and the signal's number.
const EXIT_INTERRUPTED: i32 = 130;

/// What the next Ctrl-C is for.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<Mutex<Option<Arc<Progress>>>>);

impl Interrupt {
    /// Listens from now on. Until something is being done, Ctrl-C ends the program as ever.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let this = Self(Arc::default());
        let heard = this.clone();
        let runtime = Builder::new_current_thread().enable_all().build().context("no thread for signals")?;
        thread::spawn(move || {
            runtime.block_on(async {
                while ctrl_c().await.is_ok() {
                    heard.interrupt();
                }
            });
        });
        Ok(this)
    }

    /// From now on it ends this.
    pub(crate) fn stops(&self, work: &Arc<Progress>) {
        *self.work() = Some(Arc::clone(work));
    }

    /// From now on it ends the program: the work is done, and who does not want to read on need not.
    pub(crate) fn ends_all(&self) {
        *self.work() = None;
    }

    fn interrupt(&self) {
        let work = self.work().take();
        match work {
            Some(work) if work.state().0 > 0 => work.stop(),
            // It may wait for standard input, and there is nothing to report.
            Some(_) | None => process::exit(EXIT_INTERRUPTED),
        }
    }

    fn work(&self) -> MutexGuard<'_, Option<Arc<Progress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
