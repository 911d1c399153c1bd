//! What is said where there is no terminal to draw on: a line for each thing that happens.

use std::io::{self, Write};

use tokio::sync::broadcast::error::RecvError;

use super::desk::Desk;
use super::state::{DrillNow, Phase, Prepare, PreparePhase};
use super::terminal::End;
use crate::text::one_line;
use crate::verdict::{CheckStatus, Status, Verdict};

/// Says what happens until the program ends.
pub(super) fn run(desk: &Desk, address: &str, word: &str) -> End {
    // Listening first: nothing between is missed.
    let (_, mut news) = desk.board.listen();
    let mut out = anstream::stdout();
    // Nobody may be reading; the page still is served.
    let _ = writeln!(out, "the book: {address}").and_then(|()| out.flush());
    if !word.is_empty() {
        let _ = writeln!(out, "{word}");
    }
    let mut told = Told::default();
    loop {
        let lines = desk
            .board
            .read(|state| told.of(&state.prepare, &state.drills));
        let _ = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
        let _ = out.flush();
        loop {
            match news.blocking_recv() {
                Ok(_) => break,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return End::Quit,
            }
        }
    }
}

/// What was said already.
#[derive(Default)]
struct Told {
    prepare: Option<(PreparePhase, u32)>,
    drills: Vec<(u64, Phase)>,
}

impl Told {
    /// What is new, in lines.
    fn of(&mut self, prepare: &Prepare, drills: &[DrillNow]) -> Vec<String> {
        let mut lines = Vec::new();
        // A line for each quarter is enough.
        let quarter = (4 * prepare.done).checked_div(prepare.total).unwrap_or(0);
        let before = self.prepare.replace((prepare.phase, quarter));
        if before != self.prepare {
            let words = one_line(&prepare.words, 400);
            match prepare.phase {
                PreparePhase::Building if prepare.total > 0 => lines.push(format!(
                    "preparing the grader, once: {} of {}",
                    prepare.done, prepare.total
                )),
                PreparePhase::Failed => lines.push(format!("not ready to grade: {words}")),
                PreparePhase::Ready => {
                    if before.is_some_and(|(_, done)| done > 0) {
                        lines.push("ready to grade".to_owned());
                    }
                    if !words.is_empty() {
                        lines.push(words);
                    }
                }
                _ => {}
            }
        }
        self.drills.resize(drills.len(), (0, Phase::Waiting));
        for (told, drill) in self.drills.iter_mut().zip(drills) {
            let now = (drill.run, drill.phase);
            if *told != now {
                *told = now;
                lines.extend(said(drill));
            }
        }
        lines
    }
}

/// What there is to say of a drill now.
fn said(drill: &DrillNow) -> Option<String> {
    let slug = &drill.slug;
    match drill.phase {
        Phase::Waiting | Phase::Grading => None,
        Phase::Missing | Phase::Error => Some(format!("{slug}: {}", one_line(&drill.words, 400))),
        Phase::Graded => {
            let verdict = drill.verdict.as_ref()?;
            let took = drill.took_ms.map(|took| format!(" ({took} ms)"));
            let took = took.unwrap_or_default();
            Some(format!("{slug}: {}{took}", summary(drill, verdict)))
        }
    }
}

/// A verdict in one line.
fn summary(drill: &DrillNow, verdict: &Verdict) -> String {
    let points = format!("{}/{} points", verdict.score, verdict.max_score);
    let first = drill.errors.first();
    match verdict.status {
        Status::Passed => format!("passed, {points}"),
        Status::CompileError | Status::Rejected => match first {
            Some(place) => {
                let at = place.file.as_deref().zip(place.line);
                let at = at.map(|(file, line)| format!(" in {file}, line {line}"));
                let message = one_line(&place.message, 200);
                format!("does not compile{}: {message}", at.unwrap_or_default())
            }
            None => format!("not compiled: {}", one_line(&verdict.diagnostics, 200)),
        },
        _ => {
            let failed = verdict
                .checks
                .iter()
                .find(|check| check.status == CheckStatus::Failed);
            let why = failed.map(|check| format!(": {}", one_line(&check.message, 200)));
            format!("not yet, {points}{}", why.unwrap_or_default())
        }
    }
}

/// Whether standard output and input are a terminal that can be drawn on.
pub(super) fn is_a_terminal() -> bool {
    use std::io::IsTerminal;
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    io::stdout().is_terminal() && io::stdin().is_terminal() && !dumb
}
