//! The rules that a new drill begins with: every request ends, nothing panics, and no fact
//! is wrong in itself.
//!
//! The main function is [`violations`]. A drill with rules of more than one kind has no use
//! for it any more.

use super::common;
use play::evidence::{Evidence, Fact, Operation};
use play::judge::{Kind, Violation};
use play::text::one_line;

/// The kinds that are found here, whatever a drill adds.
pub const KINDS: &[Kind] = &[
    Kind::Hang,
    Kind::WaitsForOther,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Restless,
    Kind::Died,
    Kind::Garbled,
];

/// Panics, requests that wait for ever, and what `wrong` says of each fact. It is handed the
/// facts in order, each with its place among them.
pub fn violations(
    evidence: &Evidence,
    mut wrong: impl FnMut(usize, &Fact) -> Option<(Kind, String)>,
) -> Vec<Violation> {
    if let Some(violation) = common::constructor(evidence) {
        return vec![violation];
    }
    let panicked = |whose: &str, message: &str| {
        let message = format!("{whose} panicked: {}", one_line(message, 200));
        Some((Kind::Panicked, message))
    };
    let mut violations = common::followed(evidence, |at, fact| match fact {
        Fact::Panicked { request, message } => panicked(&format!("request {request}"), message),
        Fact::Broke { message } => panicked("code outside any request", message),
        _ => wrong(at, fact),
    });
    violations.extend(common::hang(evidence));
    violations
}

/// The operations whose answers the submission had received before this fact.
pub fn received(evidence: &Evidence, at: usize) -> impl Iterator<Item = &Operation> {
    let before = evidence.entries().iter().take(at);
    before.filter_map(|entry| match entry.fact {
        Fact::Delivered { operation } => evidence.operation(operation),
        _ => None,
    })
}
