//! Timelines: a run, line by line. Each line knows what it is about before it is put
//! into words, so that figures need not parse the words.
//!
//! Its main type is [`Line`].

mod moment;

use protocol::AWAITS;

use crate::evidence::{Evidence, FAILED_IN_A_THREAD, Fact, UNHEARD};
use crate::judge::Violation;
use crate::schedule::{Action, Outcome, Polled, Settle, Turn};
use crate::text::one_line;

pub use moment::{Moment, Subject, What};

/// The longest timeline shown; a longer one is cut in its middle.
const MAX_LINES: usize = 60;

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words. Lines about the submission's doing are indented.
    pub text: String,
    /// What happens, and to what, if a figure can draw it.
    pub moment: Option<Moment>,
}

impl Line {
    fn plain(text: String) -> Line {
        Line { text, moment: None }
    }
}

/// The run, one line for each fact worth telling; the violation comes last.
pub fn tell(evidence: &Evidence, violation: Option<&Violation>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut has_answered = false;
    // The operation whose beginning the last line tells: its place belongs there.
    let mut begun = None;
    let mut places = Vec::new();
    for entry in evidence.entries() {
        if matches!(entry.fact, Fact::Answers { .. }) && std::mem::replace(&mut has_answered, true)
        {
            // This is said once.
            continue;
        }
        if let Some(told) = place(&entry.fact) {
            if let (Some(operation), Some(line)) = (begun.take(), lines.last_mut()) {
                let line: &mut Line = line;
                let (place, _) = told.split_once(": `").unwrap_or((told, ""));
                line.text.push_str(&format!(" ({})", one_line(place, 80)));
                places.push((operation, told));
                continue;
            }
            if is_in_an_operation(evidence, &places, &entry.fact) {
                continue;
            }
        }
        begun = match entry.fact {
            Fact::Began { operation } => Some(operation),
            _ => None,
        };
        let Some(text) = sentence(evidence, &entry.fact) else {
            continue;
        };
        let moment = Moment::of(evidence, &entry.fact);
        lines.push(Line { text, moment });
        let turn = evidence.turns().get(entry.turn);
        if let (Some(Settle::Polls(polls)), true) =
            (turn.map(|turn| turn.settle), entry.fact.is_the_graders())
        {
            lines.push(Line::plain(half_settled(polls)));
        }
    }
    let how = evidence.turns().iter().find_map(polled);
    if let Some(how) = how.filter(|_| evidence.has_wakers()) {
        lines.insert(0, Line::plain(how.to_owned()));
    }
    if lines.len() > MAX_LINES {
        let hidden = lines.len() - MAX_LINES;
        let tail = lines.split_off(lines.len() - MAX_LINES / 2);
        lines.truncate(MAX_LINES / 2);
        lines.push(Line::plain(format!("… {hidden} more lines …")));
        lines.extend(tail);
    }
    let broken = violation.map(|violation| Line::plain(format!("=> {}", violation.message)));
    lines.extend(broken);
    lines
}

/// The same, as words alone.
pub fn in_words(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.text.clone()).collect()
}

/// Whether the fact is that a request is suspended where it began an operation that is under
/// way still. That is known, then.
fn is_in_an_operation(evidence: &Evidence, places: &[(u32, &str)], fact: &Fact) -> bool {
    let Fact::Noted { request, .. } = fact else {
        return false;
    };
    let here = |(operation, begun_at): &(u32, &str)| {
        let of = evidence.operation(*operation).and_then(|it| it.request);
        of.is_some()
            && of == *request
            && place(fact) == Some(begun_at)
            && evidence.live().any(|live| live == *operation)
    };
    places.iter().any(here)
}

/// Where a task is suspended, if that is what the fact says.
fn place(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::Noted {
            kind, arguments, ..
        } if kind == AWAITS => arguments.first()?.text(),
        _ => None,
    }
}

/// How callers are polled, where the turn says so.
fn polled(turn: &Turn) -> Option<&'static str> {
    let Action::Poll { polled } = turn.action else {
        return None;
    };
    match polled {
        Polled::Alone => None,
        Polled::ByNewWakers => Some("(each poll of a caller comes with a waker of its own)"),
        Polled::Joined => Some("(all callers are polled in one task)"),
        Polled::InOneGo => Some(
            "(the loop polls all that are ready in one turn; those that yield are woken when it ends, the last one first)",
        ),
    }
}

fn half_settled(polls: u32) -> String {
    match polls {
        0 => "  (no task runs before the next line)".to_owned(),
        1 => "  (only one poll before the next line)".to_owned(),
        polls => format!("  (only {polls} polls before the next line)"),
    }
}

fn sentence(evidence: &Evidence, fact: &Fact) -> Option<String> {
    let world = evidence.world();
    Some(match fact {
        Fact::Made { numbers } => world.made(*numbers),
        Fact::Started { request, again } => {
            let asks = world.asks(evidence, *request);
            match again {
                false => format!("request {request} {asks}"),
                true => {
                    format!("  in the same poll its caller asks again: request {request} {asks}")
                }
            }
        }
        Fact::Answered { operation, outcome } => answered(evidence, *operation, *outcome)?,
        Fact::HungUp { request } => format!("the caller of request {request} is dropped"),
        Fact::Passed { micros } => format!("{} pass", duration(*micros)),
        Fact::Blocked { micros } => format!("a task keeps the loop for {}", duration(*micros)),
        Fact::Discarded => "the instance is dropped".to_owned(),
        Fact::Began { operation } => begins(evidence, *operation)?,
        Fact::Delivered { operation } => {
            let it = evidence.operation(*operation)?;
            let kind = world.kind(it.kind);
            kind.blocks
                .then(|| format!("  {} {operation} is over", kind.noun))?
        }
        Fact::Dropped { operation } => {
            let noun = evidence.noun(*operation);
            let it = evidence.operation(*operation)?;
            let all_the_same = match it.happened && it.outcome.is_none() {
                true => "; it has happened all the same",
                false => "",
            };
            format!("  {noun} {operation} is dropped{all_the_same}")
        }
        Fact::Noted {
            kind, arguments, ..
        } if kind == UNHEARD => {
            let what = one_line(arguments.first()?.text()?, 160);
            format!("  a task of its own, which nobody awaits, ended with {what}")
        }
        Fact::Noted {
            kind, arguments, ..
        } if kind == FAILED_IN_A_THREAD => {
            let what = one_line(arguments.first()?.text()?, 240);
            format!("  in another thread is raised {what}")
        }
        Fact::Noted { kind, request, .. } if kind == AWAITS => {
            let place = one_line(place(fact)?, 160);
            match request {
                Some(request) => format!("  request {request} awaits at {place}"),
                None => format!("  a task of its own awaits at {place}"),
            }
        }
        Fact::Noted {
            kind,
            arguments,
            request,
        } => format!("  {}", world.noted(evidence, *request, kind, arguments)?),
        Fact::Seen { look, value } => format!("  {}", world.seen(evidence, *look, value)?),
        Fact::Returned { request, answer } => {
            let what = answer.odd().unwrap_or_else(|| world.returned(answer));
            format!("  request {request} returns {what}")
        }
        Fact::Panicked { request, message } => {
            format!("  request {request} panics: {}", one_line(message, 160))
        }
        Fact::Answers { .. } => "  the loop answers pings meanwhile".to_owned(),
        Fact::Woken => "  another thread lets the loop go on".to_owned(),
        Fact::Broke { message } => {
            let message = one_line(message, 160);
            format!("  code outside any request panics: {message}")
        }
        Fact::Settled {
            polls,
            idle: false,
            fully: true,
            ..
        } => {
            format!("  after {polls} polls, a task still asks to be polled again")
        }
        Fact::Settled { .. } => return None,
    })
}

fn answered(evidence: &Evidence, operation: u32, outcome: Outcome) -> Option<String> {
    let world = evidence.world();
    let kind = world.kind(evidence.operation(operation)?.kind);
    let noun = kind.noun;
    Some(match outcome {
        Outcome::Value | Outcome::Real if kind.blocks => format!("{noun} {operation} may finish"),
        Outcome::Panic if kind.blocks => format!("{noun} {operation} is made to panic"),
        Outcome::Value | Outcome::Real => {
            let brings = world.brings(evidence, operation);
            format!("{noun} {operation} is answered {brings}")
        }
        Outcome::Error(error) => {
            let words = world.error_words(error);
            format!("{noun} {operation} is answered with an error: {words}")
        }
        Outcome::Panic => format!("{noun} {operation} is answered with a panic"),
    })
}

fn begins(evidence: &Evidence, operation: u32) -> Option<String> {
    let it = evidence.operation(operation)?;
    let kind = evidence.world().kind(it.kind);
    let (noun, about) = (kind.noun, evidence.world().about(evidence, operation));
    let begins = match (kind.blocks, it.off_loop) {
        (true, true) => {
            let place = "on another thread, and is held there";
            return Some(format!("  {noun} {operation}, {about}, begins {place}"));
        }
        (true, false) => {
            let place = "ON THE LOOP'S THREAD";
            return Some(format!("  {noun} {operation}, {about}, begins {place}"));
        }
        (false, true) => "begins on another thread",
        (false, false) => "begins",
    };
    Some(format!("  {noun} {operation} {begins}, {about}"))
}

/// A duration in the unit that is shortest to read.
pub fn duration(micros: u64) -> String {
    if micros.is_multiple_of(1_000_000) {
        format!("{} s", micros / 1_000_000)
    } else if micros.is_multiple_of(1000) {
        format!("{} ms", micros / 1000)
    } else {
        format!("{micros} µs")
    }
}
