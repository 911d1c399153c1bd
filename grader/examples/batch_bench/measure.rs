//! Measures a program's wall time, CPU time, memory and disk, and cleans up its
//! processes and folders after Ctrl-C.

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use grader::drive::interrupt;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, killpg};
use nix::sys::time::TimeValLike;
use nix::unistd::Pid;

/// How many submissions, and the times in seconds.
pub(crate) struct Cost {
    pub(crate) number: usize,
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
}

impl Cost {
    /// How many a second.
    pub(crate) fn rate(&self) -> f64 {
        self.number as f64 / self.wall
    }

    pub(crate) fn wall_each(&self) -> f64 {
        self.wall / self.number as f64
    }

    pub(crate) fn cpu_each(&self) -> f64 {
        self.cpu / self.number as f64
    }
}

/// The cost of one batch, and the size of its results.
pub(crate) struct Batch {
    pub(crate) cost: Cost,
    /// The most memory that the grader itself had, in KiB.
    pub(crate) memory: u64,
    /// The size of all results, in bytes of disk.
    pub(crate) disk: u64,
    /// The program's own count.
    pub(crate) outcome: String,
}

impl Batch {
    pub(crate) fn megabytes(&self) -> f64 {
        self.memory as f64 * 1024.0 / 1e6
    }

    /// Bytes.
    pub(crate) fn disk_each(&self) -> f64 {
        self.disk as f64 / self.cost.number as f64
    }
}

/// The outcome of a program.
pub(crate) struct Done {
    /// The times of one submission; the caller changes the count if there were more.
    pub(crate) cost: Cost,
    pub(crate) memory: u64,
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

/// The grader, built beside this program.
pub(crate) fn program() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me
        .parent()
        .and_then(Path::parent)
        .context("an example lies in target/PROFILE")?;
    let program = folder.join("grader");
    ensure!(
        program.is_file(),
        "build it first: cargo build --profile grader -p grader"
    );
    Ok(program)
}

/// CPU seconds of all processes that this one has started and that have ended.
pub(crate) fn children() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(micros as f64 / 1e6)
}

/// Runs a program to its end, and shows its progress.
pub(crate) fn timed(mut command: Command) -> Result<Done> {
    let before = children()?;
    let begun = Instant::now();
    let mut child = Running::start(command.stdout(Stdio::piped()))?;
    let mut out = child.0.stdout.take().context("it is piped")?;
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        out.read_to_string(&mut said).map(|_| said)
    });
    let mut memory = 0;
    let status = loop {
        memory = memory_of(child.0.id()).unwrap_or_default().max(memory);
        if let Some(status) = child.ended()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let said = reader
        .join()
        .map_err(|_| anyhow!("the reader panicked"))??;
    Ok(Done {
        cost: Cost {
            number: 1,
            wall: begun.elapsed().as_secs_f64(),
            cpu: children()? - before,
        },
        memory,
        code: status.code(),
        said,
    })
}

/// The most memory that a process has had so far.
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

/// Shows progress while the measurement runs.
#[expect(clippy::print_stderr, reason = "the table alone goes to the output")]
pub(crate) fn say(what: &str) {
    eprintln!("bench: {what}");
}

/// Process groups that Ctrl-C must end.
static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on Ctrl-C ends every [`Running`] program and removes `folder`.
pub(crate) fn clean_up_after_interrupts(folder: &Path) -> Result<()> {
    let folder = folder.to_owned();
    interrupt::at_last(move || {
        // A grader has folders of its own to remove; it is given the time for that.
        let signal = |signal| {
            for group in &*groups() {
                let _ = killpg(Pid::from_raw(*group), signal);
            }
        };
        signal(Signal::SIGINT);
        let patience = Instant::now() + Duration::from_secs(10);
        while !groups().is_empty() && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(10));
        }
        signal(Signal::SIGKILL);
        let _ = std::fs::remove_dir_all(&folder);
        say("stopped; nothing is left behind");
    });
    Ok(interrupt::install()?)
}

/// A program in a process group of its own, which Ctrl-C ends.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Running> {
        wait_if_interrupted();
        let mut groups = groups();
        let child = command.process_group(0).spawn()?;
        groups.insert(child.id().cast_signed());
        Ok(Running(child))
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.0.try_wait()?;
        if status.is_some() {
            self.forget();
        }
        Ok(status)
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        let status = self.0.wait()?;
        self.forget();
        Ok(status)
    }

    fn forget(&self) {
        groups().remove(&self.0.id().cast_signed());
        wait_if_interrupted();
    }
}

/// A process that ends after Ctrl-C was ended by us; the cleaning thread does the
/// rest.
fn wait_if_interrupted() {
    while interrupt::is_interrupted() {
        std::thread::park();
    }
}
