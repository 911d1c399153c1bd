//! The processes of this machine, as far as a test may have left one behind.

use std::fs;
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

/// Processes with this argument.
pub(crate) fn with_argument(argument: &str) -> Vec<Pid> {
    let argument = argument.to_owned();
    still_there(move |pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0)
            .any(|word| word == argument.as_bytes())
    })
}

/// The processes that are like this and stay so: one that was killed needs a
/// moment to go.
fn still_there(like: impl Fn(Pid) -> bool) -> Vec<Pid> {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let found: Vec<Pid> = pids.filter(|pid| like(*pid)).collect();
        if found.is_empty() || Instant::now() > patience {
            return found;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Ends what a test that failed has left behind.
pub(crate) fn end(pids: &[Pid]) {
    for pid in pids {
        if let Some(pid) = rustix::process::Pid::from_raw(pid.cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}
