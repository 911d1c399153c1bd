//! The loop-latency meter: how long each poll of a task kept its event loop from
//! everything else.
//!
//! Its main type is [`LoopMeter`]. It measures one loop, on the loop's thread, and
//! never judges: what it says is a picture, and a busy machine can blur it.
//!
//! # What a stall is
//!
//! The *stall* of a poll is the part of its wall time that an idle machine would
//! have spent as well. The wall time of a poll has four parts:
//!
//! | part | whose doing | how it is known |
//! |---|---|---|
//! | running | the submission's | thread CPU time |
//! | waiting in the run queue | the machine's | second field of `/proc/thread-self/schedstat` |
//! | blocked: asleep, joining, receiving | the submission's | what is left, if the thread gave up its core of its own will (`ru_nvcsw`) |
//! | stolen by a hypervisor | the machine's | what is left, if it did not |
//!
//! So the stall is running + blocked. Between polls the loop is idle or asks the
//! system for events, which is not a stall.
//!
//! # The rule for a poll that waits for another thread
//!
//! While the loop's thread is blocked in a `join`, the run queue that delays it is
//! the other thread's, and the loop's own numbers don't show it: joining 20 ms of
//! work beside eight busy processes reads as 160 ms. Only the other thread can tell,
//! so it does, through [`OffLoopWork::begin`]. Work without such an account
//! excuses nothing: the whole wait is a stall.
//!
//! - A poll is excused only if it was blocked for a millisecond or more, and only by
//!   work that ended within it. A poll that met a lock did not wait for that work.
//! - Of all such work only the chain counts: the piece that ended last, then the
//!   piece that ended last before that one began, and so on. Work beside the chain
//!   held nothing up.
//! - The chain excuses its threads' delays, from their birth or waking, and up to
//!   their end if it follows the work at once.
//! - The stall is never less than the chain's own time. The loop's thread may have
//!   waited in the run queue while the chain ran (right after the `spawn`, before the
//!   `join`), and no moment may be subtracted twice.
//!
//! # What it cannot see
//!
//! - Whose threads filled the run queue. A submission that starts a hundred
//!   hashing threads delays its own loop, and that counts as the machine's doing.
//! - A poll that calls `std::thread::yield_now` until another thread is done: the kernel
//!   does not count a voluntary switch, and the thread never leaves the run queue.
//! - A thread that was done before the loop's thread got a core back, so that the
//!   `join` had nothing left to wait for.
//! - A core lost between the end of an account and the moment the loop is told.
//! - Why a lock was held for so long: its holder may have lost its core. That counts
//!   as the poll's stall.
//! - A sleep, when the thread loses its core between setting the timer and giving up
//!   the core: the timer runs while the thread is in the run queue.
//! - The future given to `block_on`: it is not a task, so no hook is called for it.
//!
//! So a verdict must rest on something else.
//!
//! # What the other candidates miss
//!
//! The table below is of one machine; `grader/worker/examples/meters` makes it anew.
//!
//! - A heartbeat and wall time blame the submission for its neighbours: they find
//!   stalls in nearly all clean runs that compute.
//! - Thread CPU time misses every sleep, `join` and `recv`.
//! - Wall time minus the run queue's delay finds nearly every stall, and reads those
//!   that wait for another thread many times too long. It also counts what the
//!   hypervisor stole.
//! - "There was a voluntary switch, and the wall time passed the line" finds the few
//!   that are left, and blames about as many clean polls that met a lock or were
//!   woken late. It is not part of the meter: [`PollReading`] has what it takes.
//!
//! # Use
//!
//! ```no_run
//! # #[cfg(all(tokio_unstable, feature = "puppet"))] {
//! use std::sync::{Arc, Mutex};
//! use worker::meter::LoopMeter;
//!
//! // On the loop's thread, before any sandbox forbids opening files.
//! let meter = Arc::new(Mutex::new(LoopMeter::start()));
//! let (before, after) = (Arc::clone(&meter), Arc::clone(&meter));
//! let runtime = tokio::runtime::Builder::new_current_thread()
//!     .on_before_task_poll(move |_| before.lock().unwrap().before_poll())
//!     .on_after_task_poll(move |_| { after.lock().unwrap().after_poll(); })
//!     .build_local(Default::default())?;
//! # }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
#![doc = include_str!("meter/measured.md")]
#![doc = include_str!("meter/verdicts.md")]

mod latency;
mod off_loop;
mod readings;
mod stall;

pub use latency::LoopLatency;
pub use off_loop::{OffLoopWork, WorkInProgress};
pub use readings::{Reading, Readings, ThreadReadings};

use std::time::Duration;

/// What the stalls were computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Running plus blocked time, with a known run-queue delay: Linux with
    /// `CONFIG_SCHED_INFO`.
    RunQueueCorrected,
    /// The system reports no run-queue delays. Thread CPU time; on Linux, the wall time
    /// of a poll that gave up its core voluntarily. Elsewhere (macOS) those are not
    /// counted either, and a poll that sleeps or joins reads as almost nothing.
    ThreadCpuTime,
}

/// What one poll took. All times are in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollReading {
    /// When the poll began, counted from the meter's start.
    pub start_micros: u64,
    /// From the poll's beginning to its end.
    pub wall_micros: u64,
    /// How long it kept the loop from everything else, by its own doing.
    pub stall_micros: u64,
    /// Time on a core.
    pub cpu_micros: u64,
    /// Time ready to run, without a core; 0 if the system does not tell.
    pub run_queue_micros: u64,
    /// Time asleep or waiting for something, another thread included.
    pub blocked_micros: u64,
    /// Subtracted from the blocked time: the run-queue delays of work that the
    /// poll waited for, as far as [`OffLoopWork`] knows them.
    pub excused_micros: u64,
    /// How often the thread gave up its core voluntarily.
    pub voluntary_switches: u64,
}

/// Measures the polls of one event loop; see the [module](self).
///
/// [`start`](Self::start) it on the loop's thread and call it there only: it reads
/// the numbers of the thread that calls.
#[derive(Debug)]
pub struct LoopMeter<R = ThreadReadings> {
    readings: R,
    off_loop: OffLoopWork,
    before: Option<Reading>,
    latency: LoopLatency,
}

impl LoopMeter {
    /// A meter for the loop of the calling thread. Opens one file now, and none
    /// later.
    pub fn start() -> LoopMeter {
        let readings = ThreadReadings::open();
        let off_loop = OffLoopWork::since(readings.origin());
        LoopMeter::with(readings, off_loop)
    }
}

impl<R: Readings> LoopMeter<R> {
    /// A meter that gets its numbers from `readings`, whose clock began with that of
    /// `off_loop`.
    pub fn with(readings: R, off_loop: OffLoopWork) -> LoopMeter<R> {
        let latency = LoopLatency::new(readings.method());
        LoopMeter {
            readings,
            off_loop,
            before: None,
            latency,
        }
    }

    /// Where other threads give account of what they do for this loop.
    pub fn off_loop_work(&self) -> OffLoopWork {
        self.off_loop.clone()
    }

    /// Call this as a poll begins.
    pub fn before_poll(&mut self) {
        self.before = Some(self.readings.read());
    }

    /// Call this as a poll ends. `None` when no poll had begun.
    pub fn after_poll(&mut self) -> Option<PollReading> {
        let before = self.before.take()?;
        let after = self.readings.read();
        let reading = stall::reading(&before, &after, &self.off_loop);
        self.latency.record(reading);
        Some(reading)
    }

    /// What was measured since the start, or since this was last called.
    pub fn take(&mut self) -> LoopLatency {
        let empty = LoopLatency::new(self.readings.method());
        std::mem::replace(&mut self.latency, empty)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
