//! A bar on standard error that says how far an audit is, while it is under way.

use std::fmt::Write;
use std::io::IsTerminal as _;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::interrupt::Interrupt;
use crate::audit::Progress;

/// How often the bar is drawn anew; more often nobody can read it.
const REFRESH: Duration = Duration::from_millis(100);

/// As long as nobody can say how many there are.
const COUNTED: &str = "{msg} {human_pos}, {rate}";
/// With how many there are.
const MEASURED: &str = "{msg} [{bar:30}] {human_pos} of {human_len}, {rate}, {eta} left";

/// Shows what is being done, and lets Ctrl-C end it.
pub(crate) struct Watch {
    interrupt: Interrupt,
    is_shown: bool,
}

impl Watch {
    /// Shows nothing if nobody wants to see it, or if standard error is no terminal.
    pub(crate) fn start(is_wanted: bool) -> anyhow::Result<Self> {
        let is_shown = is_wanted && !ProgressDrawTarget::stderr().is_hidden();
        Ok(Self { interrupt: Interrupt::listen()?, is_shown })
    }

    /// Whether anybody sees it.
    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Something begins: `listing objects`. It goes on until it is dropped.
    pub(crate) fn begin(&self, what: &'static str) -> Step {
        let progress = Arc::new(Progress::default());
        self.interrupt.stops(&progress);
        let bar = self.is_shown.then(|| Bar::draw(Arc::clone(&progress), what));
        Step { progress, _bar: bar }
    }

    /// All is done but to write the report.
    pub(crate) fn end(&self) {
        self.interrupt.ends_all();
    }
}

/// Something that is being done.
pub(crate) struct Step {
    progress: Arc<Progress>,
    _bar: Option<Bar>,
}

impl Step {
    /// For whoever looks whether it is to end.
    pub(crate) fn shared(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }
}

impl Deref for Step {
    type Target = Progress;

    fn deref(&self) -> &Progress {
        &self.progress
    }
}

/// A thread that draws; with its end the bar goes.
struct Bar {
    end: Option<Sender<()>>,
    drawing: Option<JoinHandle<()>>,
}

impl Bar {
    fn draw(progress: Arc<Progress>, what: &'static str) -> Self {
        let (end, is_over) = mpsc::channel();
        let drawing = thread::spawn(move || {
            let bar = ProgressBar::no_length().with_style(style(COUNTED)).with_message(what);
            let mut is_measured = false;
            while is_over.recv_timeout(REFRESH) == Err(RecvTimeoutError::Timeout) {
                let (done, total) = progress.state();
                if total > 0 && !is_measured {
                    bar.set_style(style(MEASURED));
                    is_measured = true;
                }
                if is_measured {
                    bar.set_length(total.max(done) as u64);
                }
                if progress.is_stopped() {
                    bar.set_message("stopping;");
                }
                bar.set_position(done as u64);
            }
            bar.finish_and_clear();
        });
        Self { end: Some(end), drawing: Some(drawing) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end = None;
        // The report must not begin in the middle of the bar.
        if let Some(drawing) = self.drawing.take() {
            let _ = drawing.join();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate)
}

/// What takes longer than this wants a word.
const PATIENCE: Duration = Duration::from_millis(700);

/// Says on a terminal why it takes long, if it does: until this is dropped.
pub(crate) struct Patience {
    _end: Option<Sender<()>>,
}

impl Patience {
    /// Begins to wait.
    pub(crate) fn with(why: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { _end: None };
        }
        let (end, is_over) = mpsc::channel();
        thread::spawn(move || {
            if is_over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("{why}");
            }
        });
        Self { _end: Some(end) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_some() {
        for template in [COUNTED, MEASURED] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
