//! The threads of a worker, seen from outside.
//!
//! A snapshot says of every thread but the loop's whether it sleeps, how often it
//! has run and how much CPU time it has used. Two equal snapshots in which all
//! sleep mean that nothing happened in between, and nothing will by itself.

use std::time::Duration;

use crate::drive::threads;

/// One look at the threads of a process, its first thread excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Threads {
    pid: u32,
    threads: Vec<Thread>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Thread {
    id: u32,
    /// How often it was put on a processor.
    turns: u64,
    used: Duration,
}

impl Threads {
    /// What the threads of process `pid`, except its first, have done so far. `None`
    /// if the system does not say.
    pub(super) fn of(pid: u32) -> Option<Threads> {
        Threads::of_those(pid, |id| id != pid)
    }

    /// What all threads of process `pid` have done so far, if all of them sleep.
    pub(super) fn with_the_first(pid: u32) -> Option<Threads> {
        let threads = Threads::of_those(pid, |_| true)?;
        threads.sleep().then_some(threads)
    }

    fn of_those(pid: u32, wanted: impl Fn(u32) -> bool) -> Option<Threads> {
        let ids = threads::of(pid)?.into_iter().filter(|id| wanted(*id));
        // A thread that ends while we look is as good as gone.
        let threads = ids.filter_map(|id| Thread::of(pid, id)).collect();
        Some(Threads { pid, threads })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.threads.len()
    }

    /// Whether the system counts how often each of them runs; some systems do not.
    pub fn tell(&self) -> bool {
        self.threads.iter().any(|thread| thread.turns > 0)
    }

    /// Whether each of them waits for something now. A thread that sleeps now, and
    /// has not run between an earlier look and a later one, slept all the while.
    pub fn sleep(&self) -> bool {
        self.threads
            .iter()
            .all(|thread| is_asleep(self.pid, thread.id))
    }

    /// The least CPU time that a thread which is awake has used since `before`;
    /// `None` when all sleep.
    pub fn least_used_awake(&self, before: &Threads) -> Option<Duration> {
        let is_awake = |thread: &&Thread| !is_asleep(self.pid, thread.id);
        let awake = self.threads.iter().filter(is_awake);
        awake.map(|thread| thread.used_since(before)).min()
    }
}

impl Thread {
    fn of(pid: u32, id: u32) -> Option<Thread> {
        let used = threads::used(pid, id)?;
        Some(Thread {
            id,
            turns: used.turns,
            used: used.ran,
        })
    }

    fn used_since(&self, before: &Threads) -> Duration {
        let then = before.threads.iter().find(|it| it.id == self.id);
        let then = then.map_or(Duration::ZERO, |it| it.used);
        self.used.saturating_sub(then)
    }
}

/// Whether a thread waits for something; a thread that is gone counts as waiting.
fn is_asleep(pid: u32, id: u32) -> bool {
    threads::doing(pid, id).is_none_or(|doing| doing.is_asleep())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(used: &[(u32, u64)]) -> Threads {
        let thread = |&(id, used)| Thread {
            id,
            turns: 1,
            used: Duration::from_millis(used),
        };
        Threads {
            pid: 1,
            threads: used.iter().map(thread).collect(),
        }
    }

    #[test]
    fn a_thread_has_used_what_it_has_used_since_it_was_seen() {
        let (before, after) = (threads(&[(2, 5)]), threads(&[(2, 9), (3, 7)]));
        let used = |at: usize| after.threads[at].used_since(&before);
        assert_eq!(used(0), Duration::from_millis(4));
        assert_eq!(used(1), Duration::from_millis(7));
    }

    /// The number of the calling thread.
    #[cfg(target_os = "linux")]
    fn own_id() -> u32 {
        let link = std::fs::read_link("/proc/thread-self").expect("the system says");
        let id = link
            .file_name()
            .and_then(|name| name.to_str()?.parse().ok());
        id.expect("a number")
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_that_waits_is_seen_asleep_and_one_that_runs_is_not() {
        /// A bound that makes a stuck test fail; no result depends on it.
        const PATIENCE: Duration = Duration::from_secs(60);
        let (say, said) = std::sync::mpsc::channel();
        let (tell, wait) = std::sync::mpsc::channel::<()>();
        let waiting = std::thread::spawn(move || {
            say.send(own_id()).expect("it is heard");
            wait.recv()
        });
        let (pid, id) = (std::process::id(), said.recv().expect("it says so"));
        assert!(!is_asleep(pid, own_id()), "it asks");
        let all = Threads::of_those(pid, |one| one == id).expect("the system says");
        assert_eq!(all.count(), 1);
        let begun = std::time::Instant::now();
        while !all.sleep() {
            assert!(begun.elapsed() < PATIENCE, "it is never seen asleep");
            std::thread::yield_now();
        }
        let used = all.least_used_awake(&all);
        assert_eq!(used, None, "it sleeps on until it is told something");
        drop(tell);
        assert!(waiting.join().expect("it does not panic").is_err());
    }
}
