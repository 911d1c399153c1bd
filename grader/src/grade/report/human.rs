//! For people: the checks as a list, failures with their timelines.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::{Report, clickable};
use crate::grade::latency::LoopLatency;
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};

/// Writes each verdict as it comes.
#[derive(Debug)]
pub struct Human;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

impl Report for Human {
    fn one(&self, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
        if verdict.status == Status::InfraError {
            // Already reported on standard error, where it belongs.
            return Ok(());
        }
        writeln!(
            out,
            "{BOLD}{}{BOLD:#}  {}\n",
            play::text::one_line(&verdict.drill, 60),
            play::text::one_line(&verdict.submission, 200)
        )?;
        match verdict.status {
            Status::CompileError | Status::Rejected => {
                let text = shown(verdict, verdict.diagnostics.trim_end());
                for line in text.lines() {
                    writeln!(out, "  {line}")?;
                }
            }
            _ => {
                for result in &verdict.checks {
                    check(verdict, result, out)?;
                }
                by_hand(verdict, out)?;
                latency(verdict, out)?;
                output(verdict, out)?;
            }
        }
        summary(verdict, out)
    }
}

/// Red is for what is broken, not for a drill that has not passed yet.
fn tone(status: Status) -> Style {
    match status {
        Status::Passed => GOOD,
        Status::Failed => Style::new(),
        _ => BAD,
    }
}

fn check(verdict: &Verdict, result: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    let (mark, style) = match result.status {
        CheckStatus::Passed => ("✓", GOOD),
        CheckStatus::Failed => ("✗", BAD),
        CheckStatus::Skipped => ("–", DIM),
    };
    writeln!(
        out,
        "  {style}{mark}{style:#} {}  {DIM}{} {}/{}{DIM:#}",
        super::words::title(result),
        play::text::one_line(&result.id, 60),
        result.points,
        result.max_points
    )?;
    if result.status == CheckStatus::Passed {
        return Ok(());
    }
    if !result.message.is_empty() {
        writeln!(out, "      {}", shown(verdict, &result.message))?;
    }
    for (number, line) in (1..).zip(&result.timeline) {
        writeln!(
            out,
            "      {DIM}{number:>3}{DIM:#}  {}",
            shown(verdict, line)
        )?;
    }
    if let Some(key) = &result.schedule {
        let path = play::text::one_line(&verdict.submission, usize::MAX);
        writeln!(
            out,
            "      {DIM}again: cargo grader replay {} {path} {}{DIM:#}",
            play::text::one_line(&verdict.drill, 60),
            play::text::one_line(key, usize::MAX)
        )?;
    }
    if !result.hint.is_empty() {
        writeln!(
            out,
            "      {DIM}think:{DIM:#} {}",
            play::text::printable(&result.hint)
        )?;
    }
    Ok(())
}

fn by_hand(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    match verdict.metrics.by_hand {
        None => Ok(()),
        Some(true) => writeln!(
            out,
            "  {GOOD}✓{GOOD:#} written by hand, without a ready-made shared future (mastery)  {DIM}no points{DIM:#}"
        ),
        Some(false) => writeln!(
            out,
            "  {DIM}·{DIM:#} not written by hand: it names a ready-made shared future (mastery)  {DIM}no points{DIM:#}"
        ),
    }
}

fn latency(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let metrics = &verdict.metrics;
    let Some(yours) = &metrics.loop_latency else {
        return Ok(());
    };
    let mut loops: Vec<(&str, &LoopLatency)> = vec![("yours", yours)];
    if let Some(stub) = &metrics.stub_loop_latency {
        loops.insert(0, ("stub", stub));
    }
    writeln!(out)?;
    super::strips(&loops, out)
}

fn output(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    if verdict.output.trim().is_empty() {
        return Ok(());
    }
    const SHOWN: usize = 12;
    writeln!(out, "\n  {DIM}it printed:{DIM:#}")?;
    for line in verdict.output.lines().take(SHOWN) {
        let line = shown(verdict, &play::text::one_line(line, 160));
        writeln!(out, "  {DIM}|{DIM:#} {line}")?;
    }
    let more = verdict.output.lines().count().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "  {DIM}| … {more} more lines{DIM:#}")?;
    }
    Ok(())
}

/// Text of a submission, with paths that a terminal makes links of.
fn shown(verdict: &Verdict, text: &str) -> String {
    let submission = Path::new(&verdict.submission);
    let folder = match submission.extension().is_some_and(|ending| ending == "rs") {
        true => submission.parent().unwrap_or(submission),
        false => submission,
    };
    clickable(&play::text::printable(text), |file| {
        let path = folder.join(file);
        path.is_file()
            .then(|| play::text::one_line(&path.to_string_lossy(), usize::MAX))
    })
}

fn summary(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let word = super::ended_of(verdict);
    let style = tone(verdict.status).bold();
    write!(
        out,
        "\n  {style}{word}{style:#}  {}/{} points",
        verdict.score, verdict.max_score
    )?;
    let metrics = &verdict.metrics;
    if metrics.schedules > 0 {
        let fetches = match metrics.fetches {
            0 => String::new(),
            fetches => format!(", {fetches} fetches"),
        };
        let made = match verdict.language.is_rust() {
            true => "compiled",
            false => "loaded",
        };
        write!(
            out,
            "  {DIM}{} schedules{fetches}; {made} in {} ms, ran for {} ms; seed {}{DIM:#}",
            metrics.schedules, metrics.compile_ms, metrics.run_ms, verdict.seed
        )?;
    }
    if metrics.unexplored > 0 {
        write!(
            out,
            "\n  {DIM}the tree of schedules was larger: {} branches were not played{DIM:#}",
            metrics.unexplored
        )?;
    }
    writeln!(out, "\n")
}
