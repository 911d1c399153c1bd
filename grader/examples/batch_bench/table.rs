//! The table: a row for each measurement, and its summary below.

use crate::measure::{Batch, Cost};

/// The columns' names.
pub(crate) fn head() {
    println!(
        "{:46} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "", "number", "wall s", "each ms", "CPU ms", "peak MB", "disk kB"
    );
}

/// A row about processes other than a batch.
pub(crate) fn row(name: &str, cost: &Cost) {
    println!("{}", cells(name, cost));
}

/// A row about a batch: time and CPU time of each submission, the grader's own memory,
/// and what each leaves on disk.
pub(crate) fn batch(name: &str, batch: &Batch) {
    println!(
        "{} {:>8.1} {:>8.1}",
        cells(name, &batch.cost),
        batch.megabytes(),
        batch.disk_each() / 1000.0,
    );
}

fn cells(name: &str, cost: &Cost) -> String {
    format!(
        "{name:46} {:>6} {:>8.1} {:>8.1} {:>8.1}",
        cost.number,
        cost.wall,
        cost.wall_each() * 1000.0,
        cost.cpu_each() * 1000.0
    )
}

/// The summary of the rows above, and the aim.
pub(crate) fn comes_to(what: &str) {
    println!("    {what}");
}
