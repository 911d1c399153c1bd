//! How much memory the grader holds at most: a count that the system keeps, and no
//! clock. It is the grader's own, without that of what it starts, but for the grader that
//! it watches.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::processes::{self, Pid};

/// How long to look away between two looks: a growing process holds a short peak
/// again.
const NAP: Duration = Duration::from_millis(2);

/// The most that a process held.
#[derive(Clone, Copy)]
pub(super) struct Peak(u64);

impl Peak {
    pub(super) fn mib(self) -> u64 {
        self.0 >> 20
    }

    #[track_caller]
    pub(super) fn is_below(self, mib: u64, what: &str) {
        assert!(self.0 > 0, "{what}: nobody looked");
        assert!(self.mib() < mib, "{what}: {} MiB", self.mib());
    }
}

/// Runs `command` to its end.
pub(super) fn of(mut command: Command) -> (Output, Peak) {
    let command = command.stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn().expect("it can be started");
    let grader = child.id();
    let end = std::thread::spawn(move || child.wait_with_output());
    let mut peak = 0;
    while !end.is_finished() {
        let watched = processes::children(grader).into_iter().filter(is_grader);
        for pid in watched.chain([grader]) {
            // A process that has ended holds nothing.
            peak = peak.max(held(pid).unwrap_or_default());
        }
        std::thread::sleep(NAP);
    }
    let output = end.join().expect("it waits").expect("it can be read");
    (output, Peak(peak))
}

/// Whether a process is a grader, and not what one starts.
fn is_grader(pid: &Pid) -> bool {
    let program = fs::read_link(format!("/proc/{pid}/exe"));
    program.is_ok_and(|program| program == Path::new(env!("CARGO_BIN_EXE_grader")))
}

fn held(pid: Pid) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib << 10)
}
