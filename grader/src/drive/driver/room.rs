//! Room for threads: many runs are open in one worker, and the threads that a submission
//! starts in each add up. On a busy machine those of closed runs take a while to end,
//! and some never do.

use std::time::{Duration, Instant};

use super::{Driver, Run};

/// Runs that are open side by side, unless their threads are too many.
const WIDTH: usize = 48;

/// Not fewer: with so few open runs, only the threads of a single run can cross a limit.
const LEAST_WIDTH: usize = 6;

/// The wait for threads of closed runs goes on as long as one of them ends within this
/// time; it is shorter after waits in vain. A fresh worker is never wrong, only slower.
const PATIENCE: Duration = Duration::from_millis(100);
const LITTLE_PATIENCE: Duration = Duration::from_millis(5);

/// Waits in vain after which there is little patience left.
const IN_VAIN: u32 = 3;

/// The time between two counts.
const NAP: Duration = Duration::from_millis(1);

/// The least number of open runs whose threads show how many one run has.
const SAMPLE: usize = 4;

/// How many runs may be open side by side, and what they take of the worker.
#[derive(Debug)]
pub(super) struct Room {
    width: usize,
    /// Runs the current worker has open, or was ordered to open.
    open: usize,
    /// The open runs that it has confirmed.
    known: usize,
    /// An upper bound for the threads of one run, since threads of closed runs were
    /// counted with them.
    each: Option<usize>,
    /// How many waits for threads in a row were in vain.
    in_vain: u32,
}

impl Room {
    pub(super) fn of(uses_threads: bool) -> Room {
        let width = match uses_threads {
            false => WIDTH,
            // A pool shared by all services would run short of threads.
            true => 1,
        };
        Room {
            width,
            open: 0,
            known: 0,
            each: None,
            in_vain: 0,
        }
    }

    fn patience(&self) -> Duration {
        match self.in_vain {
            ..IN_VAIN => PATIENCE,
            _ => LITTLE_PATIENCE,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Notes that a run is ordered to be opened.
    pub(super) fn opening(&mut self) {
        self.open += 1;
    }

    /// Notes that this many more runs are known to be open.
    pub(super) fn opened(&mut self, runs: usize) {
        self.known = (self.known + runs).min(self.open);
    }

    /// Notes that this many runs are closed.
    pub(super) fn closed(&mut self, runs: usize) {
        self.open = self.open.saturating_sub(runs);
        self.known = self.known.saturating_sub(runs);
    }

    /// Notes that the next worker is a fresh one.
    pub(super) fn emptied(&mut self) {
        (self.open, self.known) = (0, 0);
    }

    /// How many threads there would be with this many more runs, given `threads` now;
    /// and how many of these belong to no open run.
    fn with(&mut self, opening: usize, threads: usize) -> (usize, usize) {
        if self.known >= SAMPLE {
            let each = threads.saturating_sub(1).div_ceil(self.known);
            self.each = Some(self.each.map_or(each, |known| known.min(each)));
        }
        let each = self.each.unwrap_or(1);
        // Orders may not have been carried out yet. One thread more for each run to
        // come, since some start another with a request.
        let ordered = self.open.saturating_sub(self.known) * each;
        let all = threads + ordered + opening * (each + 1);
        (all, threads.saturating_sub(1 + self.open * each))
    }

    fn halve(&mut self) {
        self.width = (self.width / 2).max(LEAST_WIDTH).min(self.width);
    }
}

impl Driver<'_> {
    /// Whether the runs among `runs` that the worker has to open have the threads they
    /// need, after waiting for threads of closed runs to end.
    pub(super) fn has_room(&mut self, runs: &[Run]) -> bool {
        let opens = |run: &&Run| run.worker != Some(self.workers_started);
        let opening = runs.iter().filter(opens).count();
        let uses_threads = self.world.uses_threads();
        let (Some(worker), 1.., false) = (&self.worker, opening, uses_threads) else {
            return true;
        };
        let limit = self.limits.threads as usize;
        let (mut least, mut since) = (usize::MAX, Instant::now());
        let mut waited = false;
        // If the system does not count threads, they are not limited.
        while let Some(threads) = worker.count_threads() {
            let (all, of_closed) = self.room.with(opening, threads);
            // A fresh worker has no more room than one without threads.
            if all <= limit || threads == 1 && self.room.open == 0 {
                if waited {
                    self.room.in_vain = 0;
                }
                return true;
            }
            if threads < least {
                (least, since) = (threads, Instant::now());
            }
            if of_closed == 0 {
                return false;
            }
            if since.elapsed() > self.room.patience() {
                self.room.in_vain += 1;
                return false;
            }
            waited = true;
            std::thread::sleep(NAP);
        }
        true
    }

    /// A fresh worker, with fewer runs open side by side.
    pub(super) fn make_room(&mut self) {
        self.discard_worker();
        self.room.halve();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(open: usize) -> Room {
        let mut room = Room::of(false);
        (0..open).for_each(|_| room.opening());
        room.opened(open);
        room
    }

    #[test]
    fn threads_of_closed_runs_are_not_taken_for_those_of_open_ones() {
        let mut room = room(10);
        assert_eq!(room.with(4, 51), (51 + 4 * 6, 0));
        assert_eq!(room.with(4, 11), (11 + 4 * 2, 0));
        // Many more threads belong to runs that are closed by now.
        assert_eq!(room.with(4, 81), (81 + 4 * 2, 70));
    }

    #[test]
    fn what_was_ordered_and_not_carried_out_yet_counts() {
        let mut room = room(10);
        assert_eq!(room.with(0, 31), (31, 0));
        (0..10).for_each(|_| room.opening());
        assert_eq!(room.with(2, 31), (61 + 2 * 4, 0));
        room.opened(10);
        room.closed(15);
        assert_eq!(room.with(2, 61), (61 + 2 * 4, 45));
        room.emptied();
        assert_eq!(room.with(2, 1), (1 + 2 * 4, 0));
    }

    #[test]
    fn few_runs_tell_nothing() {
        assert_eq!(room(3).with(1, 100), (102, 96));
    }

    #[test]
    fn a_width_is_halved_down_to_what_one_run_may_ask_for() {
        let mut room = room(0);
        let widths: Vec<usize> = (0..5)
            .map(|_| {
                room.halve();
                room.width()
            })
            .collect();
        assert_eq!(widths, [24, 12, 6, 6, 6]);
        let mut one = Room::of(true);
        one.halve();
        assert_eq!(one.width(), 1);
    }
}
