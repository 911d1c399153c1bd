//! What a meter has seen: the longer stalls one by one, all of them as a histogram.
//!
//! Its size does not grow with the number of polls.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::{Method, PollReading, micros};

/// Shorter stalls are counted and not kept.
const KEPT_FROM: Duration = Duration::from_millis(1);

/// How many stalls are kept, the first ones.
const KEPT: usize = 4096;

/// The histogram's end: longer stalls count as this long in quantiles.
const LONGEST: Duration = Duration::from_secs(60);

/// The stalls of one loop. All times are in microseconds.
#[derive(Clone, Debug)]
pub struct LoopLatency {
    method: Method,
    kept: Vec<PollReading>,
    left_out: u64,
    longest_micros: u64,
    histogram: Histogram<u64>,
}

impl LoopLatency {
    pub(super) fn new(method: Method) -> LoopLatency {
        let histogram = Histogram::new_with_max(micros(LONGEST), 3);
        LoopLatency {
            method,
            kept: Vec::new(),
            left_out: 0,
            longest_micros: 0,
            histogram: histogram.expect("a minute and three digits are within its limits"),
        }
    }

    pub(super) fn record(&mut self, reading: PollReading) {
        self.histogram.saturating_record(reading.stall_micros);
        self.longest_micros = self.longest_micros.max(reading.stall_micros);
        if reading.stall_micros < micros(KEPT_FROM) {
            return;
        }
        if self.kept.len() < KEPT {
            self.kept.push(reading);
        } else {
            self.left_out += 1;
        }
    }

    /// What the stalls were computed from.
    pub fn method(&self) -> Method {
        self.method
    }

    /// How many polls were measured.
    pub fn polls(&self) -> u64 {
        self.histogram.len()
    }

    /// The polls that stalled the loop for a millisecond or more, in order.
    pub fn stalls(&self) -> &[PollReading] {
        &self.kept
    }

    /// How many such polls came after the list was full.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The stall that the share `quantile` (from 0 to 1) of all polls did not
    /// exceed, to three digits: `0.99` gives the p99. 0 when there were no polls.
    pub fn quantile_micros(&self, quantile: f64) -> u64 {
        self.histogram
            .value_at_quantile(quantile)
            .min(self.longest_micros)
    }

    /// The longest stall, exactly.
    pub fn max_micros(&self) -> u64 {
        self.longest_micros
    }
}
