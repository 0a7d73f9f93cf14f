//! What policies cost, as a table.

use std::io::{self, Write};
use std::time::Duration;

use super::bench::{Cost, Percentiles};

/// The columns, each with its unit.
const HEAD: [&str; 11] = [
    "policy",
    "size KB",
    "compile ms",
    "load ms",
    "reviews",
    "cold µs",
    "p99",
    "warm µs",
    "p99",
    "instructions",
    "memory KiB",
];
/// What stands where there is no figure.
const NONE: &str = "-";

/// Writes the table; the first policy is the one that was asked about.
///
/// # Errors
/// What the writer says.
pub fn write(costs: &[Cost], out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 11]> = std::iter::once(HEAD.map(str::to_owned)).chain(costs.iter().map(row)).collect();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
            let width = width.unwrap_or_default();
            line.push_str(&if column == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") });
        }
        writeln!(out, "{}", line.trim_end())?;
        // What was asked about stands apart.
        if number == 1 && rows.len() > 2 {
            writeln!(out, "built in, on the same objects:")?;
        }
    }
    writeln!(
        out,
        "\ncold: a review with a fresh instance, as at the gate; warm: once more in the same instance. Median and p99, \
         {NONE} where fewer than 100 reviews, or none, were measured. Instructions: fuel of wasmtime, the median. Memory: \
         what an instance has after a review, the most. Compile: with the time to keep it; load: as it was kept."
    )?;
    if cfg!(debug_assertions) {
        writeln!(out, "\nThis is a debug build of tidegate: a release build is faster in all but the instructions.")?;
    }
    for cost in costs {
        for failure in &cost.failures {
            writeln!(out, "{} failed on {failure}", cost.policy)?;
        }
    }
    Ok(())
}

fn row(cost: &Cost) -> [String; 11] {
    let none = || NONE.to_owned();
    let [cold, cold_p99] = times(cost.cold);
    let [warm, warm_p99] = times(cost.warm);
    [
        cost.policy.clone(),
        (cost.size / 1_000).to_string(),
        milliseconds(cost.compile, 0),
        milliseconds(cost.load, 2),
        cost.reviews.to_string(),
        cold,
        cold_p99,
        warm,
        warm_p99,
        cost.instructions.map_or_else(none, |count| count.to_string()),
        cost.memory.map_or_else(none, |bytes| (bytes >> 10).to_string()),
    ]
}

fn times(percentiles: Option<Percentiles>) -> [String; 2] {
    let shown = |time: Option<Duration>| time.map_or_else(|| NONE.to_owned(), microseconds);
    [shown(percentiles.map(|times| times.p50)), shown(percentiles.and_then(|times| times.p99))]
}

fn microseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6)
}

fn milliseconds(time: Duration, digits: usize) -> String {
    format!("{:.digits$}", time.as_secs_f64() * 1e3)
}
