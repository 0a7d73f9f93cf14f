//! The clock behind deadlines: advances wasmtime's epoch every millisecond while reviews run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

/// One tick: a deadline is kept to about this much.
pub(super) const TICK: Duration = Duration::from_millis(1);

/// How many ticks the clock goes on without a review before it sleeps: the policies of one object
/// follow each other at once, and to wake a thread costs more than a review.
const IDLE_TICKS: u32 = 50;

/// Ticks while at least one review runs, and sleeps otherwise.
pub(super) struct Clock {
    shared: Arc<Shared>,
    thread: Thread,
    handle: Option<JoinHandle<()>>,
}

struct Shared {
    running: AtomicUsize,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

/// Keeps the clock ticking until it is dropped.
pub(super) struct Running<'a>(&'a Clock);

impl Clock {
    /// Starts the clock of an engine.
    pub(super) fn start(engine: &wasmtime::Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            running: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        let engine = engine.weak();
        let ticking = Arc::clone(&shared);
        let handle = thread::Builder::new().name("policy-deadlines".to_owned()).spawn(move || {
            let mut idle = 0;
            while !ticking.stopped.load(Ordering::Acquire) {
                if idle >= IDLE_TICKS {
                    ticking.asleep.store(true, Ordering::SeqCst);
                    // Who began a review before it saw that the clock sleeps does not wake it.
                    if ticking.running.load(Ordering::SeqCst) == 0 && !ticking.stopped.load(Ordering::Acquire) {
                        thread::park();
                    }
                    ticking.asleep.store(false, Ordering::SeqCst);
                    idle = 0;
                    continue;
                }
                thread::sleep(TICK);
                idle = if ticking.running.load(Ordering::Acquire) == 0 { idle + 1 } else { 0 };
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        })?;
        Ok(Self { shared, thread: handle.thread().clone(), handle: Some(handle) })
    }

    /// Keeps the clock ticking for one review.
    pub(super) fn run(&self) -> Running<'_> {
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Running(self)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.shared.running.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        self.thread.unpark();
        if let Some(handle) = self.handle.take() {
            let _ = handle.join();
        }
    }
}
