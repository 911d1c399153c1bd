//! Measures the loop-latency meter and the other candidates, beside busy
//! neighbours. Not part of `./test`: it takes about half an hour, and its numbers
//! are a machine's, not the code's.
//!
//! ```text
//! RUSTFLAGS="--cfg tokio_unstable" cargo run --release -p worker --features puppet \
//!     --example meters -- --runs 300 --out grader/worker/src/meter/measured.md
//! ```
//!
//! Each run puts one known stall of 20 ms, or none, on a loop that also serves a
//! heartbeat and six handlers, and notes what each candidate says. The *known* stall
//! is what the code asks for: 20 ms of CPU time where it spins, 20 ms by the clock
//! where it sleeps, on whichever thread. An idle machine adds next to nothing to it;
//! what a busy one adds is the machine's doing.

mod candidates;
mod event_loop;
mod loads;
mod machine;
mod neighbours;
mod table;

use std::path::PathBuf;

use anyhow::{Context, bail};
use event_loop::EventLoop;
use loads::Load;
use machine::{Machine, Spent};
use neighbours::Neighbours;
use table::Row;

/// Busy processes beside the loop.
const NEIGHBOURS: [usize; 4] = [0, 2, 4, 8];

struct Options {
    runs: usize,
    out: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    neighbours::be_one_if_asked();
    let options = options()?;
    let mut machine = Machine::describe();
    let mut rows = Vec::new();
    for count in NEIGHBOURS {
        let begun = Spent::until_now();
        let _busy = Neighbours::start(count)?;
        for load in Load::ALL {
            let event_loop = EventLoop::new()?;
            let runs = (0..options.runs).map(|run| event_loop.run(load, run));
            rows.push(Row::new(load, count, &runs.collect::<Vec<_>>()));
            show_progress(rows.last());
        }
        if let (0, Some(begun), Some(now)) = (count, begun, Spent::until_now()) {
            machine.others = Some(now.by_others_since(&begun));
        }
    }
    let text = table::render(&machine, options.runs, &rows);
    show(&text);
    match options.out {
        Some(path) => std::fs::write(&path, text).with_context(|| path.display().to_string()),
        None => Ok(()),
    }
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options {
        runs: 300,
        out: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("`{name}` needs a value"))?;
        match name.as_str() {
            "--runs" => options.runs = value.parse().context("`--runs` needs a number")?,
            "--out" => options.out = Some(value.into()),
            _ => bail!("no option `{name}`; there are `--runs` and `--out`"),
        }
    }
    Ok(options)
}

#[expect(clippy::print_stdout, reason = "its output")]
fn show(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "it takes half an hour")]
fn show_progress(row: Option<&Row>) {
    if let Some(row) = row {
        eprintln!("{row}");
    }
}
