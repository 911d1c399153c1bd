//! The system's account of each thread of a process. It is read thousands of times
//! in a grading, so its small files are kept open.
//!
//! Without `/proc` (see proc(5)) there is no such account, and everything here is
//! `None`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::num::NonZero;
use std::os::unix::fs::FileExt;
use std::sync::LazyLock;
use std::time::Duration;

use rustix::fs::Dir;
use rustix::process::{Resource, Rlimit};

/// How much a thread has used so far (Linux: `schedstat`, see
/// `Documentation/scheduler/sched-stats.rst`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    /// Time on a processor.
    pub(crate) ran: Duration,
    /// Time in which it was ready to run and others ran.
    pub(crate) waited: Duration,
    /// How often it was put on a processor.
    pub(crate) turns: u64,
}

/// What a thread does now, and its CPU time in the unit the system counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Doing {
    state: u8,
    /// CPU time, in ticks.
    ticks: u64,
}

impl Doing {
    /// Whether it waits for something other than the machine: "D" waits for a disk.
    pub(crate) fn is_asleep(self) -> bool {
        !b"RD".contains(&self.state)
    }

    /// The same, but only if it still exists and nobody has stopped it.
    pub(crate) fn sleeps(self) -> bool {
        self.state == b'S'
    }

    /// Its CPU time.
    pub(crate) fn cpu(self) -> Duration {
        Duration::from_millis(self.ticks * 1000 / rustix::param::clock_ticks_per_second())
    }
}

/// How much thread `id` of process `pid` has used; its first thread has the process's number.
pub(crate) fn used(pid: u32, id: u32) -> Option<Used> {
    ask(pid, id, "schedstat", used_from)
}

/// How much the calling thread has used.
pub(crate) fn used_by_this_one() -> Option<Used> {
    thread_local! {
        static OWN: Option<File> = File::open("/proc/thread-self/schedstat").ok();
    }
    OWN.with(|own| read(own.as_ref()?, used_from))
}

/// What thread `id` of process `pid` does.
pub(crate) fn doing(pid: u32, id: u32) -> Option<Doing> {
    ask(pid, id, "stat", doing_from)
}

/// The CPU time of process `pid`: all of its threads together, including those that ended.
pub fn cpu_of_process(pid: u32) -> Option<Duration> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    doing_from(&String::from_utf8_lossy(&stat)).map(Doing::cpu)
}

/// The threads of process `pid`.
pub(crate) fn of(pid: u32) -> Option<Vec<u32>> {
    KNOWN.with_borrow_mut(|known| {
        known.only(pid);
        if let Some(ids) = known.list.as_mut().and_then(ids_in) {
            let is_there = |id: &u32| ids.binary_search(id).is_ok();
            known.files.retain(|(id, _), _| is_there(id));
            return Some(ids);
        }
        // The file belonged to a process that is gone; another one may have its number.
        let folder = File::open(format!("/proc/{pid}/task")).ok()?;
        known.list = Dir::new(folder).ok();
        ids_in(known.list.as_mut()?)
    })
}

/// How often a list is read that is too short.
const READINGS: usize = 20;

/// The threads that a folder lists: at least one, while the process exists.
fn ids_in(list: &mut Dir) -> Option<Vec<u32>> {
    let mut ids = Vec::new();
    for _ in 0..READINGS {
        ids = listed(list)?;
        // The system ends the list early where the thread it has come to ends. How many
        // there are is in the folder's count of links, which has two for itself.
        let there = list.stat().ok()?.st_nlink as usize;
        if ids.len() + 2 >= there {
            break;
        }
    }
    Some(ids)
}

fn listed(list: &mut Dir) -> Option<Vec<u32>> {
    list.rewind();
    let mut ids = Vec::new();
    for entry in list {
        // The count includes "." and "..".
        ids.extend(entry.ok()?.file_name().to_str().ok()?.parse::<u32>());
    }
    ids.sort_unstable();
    (!ids.is_empty()).then_some(ids)
}

/// The files of one process that this thread keeps open.
#[derive(Default)]
struct Known {
    pid: u32,
    list: Option<Dir>,
    files: HashMap<(u32, &'static str), File>,
}

/// How many files each grading keeps open; of a process with more threads the others are
/// opened each time. All gradings together leave the greater part of what may be open.
static MOST: LazyLock<usize> = LazyLock::new(|| {
    let may = rustix::process::getrlimit(Resource::Nofile).current;
    let may = may.and_then(|files| usize::try_from(files).ok());
    let at_a_time = std::thread::available_parallelism().map_or(1, NonZero::get);
    (may.unwrap_or(usize::MAX) / (4 * at_a_time)).clamp(32, 2048)
});

/// Lets this process have many files open, if it may. The limit is often 1,024 for the sake of
/// programs that wait with select(2), of which there is none here.
pub fn allow_many_files() {
    const MANY: u64 = 1 << 16;
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(MANY, |most| most.min(MANY));
    if limit.current.is_some_and(|now| now < most) {
        let current = Some(most);
        // Without it there is enough for all but speed.
        let _ = rustix::process::setrlimit(Resource::Nofile, Rlimit { current, ..limit });
    }
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

impl Known {
    /// Forgets every other process.
    fn only(&mut self, pid: u32) {
        if self.pid != pid {
            *self = Known {
                pid,
                ..Known::default()
            };
        }
    }
}

fn ask<T>(pid: u32, id: u32, name: &'static str, parse: fn(&str) -> Option<T>) -> Option<T> {
    KNOWN.with_borrow_mut(|known| {
        known.only(pid);
        if let Some(file) = known.files.get(&(id, name)) {
            if let Some(told) = read(file, parse) {
                return Some(told);
            }
            // The file belonged to a thread that is gone; another one may have its number.
            known.files.remove(&(id, name));
        }
        let file = File::open(format!("/proc/{pid}/task/{id}/{name}")).ok()?;
        let told = read(&file, parse);
        if known.files.len() < *MOST {
            known.files.insert((id, name), file);
        }
        told
    })
}

fn read<T>(file: &File, parse: fn(&str) -> Option<T>) -> Option<T> {
    // These files are short, and are made anew at each read from the start.
    let mut buffer = [0; 1024];
    let length = file.read_at(&mut buffer, 0).ok()?;
    // A thread's name is cut after 15 bytes, even within a character.
    parse(&String::from_utf8_lossy(&buffer[..length]))
}

fn used_from(schedstat: &str) -> Option<Used> {
    let mut numbers = schedstat
        .split_ascii_whitespace()
        .map(|number| number.parse().ok());
    let mut next = || numbers.next()?;
    Some(Used {
        ran: Duration::from_nanos(next()?),
        waited: Duration::from_nanos(next()?),
        turns: next()?,
    })
}

fn doing_from(stat: &str) -> Option<Doing> {
    // "pid (comm) state ppid …"; comm may hold spaces and parentheses.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = *fields.next()?.as_bytes().first()?;
    // utime and stime are the 14th and 15th field.
    let mut ticks = fields.skip(10).map(|field| field.parse::<u64>().ok());
    let ticks = ticks.next()?? + ticks.next()??;
    Some(Doing { state, ticks })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_our_own_threads() {
        let pid = std::process::id();
        for _ in 0..2 {
            assert!(used(pid, pid).is_some() && used_by_this_one().is_some());
            let doing = doing(pid, pid).expect("proc is there");
            assert!(doing.cpu() < Duration::from_secs(3600));
            assert!(of(pid).is_some_and(|ids| ids.len() > 1 && ids.contains(&pid)));
        }
    }

    #[test]
    fn threads_that_come_and_go_are_seen() {
        let pid = std::process::id();
        let ids = || of(pid).expect("proc is there");
        for _ in 0..100 {
            let (tell, wait) = std::sync::mpsc::channel();
            let (done, end) = std::sync::mpsc::channel::<()>();
            let thread = std::thread::spawn(move || {
                let _ = tell.send(rustix::thread::gettid().as_raw_nonzero().get());
                let _ = end.recv();
            });
            let id = wait.recv().expect("it says its number").cast_unsigned();
            // A list may miss one while threads of other tests end; the next list has it.
            assert!((0..READINGS).any(|_| ids().contains(&id)));
            assert!(used(pid, id).is_some() && doing(pid, id).is_some());
            drop(done);
            let _ = thread.join();
            // The thread is joined a moment before it is gone, so this comes soon.
            while ids().contains(&id) {
                std::thread::yield_now();
            }
            assert_eq!((used(pid, id), doing(pid, id)), (None, None));
        }
    }

    #[test]
    fn a_process_that_is_gone_tells_nothing() {
        let mut child = std::process::Command::new("true")
            .spawn()
            .expect("it starts");
        let pid = child.id();
        assert!(used(pid, pid).is_some());
        child.wait().expect("it ends");
        assert_eq!((used(pid, pid), doing(pid, pid)), (None, None));
        assert_eq!(of(pid), None);
    }

    #[test]
    fn a_name_with_signs_in_it_is_no_state() {
        let stat = "7 (a) R (b) S 1 7 7 0 -1 4194560 9 0 0 0 12 3 0 0 20";
        let doing = doing_from(stat).expect("it is one");
        assert_eq!(
            doing,
            Doing {
                state: b'S',
                ticks: 15
            }
        );
        assert!(doing.is_asleep() && doing.sleeps());
    }
}
