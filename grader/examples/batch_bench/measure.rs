//! What a program takes: time on the wall, CPU time, memory, disk.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// Seconds.
pub(crate) struct Cost {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
}

impl Cost {
    /// How many a second.
    pub(crate) fn rate(&self, number: usize) -> f64 {
        number as f64 / self.wall
    }

    /// CPU time of each, in milliseconds.
    pub(crate) fn cpu(&self, number: usize) -> f64 {
        self.cpu * 1000.0 / number as f64
    }
}

pub(crate) struct Done {
    pub(crate) cost: Cost,
    /// The most memory it had itself, in KiB.
    pub(crate) memory: u64,
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

/// CPU seconds of all processes that this one has started and that have ended.
pub(crate) fn children() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(micros as f64 / 1e6)
}

/// Runs a program to its end.
pub(crate) fn timed(mut command: Command) -> Result<Done> {
    let before = children()?;
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut out = child.stdout.take().context("it is piped")?;
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        out.read_to_string(&mut said).map(|_| said)
    });
    let mut memory = 0;
    let status = loop {
        memory = memory_of(child.id()).unwrap_or_default().max(memory);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let said = reader
        .join()
        .map_err(|_| anyhow::anyhow!("the reader panicked"))??;
    Ok(Done {
        cost: Cost {
            wall: begun.elapsed().as_secs_f64(),
            cpu: children()? - before,
        },
        memory,
        code: status.code(),
        said,
    })
}

/// The most that a process has had so far.
fn memory_of(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Bytes that a folder takes on disk.
pub(crate) fn disk(path: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt;
    let meta = path.symlink_metadata()?;
    let mut bytes = meta.blocks() * 512;
    if meta.is_dir() {
        for entry in std::fs::read_dir(path)? {
            bytes += disk(&entry?.path())?;
        }
    }
    Ok(bytes)
}
