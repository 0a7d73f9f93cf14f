//! Runs the program and takes its time and its memory.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the memory is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// What one run came to.
pub(crate) struct Figures {
    pub(crate) seconds: f64,
    /// The most that was resident, in MiB.
    memory: f64,
    /// The program's own closing line.
    totals: String,
}

impl Figures {
    pub(crate) const HEAD: &str = "seconds   objects/s   most memory";

    /// The objects that the closing line counts; none where it counts something else.
    fn objects(&self) -> Option<f64> {
        self.totals.split_once(" object").and_then(|(number, _)| number.parse().ok())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.objects().map_or_else(String::new, |objects| format!("{:.0}", objects / self.seconds));
        write!(out, "{:>7.2}   {rate:>9}   {:>7.0} MiB", self.seconds, self.memory)
    }
}

/// Runs a command over paths.
pub(crate) fn run(arguments: &[&str], paths: &[&Path], cache: &Path) -> Figures {
    run_with(arguments, paths, cache, &[])
}

/// The same with variables.
pub(crate) fn run_with(arguments: &[&str], paths: &[&Path], cache: &Path, variables: &[(&str, &str)]) -> Figures {
    let output = tempfile::NamedTempFile::new().unwrap();
    let start = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(arguments)
        .args(paths)
        .env("XDG_CACHE_HOME", cache)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(output.reopen().unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", process.id());
    let mut memory = 0.0;
    while process.try_wait().unwrap().is_none() {
        memory = f64::max(memory, peak(&status));
        std::thread::sleep(LOOK);
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut text = String::new();
    File::open(output.path()).unwrap().read_to_string(&mut text).unwrap();
    Figures { seconds, memory, totals: text.lines().last().unwrap_or_default().to_owned() }
}

/// The most that a process had resident so far, in MiB.
fn peak(status: &str) -> f64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
