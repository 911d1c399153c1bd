//! The processes of this machine, to find those that a test may have left behind.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

/// A process, by its number.
pub(crate) type Pid = u32;

/// No process.
pub(crate) const NONE: &[Pid] = &[];

/// Workers whose grader is gone: it removes their program's file as it leaves.
pub(crate) fn orphaned_workers() -> Vec<Pid> {
    let of_ours = crate::courses::real().target().join("grader/jobs");
    let of_ours = of_ours.to_string_lossy().into_owned();
    still_there(move |pid| {
        let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        let program = program.to_string_lossy();
        program.starts_with(&of_ours) && program.ends_with("out/worker (deleted)")
    })
}

/// Processes whose program lies below `folder`.
pub(crate) fn below(folder: &std::path::Path) -> Vec<Pid> {
    let folder = folder.to_owned();
    still_there(move |pid| {
        fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|program| program.starts_with(&folder))
    })
}

/// Processes with this argument, when one that is ending has ended.
pub(crate) fn with_argument(argument: &str) -> Vec<Pid> {
    let argument = argument.to_owned();
    still_there(move |pid| has_argument(pid, &argument))
}

/// Processes with this argument at this moment.
pub(crate) fn with_argument_now(argument: &str) -> Vec<Pid> {
    all().filter(|pid| has_argument(*pid, argument)).collect()
}

/// The children of `parent`, or of the grader that it watches, whose program is called so.
pub(crate) fn children_called(parent: Pid, program: &str) -> Vec<Pid> {
    let is_it = |pid: &Pid, program: &str| {
        let path = fs::read_link(format!("/proc/{pid}/exe"));
        path.is_ok_and(|path| path.ends_with(program))
    };
    let mut pids = children(parent);
    let watched = pids.iter().filter(|pid| is_it(pid, "grader"));
    let below: Vec<Pid> = watched.flat_map(|pid| children(*pid)).collect();
    pids.extend(below);
    pids.retain(|pid| is_it(pid, program));
    pids
}

/// Waits until there is one of these children.
pub(crate) fn await_child(parent: Pid, program: &str) -> Pid {
    let patience = Instant::now() + PATIENCE;
    loop {
        assert!(
            Path::new(&format!("/proc/{parent}")).exists(),
            "the parent lives"
        );
        if let Some(pid) = children_called(parent, program).first() {
            return *pid;
        }
        assert!(Instant::now() < patience, "it has started no such program");
        std::thread::sleep(TICK);
    }
}

/// Kills every such child for as long as `parent` lives; says how many there were.
pub(crate) fn kill_each(parent: &mut Child, program: &str) -> usize {
    let patience = Instant::now() + PATIENCE;
    let mut killed = BTreeSet::new();
    while parent.try_wait().expect("it is ours").is_none() {
        let found = children_called(parent.id(), program);
        end(&found);
        killed.extend(found);
        assert!(Instant::now() < patience, "it does not end");
        std::thread::sleep(TICK);
    }
    killed.len()
}

/// The children of a process, whichever of its threads started them; none of one that has
/// ended.
pub(crate) fn children(parent: Pid) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{parent}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| {
        // It may have ended by now.
        fs::read_to_string(thread.path().join("children")).ok()
    });
    let children: String = children.collect();
    let pids = children.split_whitespace();
    pids.filter_map(|pid| pid.parse().ok()).collect()
}

/// A bound that makes a stuck test fail; no result depends on it.
const PATIENCE: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(2);

fn all() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn has_argument(pid: Pid, argument: &str) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0)
        .any(|word| word == argument.as_bytes())
}

/// The processes that satisfy this and keep doing so: a killed process needs a
/// moment to end.
fn still_there(like: impl Fn(Pid) -> bool) -> Vec<Pid> {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        let found: Vec<Pid> = all().filter(|pid| like(*pid)).collect();
        if found.is_empty() || Instant::now() > patience {
            return found;
        }
        std::thread::sleep(TICK);
    }
}

/// Ends the processes that a failed test has left behind.
pub(crate) fn end(pids: &[Pid]) {
    for pid in pids {
        if let Some(pid) = rustix::process::Pid::from_raw(pid.cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}
