//! What is known of a run at some moment, in a form that a figure can draw.
//!
//! It holds only what was seen from outside: which requests wait, which operations were
//! begun, their states, and the state of the world.

use std::collections::BTreeMap;

use serde::Serialize;

use play::evidence::{Evidence, Fact, OperationState, RequestState, Returned};

/// The state after a turn. One letter for each request and operation keeps files small.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Frame {
    /// A letter for each request: `w`aits, returned a `r`ow, returned an `e`rror,
    /// `p`anicked, or its caller was `d`ropped.
    #[serde(rename = "r")]
    requests: String,
    /// For each operation a letter, a capital for its kind where there are several, and the
    /// number of the request that began it or 0: `l`ive, `a`nswered and not received yet,
    /// brought what was asked for (`r`), brought an `e`rror, was dropped (`d`).
    #[serde(rename = "f", skip_serializing_if = "String::is_empty")]
    operations: String,
    /// For each request that is suspended at an await which is no operation, what it awaits:
    /// its place among the kinds of operations and the other awaits. Request 0 is a task of
    /// the submission's own.
    #[serde(rename = "a", skip_serializing_if = "BTreeMap::is_empty")]
    awaits: BTreeMap<u32, usize>,
    /// A request has returned the row and every ready task has run: the next request
    /// should find it.
    #[serde(rename = "c", skip_serializing_if = "std::ops::Not::not")]
    cached: bool,
    /// A task is ready and was held back.
    #[serde(rename = "h", skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    /// The world's own state, a line each.
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty")]
    state: Vec<String>,
}

impl Frame {
    pub(super) fn of(evidence: &Evidence) -> Frame {
        let kinds = evidence.world().kinds();
        let operations = evidence.operations().map(|(_, it)| {
            let letter = match it.state {
                OperationState::Live => 'l',
                OperationState::Answered => 'a',
                OperationState::Over if it.outcome.is_some_and(|it| it.is_value()) => 'r',
                OperationState::Over => 'e',
                OperationState::Dropped => 'd',
            };
            // A single kind needs no letter.
            let kind = match kinds.len() {
                1 => String::new(),
                _ => char::from(b'A' + it.kind).to_string(),
            };
            format!("{letter}{kind}{}", it.request.unwrap_or(0))
        });
        let suspended = evidence.world().suspended(evidence).into_iter();
        let awaits =
            suspended.map(|it| (it.request.unwrap_or(0), kinds.len() + usize::from(it.at)));
        let requests = evidence.requests();
        Frame {
            requests: requests
                .map(|(number, request)| match request.state {
                    RequestState::Waiting | RequestState::Unmade => 'w',
                    RequestState::HungUp => 'd',
                    RequestState::Ended => ending(evidence, number),
                })
                .collect(),
            operations: operations.collect(),
            awaits: awaits.collect(),
            cached: kinds.len() == 1 && is_cached(evidence),
            held: !evidence.is_settled(),
            state: evidence.world().state(evidence),
        }
    }
}

fn ending(evidence: &Evidence, number: u32) -> char {
    let mut endings = evidence
        .entries()
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Returned { request, answer } if *request == number => Some(match answer {
                Returned::Of { .. } | Returned::Plain(_) => 'r',
                Returned::Invented | Returned::Error { .. } => 'e',
            }),
            Fact::Panicked { request, .. } if *request == number => Some('p'),
            _ => None,
        });
    endings.next().unwrap_or('e')
}

/// As the rules see it: some request returned it, and every ready task has run since.
fn is_cached(evidence: &Evidence) -> bool {
    let mut returned = false;
    for entry in evidence.entries() {
        match &entry.fact {
            Fact::Returned {
                answer: Returned::Of { .. },
                ..
            } => returned = true,
            Fact::Settled { idle: true, .. } if returned => return true,
            _ => {}
        }
    }
    false
}
