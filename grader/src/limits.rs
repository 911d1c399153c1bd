//! What a process that runs strangers' code may use, and how it is ended.
//!
//! Its main types are [`Limits`], which a drill's `exercise.toml` can set, and
//! `Confined`, a process under a policy. Where there is a sandbox its launcher puts
//! the limits in force; elsewhere they are put on the process from outside.

use std::io;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ::sandbox::Policy;
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit};
use serde::Deserialize;

use crate::interrupt::{Group, kill_group};
use crate::sandbox::Sandbox;
use crate::stop::Stop;

/// The `[limits]` of an `exercise.toml`; what is left out is as [`Limits::default`]
/// says.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillLimits {
    /// All runs of one submission together, in seconds: 13. Time in which a busy machine
    /// ran others is left out.
    pub wall_seconds: Option<u64>,
    /// CPU time of one worker process, in seconds: 9. All of a submission together may use
    /// two more.
    pub cpu_seconds: Option<u64>,
    /// What a submission may hold on its heap, in MiB: 512.
    pub memory_mib: Option<u64>,
    /// Threads of a submission, the loop's own counted: 256. Many runs
    /// share a process, and wait for each other's threads to end.
    pub threads: Option<u64>,
    /// What is kept of what a submission prints, in KiB: 16.
    pub output_kib: Option<u64>,
    /// A submission's Rust files together, in KiB: 1024.
    pub source_kib: Option<u64>,
}

/// The limits of one grading. Durations and bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// All runs of one submission together, as a [`Stopwatch`](crate::stopwatch::Stopwatch)
    /// measures.
    pub wall: Duration,
    /// CPU time of one process. The workers of one grading may use a little more, all
    /// together: what one of them died of is played again in another one.
    pub cpu: Duration,
    /// What a process may hold: a worker on its heap, rustc as address space.
    pub memory_bytes: u64,
    /// Threads of one process.
    pub threads: u64,
    /// What is kept of a worker's standard output and error.
    pub output_bytes: usize,
    /// A submission's Rust files together.
    pub source_bytes: u64,
    /// CPU time the loop thread may use for one answer.
    pub answer_cpu: Duration,
    /// How long the loop thread may sleep, without using the CPU, before an answer.
    pub answer_asleep: Duration,
    /// How often in a row every thread may be seen asleep before an answer, where a
    /// submission uses threads.
    pub looks_all_asleep: Option<u32>,
    /// The most time for one answer, measured likewise.
    pub answer_wall: Duration,
    /// What else the process is kept from.
    pub sandbox: Sandbox,
    /// The user it runs as, if the grader is root and there is a sandbox.
    pub user: u32,
    /// Whether the grading is still wanted.
    pub stop: Stop,
}

impl Limits {
    /// The limits for compiling a submission.
    pub fn of_compiling() -> Limits {
        Limits {
            // Thirty times what an honest submission takes of either.
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(5),
            memory_bytes: 6 << 30,
            threads: 1024,
            output_bytes: 64 << 10,
            ..Limits::default()
        }
    }

    /// The limits of a drill.
    pub fn of_drill(drill: &DrillLimits) -> Limits {
        let mut limits = Limits::default();
        let set = |place: &mut u64, value: Option<u64>, unit: u64| {
            *place = value.map_or(*place, |value| value.saturating_mul(unit));
        };
        set(&mut limits.memory_bytes, drill.memory_mib, 1 << 20);
        set(&mut limits.threads, drill.threads, 1);
        set(&mut limits.source_bytes, drill.source_kib, 1 << 10);
        if let Some(seconds) = drill.wall_seconds {
            limits.wall = Duration::from_secs(seconds);
        }
        if let Some(seconds) = drill.cpu_seconds {
            limits.cpu = Duration::from_secs(seconds);
        }
        if let Some(kib) = drill.output_kib {
            limits.output_bytes = usize::try_from(kib << 10).unwrap_or(usize::MAX);
        }
        limits
    }
}

impl Limits {
    /// CPU time of all workers of one grading together.
    pub fn cpu_in_all(&self) -> Duration {
        self.cpu + Duration::from_secs(2)
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            wall: Duration::from_secs(13),
            cpu: Duration::from_secs(9),
            memory_bytes: 512 << 20,
            threads: 256,
            output_bytes: 16 << 10,
            source_bytes: 1 << 20,
            answer_cpu: Duration::from_millis(800),
            answer_asleep: Duration::from_millis(300),
            looks_all_asleep: None,
            answer_wall: Duration::from_secs(4),
            sandbox: Sandbox::none(),
            user: 0,
            stop: Stop::new(),
        }
    }
}

/// Puts the limits that can be put on it from outside on process `pid`.
///
/// # Errors
/// When the system refuses; on systems without `prlimit`, never.
fn apply(pid: u32, limits: &::sandbox::Limits) -> io::Result<()> {
    set(pid, Resource::Cpu, limits.cpu_seconds)?;
    set(pid, Resource::As, limits.address_bytes)?;
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

/// Sleeps until our child `pid`, which was not waited for, ends; for `time` at most.
#[cfg(target_os = "linux")]
fn sleep_until_end(pid: u32, time: Duration) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let ends = Pid::from_raw(pid.cast_signed())
        .and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok());
    match (ends, Timespec::try_from(time)) {
        (Some(ends), Ok(time)) => {
            // Whatever it answers, who asked will look.
            let _ = poll(&mut [PollFd::new(&ends, PollFlags::IN)], Some(&time));
        }
        // Linux before 5.3.
        _ => std::thread::sleep(time.min(NAP)),
    }
}

#[cfg(not(target_os = "linux"))]
fn sleep_until_end(_: u32, time: Duration) {
    std::thread::sleep(time.min(NAP));
}

/// Where the system does not tell when a process ends.
const NAP: Duration = Duration::from_millis(1);

/// A child in a process group of its own, ended with all of it when dropped.
#[derive(Debug)]
pub(crate) struct Confined {
    child: Child,
    _group: Group,
}

impl Confined {
    /// Starts a policy's program under the policy, in the sandbox of `limits`.
    pub(crate) fn spawn(policy: &Policy, limits: &Limits, input: Stdio) -> io::Result<Confined> {
        let child = limits
            .sandbox
            .command(policy)?
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let group = Group::of(child.id());
        let confined = Confined {
            child,
            _group: group,
        };
        if !limits.sandbox.sets_limits() {
            apply(confined.child.id(), &policy.limits)?;
        }
        Ok(confined)
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it does within `time`.
    pub(crate) fn wait_for(&mut self, time: Duration) -> io::Result<Option<ExitStatus>> {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.child.try_wait()? {
                None if !left.is_zero() => sleep_until_end(self.child.id(), left),
                other => return Ok(other),
            }
        }
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        kill_group(self.child.id());
        // It may not have made its group yet.
        let _ = self.child.kill();
        // Reaped, so that nothing is left of it.
        let _ = self.child.wait();
    }
}
