//! The `tidegate` command. Everything is in the library; see its first page.

use std::process::ExitCode;

fn main() -> ExitCode {
    tidegate::cli::run()
}
