//! The machine of a measurement, and what else it was doing during it.

use std::fmt;
use std::fs::read_to_string;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use worker::meter::LoopMeter;

/// What the numbers depend on.
pub(crate) struct Machine {
    cores: usize,
    processor: String,
    kernel: String,
    date: String,
    load_average: String,
    meter_cost: Duration,
    /// Load while there were no neighbours, in percent of all cores' time.
    pub(crate) others: Option<Others>,
}

impl Machine {
    /// Call this before anything else is measured.
    pub(crate) fn describe() -> Machine {
        let cpu = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = cpu.lines().find(|line| line.starts_with("model name"));
        let name = name.and_then(|line| line.split(": ").nth(1));
        let load = read_to_string("/proc/loadavg").unwrap_or_default();
        Machine {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: name.unwrap_or("unknown processor").to_owned(),
            kernel: said_by("uname", "-sr"),
            date: said_by("date", "-I"),
            load_average: load.split(' ').next().unwrap_or_default().to_owned(),
            meter_cost: meter_cost(),
            others: None,
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cores ({}), {}, {}; load average {} at the start. The meter adds {:.1} µs \
             to a poll.",
            self.cores,
            self.processor,
            self.kernel,
            self.date,
            self.load_average,
            self.meter_cost.as_secs_f64() * 1e6,
        )?;
        match &self.others {
            Some(others) => write!(
                f,
                " The machine was not idle otherwise: in the runs with 0 neighbours, other \
                 programs took {:.0} % of the cores' time, and the hypervisor {:.1} %.",
                others.busy_percent, others.stolen_percent
            ),
            None => Ok(()),
        }
    }
}

/// The load that this process did not cause.
pub(crate) struct Others {
    busy_percent: f64,
    stolen_percent: f64,
}

/// The machine's time as `/proc/stat` counts it, and this process's share of it.
pub(crate) struct Spent {
    ticks: Vec<f64>,
    own: Duration,
}

impl Spent {
    /// `None` where there is no such file.
    pub(crate) fn until_now() -> Option<Spent> {
        let text = read_to_string("/proc/stat").ok()?;
        let fields = text.lines().next()?.split_ascii_whitespace().skip(1);
        let own = clock_gettime(ClockId::ProcessCPUTime);
        Some(Spent {
            // User, nice, system, idle, waiting for devices, two of interrupts, stolen.
            ticks: fields.take(8).map_while(|it| it.parse().ok()).collect(),
            own: Duration::try_from(own).ok()?,
        })
    }

    pub(crate) fn by_others_since(&self, before: &Spent) -> Others {
        const TICKS_PER_SECOND: f64 = 100.0;
        let spent = |field: usize| self.ticks[field] - before.ticks[field];
        let all: f64 = (0..self.ticks.len()).map(spent).sum();
        let (idle, stolen) = (spent(3) + spent(4), spent(7));
        let own = (self.own - before.own).as_secs_f64() * TICKS_PER_SECOND;
        Others {
            busy_percent: 100.0 * (all - idle - stolen - own).max(0.0) / all,
            stolen_percent: 100.0 * stolen / all,
        }
    }
}

/// What the meter itself adds to a poll.
fn meter_cost() -> Duration {
    const POLLS: u32 = 100_000;
    let mut meter = LoopMeter::start();
    let begun = Instant::now();
    for _ in 0..POLLS {
        meter.before_poll();
        meter.after_poll();
    }
    begun.elapsed() / POLLS
}

fn said_by(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map(|it| String::from_utf8_lossy(&it.stdout).trim().to_owned());
    text.unwrap_or_else(|_| "unknown".to_owned())
}
