//! Work that other threads do for the loop, by their own account: when it began and
//! ended, and how long the machine kept it waiting.
//!
//! Its main type is [`OffLoopWork`]. It is asked only about a poll that was blocked.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::readings::{Reading, Readings, ThreadReadings};
use super::stall::Parts;

/// How many pieces are remembered, the last ones, while no poll asks for them.
const REMEMBERED: usize = 1024;

/// Where threads give account of their work; a clone is another handle to it.
#[derive(Clone, Debug)]
pub struct OffLoopWork {
    origin: Instant,
    pieces: Arc<Mutex<Vec<Piece>>>,
}

/// One piece of work. Times are since the meter's start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) begin: Duration,
    pub(super) end: Duration,
    /// How long its thread waited for a core before the work, at its birth or waking.
    pub(super) delayed_before: Duration,
    /// How long it waited during the work.
    pub(super) delayed: Duration,
}

/// The excuse that a poll has in the work it waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Excuse {
    /// How long the machine kept the work waiting.
    pub(super) delayed: Duration,
    /// How long it was at work, or asleep.
    pub(super) worked: Duration,
}

impl OffLoopWork {
    pub(super) fn since(origin: Instant) -> OffLoopWork {
        OffLoopWork {
            origin,
            pieces: Arc::default(),
        }
    }

    /// Begins a piece of work on the calling thread. Drop it when the work is done,
    /// before telling anyone.
    ///
    /// Opens a file, once in each thread. Where that is forbidden, delay before the
    /// work began is not seen, nor is delay within work that also sleeps.
    pub fn begin(&self) -> WorkInProgress {
        let (begin, delayed_before) = ACCOUNT.with_borrow_mut(|account| {
            let account = account.get_or_insert_with(Account::open);
            let begin = account.readings.read();
            let settled = account.last.as_ref().and_then(|last| last.end.run_queue);
            let delay = begin.run_queue.unwrap_or_default();
            (begin, delay.saturating_sub(settled.unwrap_or_default()))
        });
        WorkInProgress {
            work: self.clone(),
            begin_at: self.origin.elapsed(),
            begin,
            delayed_before,
            of_this_thread: PhantomData,
        }
    }

    pub(super) fn add(&self, piece: Piece) {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        if pieces.len() == REMEMBERED {
            pieces.remove(0);
        }
        pieces.push(piece);
    }

    /// The excuse for a poll that was blocked between `start` and `end`. Forgets
    /// work that ended before `end`, since later polls cannot have waited for it.
    pub(super) fn excuse(&self, start: Duration, end: Duration) -> Excuse {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ended: Vec<Piece> = pieces.extract_if(.., |it| it.end <= end).collect();
        drop(pieces);
        ended.retain(|it| it.end > start);
        chain(start, &mut ended)
    }
}

/// Follows the work back from the piece that ended last to the one that ended last
/// before it began, and so on. Work beside the chain held nothing up.
fn chain(start: Duration, pieces: &mut [Piece]) -> Excuse {
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.end));
    let mut excuse = Excuse::default();
    let mut earliest = Duration::MAX;
    for (index, piece) in pieces.iter().enumerate() {
        if piece.end > earliest {
            continue;
        }
        earliest = piece.begin;
        let length = piece.end - piece.begin;
        let delayed = piece.delayed.min(length);
        if piece.begin < start {
            // It began in an earlier poll. How much of its delay fell into this
            // one is unknown, so take a proportional share.
            let share = (piece.end - start).as_secs_f64() / length.as_secs_f64();
            excuse.delayed += delayed.mul_f64(share);
            excuse.worked += (length - delayed).mul_f64(share);
            break;
        }
        let earlier = pieces[index + 1..].iter().find(|it| it.end <= piece.begin);
        let gap = piece.begin - earlier.map_or(start, |it| it.end.max(start));
        excuse.delayed += piece.delayed_before.min(gap) + delayed;
        excuse.worked += length - delayed;
    }
    excuse
}

/// A piece of work in progress; dropping it ends the work.
#[derive(Debug)]
pub struct WorkInProgress {
    work: OffLoopWork,
    begin_at: Duration,
    begin: Reading,
    delayed_before: Duration,
    /// Not `Send`: it ends with the numbers of the thread it began with.
    of_this_thread: PhantomData<*const ()>,
}

impl Drop for WorkInProgress {
    fn drop(&mut self) {
        // Does nothing if the thread is ending and its account is closed.
        let _ = ACCOUNT.try_with(|account| {
            let mut account = account.borrow_mut();
            let Some(account) = account.as_mut() else {
                return;
            };
            let end = account.readings.read();
            let parts = Parts::between(&self.begin, &end);
            let end_at = self.work.origin.elapsed();
            self.work.add(Piece {
                begin: self.begin_at,
                end: end_at,
                delayed_before: self.delayed_before,
                delayed: parts.wall.saturating_sub(parts.own()),
            });
            account.last = Some(Last {
                work: self.work.clone(),
                end,
                end_at,
            });
        });
    }
}

thread_local! {
    static ACCOUNT: RefCell<Option<Account>> = const { RefCell::new(None) };
}

/// A thread's own numbers, and what they were when its last work ended.
struct Account {
    readings: ThreadReadings,
    last: Option<Last>,
}

struct Last {
    work: OffLoopWork,
    end: Reading,
    end_at: Duration,
}

impl Account {
    fn open() -> Account {
        Account {
            readings: ThreadReadings::open(),
            last: None,
        }
    }
}

impl Drop for Account {
    /// The thread ends. If that follows right after its work, it counts as work too: a
    /// thread that joins it waits for this, and it can lose its core here as anywhere.
    fn drop(&mut self) {
        let Some(last) = self.last.take() else { return };
        let now = self.readings.read();
        let parts = Parts::between(&last.end, &now);
        let known = now.voluntary_switches.is_some();
        if known && parts.voluntary_switches == 0 {
            last.work.add(Piece {
                begin: last.end_at,
                end: last.work.origin.elapsed(),
                delayed_before: Duration::ZERO,
                delayed: parts.wall.saturating_sub(parts.own()),
            });
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// How many pieces a thread leaves if it runs `afterwards` after its work.
    fn pieces_of_a_thread(afterwards: fn()) -> usize {
        let work = OffLoopWork::since(Instant::now());
        let theirs = work.clone();
        let thread = std::thread::spawn(move || {
            drop(theirs.begin());
            afterwards();
        });
        thread.join().expect("it does nothing that could fail");
        work.pieces.lock().map_or(0, |pieces| pieces.len())
    }

    #[test]
    fn a_threads_end_follows_its_work() {
        // One quick end is enough, because any single end may meet a lock.
        assert!((0..100).any(|_| pieces_of_a_thread(|| {}) == 2));
    }

    #[test]
    fn a_thread_that_slept_since_its_work_ends_unnoticed() {
        let nap = || std::thread::sleep(Duration::from_micros(100));
        assert_eq!(pieces_of_a_thread(nap), 1);
    }
}
