//! Room for threads: many runs are open in one worker, and the threads that a submission
//! starts in each add up. On a busy machine those of closed runs take a while to end,
//! and some never do.
//!
//! A worker is kept all the same: what goes wrong for want of threads is not believed
//! before it was seen in a worker of its own.

use std::time::{Duration, Instant};

use super::asking::is_opening;
use super::{Driver, Run};
use play::schedule::Action;

/// Runs that are open side by side, unless their threads are too many.
const WIDTH: usize = 48;

/// Threads of closed runs are waited for as long as one of them ends within this time;
/// less long where it was in vain before.
const PATIENCE: Duration = Duration::from_millis(100);
const LITTLE_PATIENCE: Duration = Duration::from_millis(1);

/// Waits in vain after which there is little patience left.
const IN_VAIN: u32 = 3;

/// The time between two counts.
const NAP: Duration = Duration::from_millis(1);

/// How many runs may be open side by side, and what they take of the worker.
#[derive(Debug)]
pub(super) struct Room {
    width: usize,
    /// The width where no thread needs room.
    most: usize,
    /// Runs the current worker has open, or was ordered to open.
    open: usize,
    /// Threads that one run has, where it was seen alone.
    each: usize,
    /// It has all there are.
    is_taken_whole: bool,
    /// How many waits for threads in a row were in vain.
    in_vain: u32,
}

impl Room {
    pub(super) fn of(runs_alone: bool) -> Room {
        let most = match runs_alone {
            false => WIDTH,
            // A static that all calls share would wait for another run.
            true => 1,
        };
        Room {
            width: most,
            most,
            open: 0,
            each: 0,
            is_taken_whole: false,
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

    /// One run has so many threads besides the loop's, of `limit` that a process may have.
    pub(super) fn measured(&mut self, each: usize, limit: usize) {
        // One that takes all there are gets along with what is left.
        self.is_taken_whole = each + 6 > limit;
        self.each = if self.is_taken_whole { 0 } else { each };
        // One more each: some start another when they are asked. And as many twice more, for
        // those of closed runs, and of a second instance.
        let of_each = 3 * (self.each + 1);
        self.width = (limit.saturating_sub(1) / of_each).clamp(1, self.most);
    }

    /// Threads that one run has, where they need room.
    pub(super) fn each(&self) -> usize {
        self.each
    }

    /// Whether runs have threads that need room.
    pub(super) fn is_measured_out(&self) -> bool {
        self.each > 0
    }

    /// Whether one run takes every thread that a process may have. Looking at all of them
    /// again and again takes long.
    pub(super) fn is_taken_whole(&self) -> bool {
        self.is_taken_whole
    }

    /// Notes that a run is ordered to be opened.
    pub(super) fn opening(&mut self) {
        self.open += 1;
    }

    /// Notes that this many runs are closed.
    pub(super) fn closed(&mut self, runs: usize) {
        self.open = self.open.saturating_sub(runs);
    }

    /// Notes that the next worker is a fresh one.
    pub(super) fn emptied(&mut self) {
        self.open = 0;
    }

    /// Whether so many runs more need threads that those of closed runs, of `threads` there
    /// are now, have to make way for.
    fn needs_some_to_end(&self, opening: usize, threads: usize, limit: usize) -> bool {
        let is_crowded = threads + opening * (self.each + 1) > limit;
        let of_closed = threads.saturating_sub(1 + self.open * self.each);
        self.each > 0 && is_crowded && of_closed > 0
    }
}

impl Driver<'_> {
    /// How many instances what is left of a run's script makes, the one that it begins with
    /// among them, if the worker does not have that yet.
    fn instances_to_make(&self, run: &Run) -> usize {
        let is_known = run.worker == Some(self.workers_started);
        let played = if is_known {
            run.evidence.turns().len()
        } else {
            0
        };
        let rest = run.script.get(played..).unwrap_or_default();
        let discards = rest.iter().filter(|turn| turn.action == Action::Discard);
        usize::from(!is_known || rest.iter().any(is_opening)) + discards.count()
    }

    /// Waits for the threads of closed runs where the instances that `runs` are to make need
    /// room for theirs.
    pub(super) fn await_room(&mut self, runs: &[Run]) {
        let instances = runs.iter().map(|run| self.instances_to_make(run));
        let opening = instances.sum();
        let (Some(worker), 1.., 1..) = (&self.worker, opening, self.room.each) else {
            return;
        };
        let limit = self.limits.threads as usize;
        let (mut least, mut since) = (usize::MAX, Instant::now());
        let mut waited = false;
        // If the system does not count threads, they are not limited.
        while let Some(threads) = worker.count_threads() {
            if !self.room.needs_some_to_end(opening, threads, limit) {
                if waited {
                    self.room.in_vain = 0;
                }
                return;
            }
            if threads < least {
                (least, since) = (threads, Instant::now());
            }
            if since.elapsed() > self.room.patience() {
                self.room.in_vain += 1;
                return;
            }
            waited = true;
            std::thread::sleep(NAP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(each: usize) -> Room {
        let mut room = Room::of(false);
        room.measured(each, 256);
        room
    }

    #[test]
    fn runs_are_so_many_that_their_threads_find_room_three_times() {
        let widths = [0, 1, 4, 20, 60, 200].map(|each| room(each).width());
        assert_eq!(widths, [48, 42, 17, 4, 1, 1]);
    }

    #[test]
    fn a_run_that_takes_every_thread_there_is_leaves_the_others_none_to_wait_for() {
        assert_eq!(room(255).width(), WIDTH);
        assert!(!room(255).needs_some_to_end(24, 256, 256));
    }

    #[test]
    fn threads_of_closed_runs_are_waited_for_and_those_of_open_ones_are_not() {
        let mut room = room(20);
        (0..6).for_each(|_| room.opening());
        assert!(!room.needs_some_to_end(3, 121, 256));
        assert!(room.needs_some_to_end(3, 221, 256));
        (0..5).for_each(|_| room.opening());
        assert!(!room.needs_some_to_end(3, 221, 256));
        room.closed(5);
        assert!(room.needs_some_to_end(3, 221, 256));
    }
}
