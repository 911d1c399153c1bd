//! Timelines: a run told in words a learner understands.

mod moment;

use crate::evidence::{Evidence, Fact, Returned, TOO_LONG};
use crate::judge::Violation;
use crate::schedule::{HashEnding, Outcome, Settle};

pub use moment::{Moment, Subject, moment};

/// The longest timeline shown; a longer one is cut in its middle.
const MAX_LINES: usize = 60;

/// The run, one line for each fact worth telling; the violation comes last.
pub fn tell(evidence: &Evidence, violation: Option<&Violation>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut answers = 0;
    for entry in evidence.entries() {
        if matches!(entry.fact, Fact::Answers { .. }) {
            answers += 1;
            if answers > 1 {
                // Said once.
                continue;
            }
        }
        let text = match evidence.hashes_passwords() {
            true => of_hashing(&entry.fact),
            false => None,
        };
        let Some(text) = text.or_else(|| sentence(&entry.fact)) else {
            continue;
        };
        lines.push(text);
        let turn = evidence.turns().get(entry.turn);
        if let (Some(Settle::Polls(polls)), true) =
            (turn.map(|turn| turn.settle), is_action(&entry.fact))
        {
            lines.push(half_settled(polls));
        }
    }
    if lines.len() > MAX_LINES {
        let hidden = lines.len() - MAX_LINES;
        let tail = lines.split_off(lines.len() - MAX_LINES / 2);
        lines.truncate(MAX_LINES / 2);
        lines.push(format!("… {hidden} lines more …"));
        lines.extend(tail);
    }
    lines.extend(violation.map(|violation| format!("=> {}", violation.message)));
    lines
}

/// Whether a fact is the grader's doing; what follows from it is indented.
fn is_action(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Started { .. }
            | Fact::Answered { .. }
            | Fact::Admitted { .. }
            | Fact::HungUp { .. }
            | Fact::Passed { .. }
    )
}

fn half_settled(polls: u32) -> String {
    match polls {
        0 => "  (no task runs before the next line)".to_owned(),
        1 => "  (only one poll before the next line)".to_owned(),
        polls => format!("  (only {polls} polls before the next line)"),
    }
}

fn sentence(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::Started { request, user } => format!("request {request} asks for user {user}"),
        Fact::Answered { fetch, outcome } => {
            let what = match outcome {
                Outcome::Row => "with the row",
                Outcome::NotFound => "with an error: not found",
                Outcome::Unavailable => "with an error: unavailable",
                Outcome::Panic => "with a panic",
            };
            format!("fetch {fetch} is answered {what}")
        }
        Fact::HungUp { request } => format!("the caller of request {request} is dropped"),
        Fact::Passed { micros } => format!("{} pass", duration(*micros)),
        Fact::Began { fetch, user, .. } => match user {
            Some(user) => format!("  fetch {fetch} begins, for user {user}"),
            None => format!("  fetch {fetch} begins, for a user nobody asked for"),
        },
        Fact::Delivered { .. } => return None,
        Fact::Dropped { fetch } => format!("  fetch {fetch} is dropped"),
        Fact::Returned { request, answer } => {
            let what = match answer {
                Returned::RowOf { .. } => "the row",
                Returned::InventedRow => "a row no fetch brought",
                Returned::NotFound { own: true } => "the error: not found",
                Returned::NotFound { own: false } => "the error: another user was not found",
                Returned::Unavailable => "the error: unavailable",
                Returned::HashOf { hash } => {
                    return Some(format!(
                        "  request {request} returns the text of hash {hash}"
                    ));
                }
                Returned::InventedHash => "a text that no hash the grader held ended with",
                Returned::TooLong => "the error: too long",
                Returned::Other => "something else",
            };
            format!("  request {request} returns {what}")
        }
        Fact::Panicked { request, message } => {
            let message = crate::text::one_line(message, 160);
            format!("  request {request} panics: {message}")
        }
        Fact::Made { max_parallel } => {
            format!("a service is made with `max_parallel` = {max_parallel}")
        }
        Fact::Admitted { hash, ending } => match ending {
            HashEnding::Done | HashEnding::Bcrypt => format!("hash {hash} is let finish"),
            HashEnding::Panic => format!("hash {hash} is made to panic"),
        },
        Fact::Hashing {
            hash,
            user,
            on_loop,
            ..
        } => {
            let whose = match user {
                Some(user) => format!("of password {user}"),
                None => "of a password nobody gave".to_owned(),
            };
            let place = if *on_loop {
                "ON THE LOOP'S THREAD"
            } else {
                "on another thread, and is held there"
            };
            format!("  hash {hash}, {whose}, begins {place}")
        }
        Fact::Hashed { hash } => format!("  hash {hash} is over"),
        Fact::Answers { .. } => "  the loop answers pings meanwhile".to_owned(),
        Fact::Broke { message } => {
            let message = crate::text::one_line(message, 160);
            format!("  code outside any request panics: {message}")
        }
        Fact::Settled {
            polls,
            idle: false,
            fully: true,
            ..
        } => {
            format!("  after {polls} polls some task still asks to be polled again")
        }
        Fact::Settled { .. } => return None,
    })
}

/// What a request of a service that hashes passwords is called.
fn of_hashing(fact: &Fact) -> Option<String> {
    let Fact::Started { request, user } = fact else {
        return None;
    };
    Some(match user.checked_sub(TOO_LONG) {
        None => format!("request {request} asks for the hash of password {user}"),
        Some(_) => format!("request {request} asks for the hash of a password that is too long"),
    })
}

fn duration(micros: u64) -> String {
    if micros.is_multiple_of(1_000_000) {
        format!("{} s", micros / 1_000_000)
    } else if micros.is_multiple_of(1000) {
        format!("{} ms", micros / 1000)
    } else {
        format!("{micros} µs")
    }
}
