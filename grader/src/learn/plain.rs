//! The output without a terminal to draw on: a line for each event.

use std::collections::HashMap;
use std::io::{self, Write};

use tokio::sync::broadcast::error::RecvError;

use super::browse;
use super::desk::Desk;
use super::state::{BookNow, DrillNow, News, Phase, Prepare, PreparePhase, State, What};
use super::terminal::End;
use crate::course::aloud;
use crate::grade::report::ended_of;
use crate::grade::verdict::{CheckStatus, Status, Verdict};
use play::text::one_line;

/// Reports events until the program ends.
pub(super) fn run(desk: &Desk, address: &str, open: bool) -> End {
    let mut out = anstream::stdout();
    // Nobody may be reading, but the page is still served.
    let _ = writeln!(out, "the book: {address}").and_then(|()| out.flush());
    if open {
        // If it cannot even be tried, the address has been printed.
        let _ = browse(address, |words| {
            let _ = anstream::stdout().write_all(format!("{words}\n").as_bytes());
        });
    }
    let mut told = Told::default();
    let (mut lines, mut news) = desk.board.listen(|state| told.of(state));
    loop {
        let _ = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
        let _ = out.flush();
        // One by one: a verdict is reported even if something else is under way by now.
        lines = match news.blocking_recv() {
            Ok(News { what, .. }) => told.of_news(&what),
            Err(RecvError::Lagged(_)) => {
                let (lines, from_now_on) = desk.board.listen(|state| told.of(state));
                news = from_now_on;
                lines
            }
            Err(RecvError::Closed) => return End::Quit,
        };
    }
}

/// What was reported already.
#[derive(Default)]
struct Told {
    book: String,
    prepare: Option<(PreparePhase, u32)>,
    /// The run, its phase, and the note beside its verdict.
    drills: HashMap<String, (u64, Phase, String)>,
}

impl Told {
    /// The news in the whole state, in lines.
    fn of(&mut self, state: &State) -> Vec<String> {
        let mut lines = self.of_book(&state.book);
        lines.extend(self.of_prepare(&state.prepare));
        lines.extend(state.drills.iter().filter_map(|drill| self.of_drill(drill)));
        lines
    }

    /// The news in one change.
    fn of_news(&mut self, what: &What) -> Vec<String> {
        match what {
            What::Book(book) => self.of_book(book),
            What::Prepare(prepare) => self.of_prepare(prepare),
            What::Drill(drill) => self.of_drill(drill).into_iter().collect(),
        }
    }

    fn of_drill(&mut self, drill: &DrillNow) -> Option<String> {
        let now = (drill.run, drill.phase, drill.words.clone());
        let before = self.drills.insert(drill.id.clone(), now.clone());
        match before {
            Some(before) if before == now => None,
            // The verdict was reported already.
            Some((run, Phase::Graded, _)) if (run, Phase::Graded) == (now.0, now.1) => {
                let words = one_line(&drill.words, 400);
                (!words.is_empty()).then(|| format!("{}: {words}", drill.named()))
            }
            // A language that this machine lacks is said in its tab, not of every drill.
            None if drill.run == 0 && drill.phase == Phase::Error => None,
            _ => said(drill),
        }
    }

    /// Reports once that it could not be built.
    fn of_book(&mut self, book: &BookNow) -> Vec<String> {
        if self.book == book.words {
            return Vec::new();
        }
        self.book.clone_from(&book.words);
        match book.words.is_empty() {
            true => vec!["the book is built again".to_owned()],
            false => vec![one_line(&book.words, 800)],
        }
    }

    fn of_prepare(&mut self, prepare: &Prepare) -> Vec<String> {
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
        lines
    }
}

/// The report on a drill as it is now.
fn said(drill: &DrillNow) -> Option<String> {
    let name = drill.named();
    match drill.phase {
        Phase::Waiting | Phase::Grading => None,
        Phase::Missing | Phase::Error => Some(format!("{name}: {}", one_line(&drill.words, 400))),
        Phase::Graded => {
            let verdict = drill.verdict.as_ref()?;
            let took = drill.took_ms.map(|took| format!(" ({took} ms)"));
            let took = took.unwrap_or_default();
            Some(format!("{name}: {}{took}", summary(drill, verdict)))
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
                let at = at.map(|(file, line)| drill.shown(&format!("{file}:{line}: ")));
                let message = one_line(&place.message, 200);
                let ended = ended_of(verdict);
                format!("{ended}: {}{message}", at.unwrap_or_default())
            }
            None => format!(
                "{}: {}",
                ended_of(verdict),
                drill.shown(&one_line(&verdict.diagnostics, 200))
            ),
        },
        _ => {
            let failed = verdict
                .checks
                .iter()
                .find(|check| check.status == CheckStatus::Failed);
            let why =
                failed.map(|check| format!(": {}", drill.shown(&one_line(&check.message, 200))));
            format!("not yet, {points}{}", why.unwrap_or_default())
        }
    }
}

/// Whether standard output and input are a terminal that can be drawn on.
pub(super) fn is_a_terminal() -> bool {
    use std::io::IsTerminal;
    io::stdout().is_terminal() && io::stdin().is_terminal() && !aloud::is_dumb()
}
