//! The machine a figure was measured on: [`Machine`]. A figure without one says little.

use std::fmt;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// What a reader needs to know to compare figures.
#[derive(Clone, Debug)]
pub struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    day: String,
}

impl Machine {
    /// The one this runs on. What it cannot find out it calls unknown.
    pub fn this() -> Machine {
        let told = |program: &str, argument: &str| {
            let output = Command::new(program).arg(argument).output().ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            Some(text.trim().to_owned())
        };
        let unknown = || "unknown".to_owned();
        Machine {
            processor: processor().unwrap_or_else(unknown),
            cores: available_parallelism().map_or(1, usize::from),
            kernel: told("uname", "-sr").unwrap_or_else(unknown),
            day: told("date", "+%Y-%m-%d").unwrap_or_else(unknown),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            processor,
            cores,
            kernel,
            day,
        } = self;
        // Builds of a kernel name their maker after the version; that says nothing here.
        let kernel = kernel.split('-').next().unwrap_or(kernel);
        write!(
            f,
            "measured on {cores} cores ({processor}, {kernel}, {day})"
        )
    }
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    let virtual_one = text.contains(" hypervisor");
    let name = line.split(':').nth(1)?.trim();
    Some(format!(
        "{name}{}",
        if virtual_one { ", virtual" } else { "" }
    ))
}
