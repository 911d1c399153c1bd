//! What an `exercise.toml` can set: limits, and what students are shown of a check.

use serde::Deserialize;

/// The `[limits]` of an `exercise.toml`; the grader has a default for each limit left out. The
/// seconds are those of a compiled submission: an interpreted one may run twice as long.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillLimits {
    /// All runs of one submission together, in seconds: 13. Time in which a busy machine
    /// ran other processes does not count.
    pub wall_seconds: Option<u64>,
    /// CPU time of one worker process, in seconds: 9. All workers of a submission together
    /// may use two seconds more.
    pub cpu_seconds: Option<u64>,
    /// What a submission may hold on its heap, in MiB: 512.
    pub memory_mib: Option<u64>,
    /// Threads of a submission, the loop's own counted: 256. Many runs share a
    /// process, so they wait for each other's threads to end.
    pub threads: Option<u64>,
    /// How much of a submission's output is kept, in KiB: 16.
    pub output_kib: Option<u64>,
    /// A submission's Rust files together, in KiB: 1024.
    pub source_kib: Option<u64>,
}

/// A day and a tebibyte: no limit is larger, so that none is too large to reckon with.
const LONGEST: u64 = 86_400;
const LARGEST_MIB: u64 = 1 << 20;

impl DrillLimits {
    /// Whether a submission could do anything within them.
    ///
    /// # Errors
    /// The limit that is out of its range, and the range.
    pub fn are_possible(&self) -> Result<(), String> {
        for (name, limit, range) in [
            ("wall_seconds", self.wall_seconds, 1..=LONGEST),
            ("cpu_seconds", self.cpu_seconds, 1..=LONGEST),
            ("memory_mib", self.memory_mib, 1..=LARGEST_MIB),
            ("threads", self.threads, 1..=1 << 16),
            ("output_kib", self.output_kib, 0..=LARGEST_MIB),
            ("source_kib", self.source_kib, 1..=LARGEST_MIB),
        ] {
            if limit.is_some_and(|limit| !range.contains(&limit)) {
                return Err(format!(
                    "`{name}` under `[limits]` is a number from {} to {}; leave it out for the usual limit",
                    range.start(),
                    range.end()
                ));
            }
        }
        Ok(())
    }
}

/// How much of one check a student is shown, whatever the level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nothing; its points still count.
    Hidden,
    /// Its title, whether it holds, and its points.
    Title,
    /// All there is.
    #[default]
    Full,
}

/// What `[checks.ID]` in an `exercise.toml` says of a check.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// How much of it a student is shown: `full`, `title` or `hidden`.
    #[serde(default)]
    pub visibility: Visibility,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_in_which_nothing_could_run_is_refused() {
        let limits = |line: &str| {
            let limits: DrillLimits = toml::from_str(line).expect(line);
            limits.are_possible()
        };
        for line in [
            "wall_seconds = 0",
            "cpu_seconds = 0",
            "memory_mib = 0",
            "threads = 0",
            "source_kib = 0",
            "wall_seconds = 9223372036854775807",
            "memory_mib = 99999999999999",
        ] {
            let name = line.split(' ').next().expect("a name");
            let error = limits(line).expect_err(line);
            assert!(error.starts_with(&format!("`{name}` ")), "{error}");
        }
        for line in ["", "output_kib = 0", "wall_seconds = 86400", "threads = 1"] {
            assert_eq!(limits(line), Ok(()), "{line}");
        }
    }
}
