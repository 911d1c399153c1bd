//! What a process takes, as Linux tells it: [`Usage`]. Reserved and resident
//! memory are different things, and so are the time that passed and CPU time.

use std::fs;
use std::io;
use std::time::Duration;

/// Bytes and CPU time of this process, now.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Address space that is set aside, whether or not anything is there.
    pub reserved: u64,
    /// Memory that is really occupied.
    pub resident: u64,
    /// The most that was ever occupied.
    pub peak: u64,
    /// Time that its threads spent on a processor, in steps of 10 ms.
    pub cpu: Duration,
}

impl Usage {
    /// This process's.
    ///
    /// # Errors
    /// On systems without `/proc`.
    pub fn now() -> io::Result<Usage> {
        let status = fs::read_to_string("/proc/self/status")?;
        // Counted page by page: the figure in `status` lags behind.
        let counted = fs::read_to_string("/proc/self/smaps_rollup")?;
        Ok(Usage {
            reserved: kilobytes(&status, "VmSize:")?,
            resident: kilobytes(&counted, "Rss:")?,
            peak: kilobytes(&status, "VmHWM:")?,
            cpu: cpu_time()?,
        })
    }
}

/// Bytes that the kernel keeps for its own objects and for the stacks it gives
/// each thread. Of the whole machine, so only a difference says something.
///
/// # Errors
/// On systems without `/proc`.
pub fn kernel_memory() -> io::Result<u64> {
    let memory = fs::read_to_string("/proc/meminfo")?;
    Ok(kilobytes(&memory, "Slab:")? + kilobytes(&memory, "KernelStack:")?)
}

fn kilobytes(text: &str, name: &str) -> io::Result<u64> {
    let line = text.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let number: Option<u64> = number.and_then(|number| number.parse().ok());
    number
        .map(|kilobytes| kilobytes * 1024)
        .ok_or_else(|| io::Error::other(format!("the kernel does not tell `{name}`")))
}

fn cpu_time() -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name before the last bracket may hold anything; user and system time
    // are the 14th and 15th field, in hundredths of a second.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let fields = rest.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}
