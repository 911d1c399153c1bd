//! `latency`: how long a submission's loop stops while real passwords are hashed.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::{Exit, overseer};
use crate::app::cli::{Format, Latency};
use crate::course::Course;
use crate::drills::{self, Drill};
use crate::grade::grading::Grader;
use crate::grade::latency::LoopLatency;
use crate::grade::report::{duration, strips};

pub(super) fn run(course: Course, args: &Latency) -> Result<Exit> {
    let drill = course.drill(&args.drill)?;
    if !drill.world().uses_threads() {
        let measured = |drill: &&&dyn Drill| drill.world().uses_threads();
        let names: Vec<String> = drills::ALL
            .iter()
            .filter(measured)
            .map(|drill| format!("`{}`", drill.slug()))
            .collect();
        bail!(
            "drill `{}` runs in virtual time, in which nothing takes long; this works for {}",
            args.drill,
            names.join(", ")
        );
    }
    let path = args.path.clone();
    let path: PathBuf = path.unwrap_or_else(|| course.exercise_dir(&args.drill));
    let grader = Grader::new(course)?;
    overseer::limit_memory();
    let mut out = anstream::stdout();
    let yours = match grader.watch(drill, &path)? {
        Ok(latency) => latency,
        Err(why) => {
            writeln!(out, "{}", play::text::printable(&why))?;
            return Ok(Exit::Failed);
        }
    };
    let stub = grader.watch_stub(drill);
    let mut loops: Vec<(&str, &LoopLatency)> = vec![("yours", &yours)];
    loops.extend(stub.as_ref().map(|stub| ("stub", stub)));
    loops.reverse();
    match args.format {
        Format::Human => human(&loops, &mut out)?,
        Format::Json => json(&loops, &mut out)?,
    }
    Ok(Exit::Passed)
}

fn human(loops: &[(&str, &LoopLatency)], out: &mut dyn Write) -> Result<()> {
    strips(loops, out)?;
    writeln!(
        out,
        "\n  {:<6} {:>10} {:>10} {:>10} {:>14} {:>8}",
        "stalls", "p50", "p99", "longest", "longest wait", "polls"
    )?;
    for (name, it) in loops {
        writeln!(
            out,
            "  {name:<6} {:>10} {:>10} {:>10} {:>14} {:>8}",
            duration(it.p50_ms),
            duration(it.p99_ms),
            duration(it.max_ms),
            duration(it.longest_wait_ms()),
            it.polls
        )?;
    }
    let method = loops.first().map_or("", |(_, it)| it.method.as_str());
    writeln!(
        out,
        "\n  a stall is what a poll took, without the time the machine kept its thread waiting\n  for a processor ({method}); a wait is how late a short request was answered"
    )?;
    Ok(())
}

/// The input of `<loop-strip>` in the book: the unit, and one series for each loop.
fn json(loops: &[(&str, &LoopLatency)], out: &mut dyn Write) -> Result<()> {
    let series: Vec<_> = loops
        .iter()
        .map(|(name, it)| {
            serde_json::json!({
                "name": name,
                "method": it.method,
                "window": it.window_ms,
                "p50": it.p50_ms,
                "p99": it.p99_ms,
                "max": it.max_ms,
                "stalls": it.stalls,
                "waits": it.waits,
            })
        })
        .collect();
    let text = serde_json::json!({ "unit": "ms", "series": series });
    writeln!(out, "{text:#}")?;
    Ok(())
}
