//! A process under a policy, and its end. Its main type is `Confined`. If there is a
//! sandbox, its launcher puts the limits in force; otherwise they are put on the
//! process from outside.

use std::io;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ::sandbox::Policy;
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit};

use crate::drive::interrupt::{Group, kill_group};
use crate::drive::limits::Limits;

/// Puts on process `pid` the limits that can be set from outside.
///
/// # Errors
/// When the system refuses; on systems without `prlimit`, never.
fn apply(pid: u32, limits: &::sandbox::Allowance) -> io::Result<()> {
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
        // The process is gone already; the code that waits for it will find out.
        Err(rustix::io::Errno::SRCH) => Ok(()),
        other => other.map(drop).map_err(io::Error::from),
    }
}

#[cfg(not(target_os = "linux"))]
fn set(_: u32, _: Resource, _: u64) -> io::Result<()> {
    Ok(())
}

/// Sleeps until our child `pid`, not yet reaped, ends; for `time` at most.
#[cfg(target_os = "linux")]
fn sleep_until_end(pid: u32, time: Duration) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let ends = Pid::from_raw(pid.cast_signed())
        .and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok());
    match (ends, Timespec::try_from(time)) {
        (Some(ends), Ok(time)) => {
            // The result does not matter: the caller looks for itself.
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

/// For systems that do not tell when a process ends.
const NAP: Duration = Duration::from_millis(1);

/// A child in a process group of its own. Dropping it ends the whole group.
#[derive(Debug)]
pub struct Confined {
    child: Child,
    _group: Group,
}

impl Confined {
    /// Starts a policy's program under the policy, in the sandbox of `limits`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(policy: &Policy, limits: &Limits, input: Stdio) -> io::Result<Confined> {
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

    /// The process, for its input and its outputs.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it does within `time`.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn wait_for(&mut self, time: Duration) -> io::Result<Option<ExitStatus>> {
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
        // The child may not have made its group yet.
        let _ = self.child.kill();
        // Reaped, so that nothing is left of it.
        let _ = self.child.wait();
    }
}
