//! What a process that runs strangers' code may use, and how it is ended.
//!
//! Limits are put on a child from outside, right after it was started: a worker
//! runs nothing of a submission before its first order, and rustc is given its
//! input from a folder it cannot harm. A sandbox will have to go further.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit};

use crate::interrupt::{Group, kill_group};

/// The limits of one grading. Durations and bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// All runs of one submission together, wall clock.
    pub wall: Duration,
    /// CPU time of one worker process.
    pub cpu: Duration,
    /// Address space of one worker process. Threads reserve much of it and use
    /// little; what a worker may allocate is bounded apart from it, and far lower.
    pub memory_bytes: u64,
    /// What is kept of a worker's standard output and error.
    pub output_bytes: usize,
    /// CPU time the loop thread may use for one answer.
    pub answer_cpu: Duration,
    /// How long the loop thread may sleep, without using the CPU, before an answer.
    pub answer_asleep: Duration,
    /// The most wall-clock time for one answer, however busy the machine.
    pub answer_wall: Duration,
}

impl Limits {
    /// The limits for compiling a submission.
    pub fn of_compiling() -> Limits {
        Limits {
            wall: Duration::from_secs(60),
            cpu: Duration::from_secs(40),
            memory_bytes: 6 << 30,
            output_bytes: 64 << 10,
            ..Limits::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            wall: Duration::from_secs(60),
            cpu: Duration::from_secs(40),
            memory_bytes: 4 << 30,
            output_bytes: 16 << 10,
            answer_cpu: Duration::from_millis(800),
            answer_asleep: Duration::from_millis(300),
            answer_wall: Duration::from_secs(20),
        }
    }
}

/// Puts the CPU, memory and core-dump limits on process `pid`.
///
/// # Errors
/// When the system refuses; on systems without `prlimit`, never.
fn apply(pid: u32, limits: &Limits) -> io::Result<()> {
    set(pid, Resource::Cpu, limits.cpu.as_secs().max(1))?;
    set(pid, Resource::As, limits.memory_bytes)?;
    set(pid, Resource::Core, 0)
}

#[cfg(target_os = "linux")]
fn set(pid: u32, resource: Resource, value: u64) -> io::Result<()> {
    let limit = Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    let pid = Pid::from_raw(pid.cast_signed());
    match rustix::process::prlimit(pid, resource, limit) {
        // Gone already: whoever waits for it will find out.
        Err(rustix::io::Errno::SRCH) => Ok(()),
        other => other.map(drop).map_err(io::Error::from),
    }
}

#[cfg(not(target_os = "linux"))]
fn set(_: u32, _: Resource, _: u64) -> io::Result<()> {
    Ok(())
}

/// A child in a process group of its own, ended with all of it when dropped.
#[derive(Debug)]
pub(crate) struct Confined {
    child: Child,
    _group: Group,
}

impl Confined {
    /// Starts `command` under `limits`.
    pub(crate) fn spawn(command: &mut Command, limits: &Limits) -> io::Result<Confined> {
        let child = command.process_group(0).spawn()?;
        let group = Group::of(child.id());
        let confined = Confined {
            child,
            _group: group,
        };
        apply(confined.child.id(), limits)?;
        Ok(confined)
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        kill_group(self.child.id());
        // Reaped, so that nothing is left of it.
        let _ = self.child.wait();
    }
}
