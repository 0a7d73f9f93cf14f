//! The `tidegate` command. Everything is in the library; see its first page.

use std::process::ExitCode;

/// A review makes and drops some thousands of small texts, on many threads: `make bench` has the
/// figures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tidegate::cli::run()
}
