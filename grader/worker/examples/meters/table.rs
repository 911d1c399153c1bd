//! The table, with an explanation of how to read it.

use std::fmt;
use std::fmt::Write as _;

use crate::candidates::{Candidate, Readings};
use crate::loads::{Load, STALL};
use crate::machine::Machine;

/// One kind of run beside a number of neighbours.
pub(crate) struct Row {
    load: Load,
    neighbours: usize,
    runs: usize,
    cells: Vec<Cell>,
}

struct Cell {
    /// Runs in which a stall was missed or, in clean runs, reported without reason.
    wrong: usize,
    within_a_tenth: usize,
}

impl Row {
    pub(crate) fn new(load: Load, neighbours: usize, runs: &[Readings]) -> Row {
        let cells = Candidate::ALL.map(|candidate| Cell {
            wrong: count(runs, |run| run.is_over(candidate) == load.is_clean()),
            within_a_tenth: count(runs, |run| {
                run.time(candidate).abs_diff(STALL) <= STALL / 10
            }),
        });
        Row {
            load,
            neighbours,
            runs: runs.len(),
            cells: cells.into(),
        }
    }
}

fn count(runs: &[Readings], holds: impl Fn(&Readings) -> bool) -> usize {
    runs.iter().filter(|run| holds(run)).count()
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} |", self.load.title(), self.neighbours)?;
        for cell in &self.cells {
            if self.load.is_clean() {
                write!(f, " {} false |", cell.wrong)?;
            } else {
                // Rounded down, so that 100 % means all.
                let tenths = cell.within_a_tenth * 1000 / self.runs;
                let percent = format!("{}.{}", tenths / 10, tenths % 10);
                write!(f, " {percent} % · {} |", cell.wrong)?;
            }
        }
        Ok(())
    }
}

pub(crate) fn render(machine: &Machine, runs: usize, rows: &[Row]) -> String {
    let mut text = String::from("# Measured\n\n");
    text += &introduction(machine, runs);
    text += "\n| the task | neighbours |";
    for candidate in Candidate::ALL {
        let _ = write!(text, " {} |", candidate.title());
    }
    let _ = write!(text, "\n|---|--:|{}", "--:|".repeat(Candidate::ALL.len()));
    for row in rows_by_load(rows) {
        let _ = write!(text, "\n{row}");
    }
    text += "\n\nThe candidates:\n\n";
    for candidate in Candidate::ALL {
        let _ = writeln!(
            text,
            "- *{}*: {}",
            candidate.title(),
            candidate.explanation()
        );
    }
    text
}

fn introduction(machine: &Machine, runs: usize) -> String {
    format!(
        "{machine}\n\n\
         ```text\n\
         RUSTFLAGS=\"--cfg tokio_unstable\" cargo run --release -p worker --features puppet \\\n    \
         --example meters -- --runs {runs} --out grader/worker/src/meter/measured.md\n\
         ```\n\n\
         {runs} runs in each cell, each with one known stall of 20 ms, or none, beside so \
         many busy processes. *97.3 % · 2* means: the reading was within 10 % of the \
         known stall in 97.3 % of the runs, and 2 runs read less than 10 ms, so that \
         the stall was missed. *2 false* means: 2 clean runs read 10 ms or more.\n"
    )
}

fn rows_by_load(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let of = |load| rows.iter().filter(move |row| row.load == load);
    Load::ALL.into_iter().flat_map(of)
}
