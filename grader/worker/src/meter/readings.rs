//! What the system says of a thread: its clocks and counters.
//!
//! [`ThreadReadings`] asks the system; tests script a [`Readings`] of their own.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::Method;

/// A set of numbers counts as taken at one moment if reading it took no longer than this.
const AT_ONE_MOMENT: Duration = Duration::from_micros(50);

/// A thread's clocks and counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Time since the readings began.
    pub at: Duration,
    /// Time the thread has run, in its life.
    pub cpu: Duration,
    /// Time it was ready to run and had no core; `None` where the system does not say.
    pub run_queue: Option<Duration>,
    /// How often it gave up its core voluntarily; `None` as above.
    pub voluntary_switches: Option<u64>,
}

/// Where a meter gets its numbers from.
pub trait Readings {
    /// The calling thread's numbers, now.
    fn read(&mut self) -> Reading;

    /// What can be computed from them.
    fn method(&self) -> Method;
}

/// The numbers of the thread that opened them. Only that thread may read them.
///
/// A reading takes about 2 µs, three system calls.
#[derive(Debug)]
pub struct ThreadReadings {
    origin: Instant,
    schedstat: Option<File>,
}

impl ThreadReadings {
    /// Readings for the calling thread. Opens `/proc/thread-self/schedstat` if it exists.
    pub fn open() -> ThreadReadings {
        let schedstat = File::open("/proc/thread-self/schedstat").ok();
        ThreadReadings {
            origin: Instant::now(),
            schedstat: schedstat.filter(|it| run_queue_delay(it).is_some()),
        }
    }

    pub(super) fn origin(&self) -> Instant {
        self.origin
    }

    fn read_once(&self) -> Reading {
        Reading {
            run_queue: self.schedstat.as_ref().and_then(run_queue_delay),
            voluntary_switches: voluntary_switches(),
            cpu: thread_cpu_time(),
            at: self.origin.elapsed(),
        }
    }
}

impl Readings for ThreadReadings {
    fn read(&mut self) -> Reading {
        // A thread that loses its core between two numbers gets a set that does not
        // add up: the wait is in one number and not in the other. This is rare, so reading once more will do.
        let begun = self.origin.elapsed();
        let reading = self.read_once();
        if reading.at - begun <= AT_ONE_MOMENT {
            return reading;
        }
        self.read_once()
    }

    fn method(&self) -> Method {
        match self.schedstat {
            Some(_) => Method::RunQueueCorrected,
            None => Method::ThreadCpuTime,
        }
    }
}

/// How long the thread of `schedstat` has waited in run queues; up to date if that
/// thread itself asks.
fn run_queue_delay(schedstat: &File) -> Option<Duration> {
    // Three numbers of at most 20 digits.
    let mut text = [0; 64];
    let length = schedstat.read_at(&mut text, 0).ok()?;
    parse_schedstat(std::str::from_utf8(&text[..length]).ok()?)
}

/// The second of the three fields, in nanoseconds. `None` from a kernel that writes
/// the file and keeps no count: there, even the third, how often the thread got a
/// core, is 0. (The first, its time on a core, is 0 in a newborn thread too.)
pub(super) fn parse_schedstat(text: &str) -> Option<Duration> {
    let mut fields = text.split_ascii_whitespace().skip(1).map(str::parse);
    let (delay, times): (u64, u64) = (fields.next()?.ok()?, fields.next()?.ok()?);
    (times > 0).then_some(Duration::from_nanos(delay))
}

pub(super) fn thread_cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // It counts from the thread's birth, so it is never negative.
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(target_os = "linux")]
fn voluntary_switches() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_THREAD).ok()?;
    u64::try_from(usage.voluntary_context_switches()).ok()
}

#[cfg(not(target_os = "linux"))]
fn voluntary_switches() -> Option<u64> {
    None
}
