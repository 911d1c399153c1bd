//! Loop latency: how long an event loop was kept from everything else while
//! passwords were hashed, as numbers and as a strip of text.
//!
//! Its main type is [`LoopLatency`]. It is a picture, measured in the worker, and
//! no check rests on it.

use protocol::Picture;
use serde::{Deserialize, Serialize};

/// A cell of a strip counts as blocked from this share of it on.
const BLOCKED_SHARE: f64 = 0.5;

/// The measurements of one loop. All times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoopLatency {
    /// How stalls were distinguished from the machine's own delays; see `worker::meter`.
    pub method: String,
    /// How long the loop was watched.
    pub window_ms: f64,
    /// Polls of tasks in that time.
    pub polls: u64,
    /// Passwords that were hashed.
    pub hashed: u32,
    /// The median stall of a poll.
    pub p50_ms: f64,
    /// The 99th percentile of stalls.
    pub p99_ms: f64,
    /// The longest stall.
    pub max_ms: f64,
    /// Each stall of a millisecond or more: when it began, how long it was.
    pub stalls: Vec<(f64, f64)>,
    /// Each short request of the handlers: when it was due, how much later it was done.
    pub waits: Vec<(f64, f64)>,
}

impl From<Picture> for LoopLatency {
    fn from(picture: Picture) -> LoopLatency {
        let all = |pairs: Vec<(u64, u64)>| {
            let pair = |(at, took)| (millis(at), millis(took));
            pairs.into_iter().map(pair).collect()
        };
        LoopLatency {
            method: play::text::one_line(&picture.method, 40),
            window_ms: millis(picture.window),
            polls: picture.polls,
            hashed: picture.hashed,
            p50_ms: millis(picture.p50),
            p99_ms: millis(picture.p99),
            max_ms: millis(picture.max),
            stalls: all(picture.stalls),
            waits: all(picture.waits),
        }
    }
}

/// One cell of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The loop answered.
    Free,
    /// A poll kept it for half of the cell's time or more.
    Blocked,
    /// After the loop's end.
    Over,
}

impl Cell {
    /// How it is drawn.
    pub fn letter(self) -> char {
        match self {
            Cell::Free => '▁',
            Cell::Blocked => '█',
            Cell::Over => ' ',
        }
    }
}

impl LoopLatency {
    /// The strip of the loop: `cells` cells, each of `cell_ms`.
    pub fn strip(&self, cells: usize, cell_ms: f64) -> Vec<Cell> {
        let cell = |number: usize| {
            let from = number as f64 * cell_ms;
            let to = from + cell_ms;
            if from >= self.window_ms {
                return Cell::Over;
            }
            let shares = self.stalls.iter().map(|(at, took)| {
                let within = (at + took).min(to) - at.max(from);
                within.max(0.0)
            });
            match shares.sum::<f64>() / cell_ms >= BLOCKED_SHARE {
                true => Cell::Blocked,
                false => Cell::Free,
            }
        };
        (0..cells).map(cell).collect()
    }

    /// The longest a handler's request had to wait, in milliseconds.
    pub fn longest_wait_ms(&self) -> f64 {
        let waits = self.waits.iter().map(|(_, took)| *took);
        waits.fold(0.0, f64::max)
    }
}

/// The length of a cell, in milliseconds, with which `cells` cells show all of
/// these loops.
pub fn cell_ms<'a>(all: impl IntoIterator<Item = &'a LoopLatency>, cells: usize) -> f64 {
    let windows = all.into_iter().map(|latency| latency.window_ms);
    (windows.fold(1.0, f64::max) / cells as f64).ceil()
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(stalls: &[(u64, u64)]) -> LoopLatency {
        LoopLatency::from(Picture {
            window: 100_000,
            stalls: stalls.to_vec(),
            waits: vec![(0, 250), (10_000, 1_500)],
            ..Picture::default()
        })
    }

    #[test]
    fn a_stall_blocks_the_cells_it_fills_and_those_it_half_fills() {
        let cells = latency(&[(15_000, 30_000), (80_000, 4_000)]).strip(11, 10.0);
        let drawn: String = cells.into_iter().map(Cell::letter).collect();
        // From 15 to 45 ms; the 4 ms at 80 fill too little of their cell.
        assert_eq!(drawn, "▁████▁▁▁▁▁ ");
    }

    #[test]
    fn the_longest_wait_is_the_longest() {
        assert_eq!(latency(&[]).longest_wait_ms(), 1.5);
    }

    #[test]
    fn cells_are_as_long_as_the_longest_window_needs() {
        let mut long = latency(&[]);
        long.window_ms = 641.0;
        assert_eq!(cell_ms([&latency(&[]), &long], 64), 11.0);
    }
}
