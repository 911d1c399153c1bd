//! How much memory rustc may have: enough for any honest answer, but never so much that
//! one submission takes over the machine.

use crate::drive::limits::Limits;

/// More than any answer to a drill needs.
const MOST: u64 = 2 << 30;

/// What every drill's stub needs, with room to spare.
const LEAST: u64 = 1 << 30;

/// rustc's limits when this many gradings run at a time.
pub(super) fn limits(jobs: usize) -> Limits {
    Limits {
        memory_bytes: share(memory(), jobs),
        ..Limits::of_compiling()
    }
}

/// One rustc's share of a machine's memory. It is a limit on addresses, of which rustc
/// uses about half.
fn share(memory: Option<u64>, jobs: usize) -> u64 {
    let jobs = jobs.max(1) as u64;
    memory.map_or(MOST, |memory| (memory / (jobs + 1)).clamp(LEAST, MOST))
}

/// The machine's memory, or the container's, in bytes.
fn memory() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    let of_container = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let of_container = of_container.and_then(|text| text.trim().parse().ok());
    Some(of_container.unwrap_or(u64::MAX).min(kib << 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_shrinks_with_the_machine_and_the_jobs_and_stays_enough() {
        const GIB: u64 = 1 << 30;
        for (memory, jobs, expected) in [
            (None, 1, MOST),
            (Some(64 * GIB), 16, MOST),
            (Some(6 * GIB), 3, 3 * GIB / 2),
            (Some(4 * GIB), 1, MOST),
            (Some(GIB), 8, LEAST),
            (Some(8 * GIB), 0, MOST),
        ] {
            assert_eq!(share(memory, jobs), expected, "{memory:?} {jobs}");
        }
    }
}
