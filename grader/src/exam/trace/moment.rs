//! What is known of a run at some moment, in a form a figure can draw.
//!
//! Only what was seen from outside: who waits, which fetches were begun and how
//! they stand, and whether a row is known to be found without a fetch.

use serde::Serialize;

use play::evidence::{Evidence, Fact, FetchState, RequestState, Returned};
use play::schedule::Outcome;

/// The state after a turn. One letter for each request and fetch keeps files small.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Moment {
    /// A letter for each request: `w`aits, returned a `r`ow, returned an `e`rror,
    /// `p`anicked, or its caller was `d`ropped.
    #[serde(rename = "r")]
    requests: String,
    /// For each fetch a letter, and the number of the request that began it or 0:
    /// `l`ive, `a`nswered and not received yet, brought a `r`ow, brought an `e`rror,
    /// was dropped (`d`).
    #[serde(rename = "f", skip_serializing_if = "String::is_empty")]
    fetches: String,
    /// A request has returned the row and everything that was ready has run: whoever
    /// asks now should find it.
    #[serde(rename = "c", skip_serializing_if = "std::ops::Not::not")]
    cached: bool,
    /// Some task is ready and was not let run.
    #[serde(rename = "h", skip_serializing_if = "std::ops::Not::not")]
    held: bool,
}

impl Moment {
    pub(super) fn of(evidence: &Evidence) -> Moment {
        let requests = evidence.requests();
        let fetches = evidence.fetches().map(|(number, fetch)| {
            let letter = match fetch.state {
                FetchState::Live => 'l',
                FetchState::Answered => 'a',
                FetchState::Delivered if brought_a_row(evidence, number) => 'r',
                FetchState::Delivered => 'e',
                FetchState::Dropped => 'd',
            };
            format!("{letter}{}", fetch.request.unwrap_or(0))
        });
        Moment {
            requests: requests
                .map(|(number, request)| match request.state {
                    RequestState::Waiting => 'w',
                    RequestState::HungUp => 'd',
                    RequestState::Ended => ending(evidence, number),
                })
                .collect(),
            fetches: fetches.collect(),
            cached: is_cached(evidence),
            held: !evidence.is_settled(),
        }
    }
}

fn brought_a_row(evidence: &Evidence, number: u32) -> bool {
    evidence.entries().iter().any(|entry| {
        matches!(entry.fact, Fact::Answered { fetch, outcome: Outcome::Row } if fetch == number)
    })
}

fn ending(evidence: &Evidence, number: u32) -> char {
    let mut facts = evidence.entries().iter().map(|entry| &entry.fact);
    let with_row = facts.any(|fact| {
        matches!(fact, Fact::Returned { request, answer: Returned::RowOf { .. } } if *request == number)
    });
    let mut facts = evidence.entries().iter().map(|entry| &entry.fact);
    let panicked =
        facts.any(|fact| matches!(fact, Fact::Panicked { request, .. } if *request == number));
    match (with_row, panicked) {
        (true, _) => 'r',
        (_, true) => 'p',
        _ => 'e',
    }
}

/// As the rules see it: returned by someone, and every ready task has run since.
fn is_cached(evidence: &Evidence) -> bool {
    let mut returned = false;
    for entry in evidence.entries() {
        match &entry.fact {
            Fact::Returned {
                answer: Returned::RowOf { .. },
                ..
            } => returned = true,
            Fact::Settled { idle: true, .. } if returned => return true,
            _ => {}
        }
    }
    false
}
