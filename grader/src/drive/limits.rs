//! What a process that runs strangers' code may use. Its main type is [`Limits`], some of
//! which a drill's `exercise.toml` can set.

use std::time::Duration;

use crate::course::settings::DrillLimits;
use crate::drive::sandbox::Sandbox;
use crate::drive::stop::Stop;

/// So many times as long as a compiled submission may an interpreted one run.
const INTERPRETED: u32 = 2;

/// The limits of one grading. Durations and bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// All runs of one submission together, as a [`Stopwatch`](crate::drive::stopwatch::Stopwatch)
    /// measures.
    pub wall: Duration,
    /// CPU time of one process.
    pub cpu: Duration,
    /// What all workers of one grading may use beyond that, since a run that ended one is
    /// played again in another.
    pub cpu_beyond: Duration,
    /// The memory of a process: a worker's heap, rustc's address space.
    pub memory_bytes: u64,
    /// Threads of one process.
    pub threads: u64,
    /// How much of a worker's standard output and error is kept.
    pub output_bytes: usize,
    /// A submission's Rust files together.
    pub source_bytes: u64,
    /// CPU time the loop thread may use for one answer.
    pub answer_cpu: Duration,
    /// How long the loop thread may sleep, without using the CPU, before an answer.
    pub answer_asleep: Duration,
    /// How often in a row every thread may be seen asleep before an answer, for
    /// submissions that use threads.
    pub looks_all_asleep: Option<u32>,
    /// The most time for one answer, measured the same way.
    pub answer_wall: Duration,
    /// The sandbox that keeps the process from everything else.
    pub sandbox: Sandbox,
    /// The user that it runs as, if the grader is root and there is a sandbox.
    pub user: u32,
    /// Whether the grading is still wanted.
    pub stop: Stop,
}

impl Limits {
    /// The limits for compiling a submission.
    pub fn of_compiling() -> Limits {
        Limits {
            // Thirty times as much of either as an honest submission takes.
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(7),
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

    /// What is left for the runs where compiling took so long: what needs much for both is
    /// held to less than twice as much. No honest submission notices.
    pub fn after(mut self, compiling: Duration) -> Limits {
        let left = |limit: Duration, spare: u64, least: u64| {
            let whole = limit + Duration::from_secs(spare);
            let left = whole.saturating_sub(compiling);
            left.max(Duration::from_secs(least)).min(limit)
        };
        self.wall = left(self.wall, 5, 8);
        self.cpu = left(self.cpu, 3, 4);
        self
    }

    /// The same for a submission that an interpreter runs, which needs longer for as much.
    pub fn interpreted(mut self) -> Limits {
        self.wall *= INTERPRETED;
        self.cpu *= INTERPRETED;
        self
    }

    /// The same with twice the time, where it is the checks that are tested and not how quick a
    /// submission is: machines differ, and audits grade many at once.
    pub fn patient(mut self) -> Limits {
        self.wall *= 2;
        self.cpu *= 2;
        self
    }

    /// CPU time of all workers of one grading together.
    pub fn cpu_in_all(&self) -> Duration {
        self.cpu + self.cpu_beyond
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            wall: Duration::from_secs(13),
            cpu: Duration::from_secs(9),
            cpu_beyond: Duration::from_secs(2),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_long_to_compile_has_less_to_run_and_never_more() {
        let left = |compiling: u64, wall: u64, cpu: u64| {
            let limits = Limits {
                wall: Duration::from_secs(wall),
                cpu: Duration::from_secs(cpu),
                ..Limits::default()
            };
            let limits = limits.after(Duration::from_secs(compiling));
            (limits.wall.as_secs(), limits.cpu.as_secs())
        };
        for (compiling, expected) in [
            (0, (13, 9)),
            (3, (13, 9)),
            (6, (12, 6)),
            (9, (9, 4)),
            (20, (8, 4)),
        ] {
            assert_eq!(left(compiling, 13, 9), expected, "{compiling}");
        }
        // A drill that allows little allows no more for that.
        assert_eq!(left(20, 1, 1), (1, 1));
    }

    #[test]
    fn the_limits_that_an_exercise_leaves_out_are_as_it_says() {
        let exercises = concat!(env!("CARGO_MANIFEST_DIR"), "/../../exercises");
        let mut seen = 0;
        for folder in std::fs::read_dir(exercises).expect("the exercises are there") {
            let path = folder.expect("it can be read").path().join("exercise.toml");
            let Ok(text) = std::fs::read_to_string(path) else {
                continue;
            };
            let (_, limits) = text.split_once("[limits]\n").expect("it has limits");
            let left_out = |line: &str| line.strip_prefix("# ").map(|it| format!("{it}\n"));
            let shown: String = limits
                .replace("   ", "   # ")
                .lines()
                .filter_map(left_out)
                .collect();
            let shown: DrillLimits = toml::from_str(&shown).expect("it is as it would be set");
            assert!(shown.wall_seconds.is_some(), "{limits}");
            let [shown, usual] = [shown, DrillLimits::default()].map(|it| Limits::of_drill(&it));
            let numbers = |it: &Limits| (it.wall, it.cpu, it.memory_bytes, it.threads);
            assert_eq!(numbers(&shown), numbers(&usual), "{limits}");
            assert_eq!(shown.source_bytes, usual.source_bytes);
            assert_eq!(shown.output_bytes, usual.output_bytes);
            seen += 1;
        }
        assert!(seen >= 10);
    }

    #[test]
    fn an_interpreted_submission_may_run_longer() {
        let settings = DrillLimits {
            wall_seconds: Some(5),
            ..DrillLimits::default()
        };
        let compiled = Limits::of_drill(&settings);
        let interpreted = compiled.clone().interpreted();
        let seconds = |limits: &Limits| [limits.wall, limits.cpu].map(|it| it.as_secs());
        assert_eq!(seconds(&compiled), [5, 9]);
        assert_eq!(seconds(&interpreted), [10, 18]);
    }
}
