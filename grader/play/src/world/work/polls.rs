//! Where a computation is suspended, as far as what its polls did tells: before its first
//! step, or between two.
//!
//! A poll leaves a note if it is a task's first one or makes steps. One that does neither
//! leaves none, and nobody knows whose it was. After it nothing is said here.

use std::collections::BTreeMap;

use super::super::Suspended;
use super::{POLLED, STEPS, Stretch, asked};
use crate::evidence::{Evidence, Fact};

/// What a computation awaits: to begin, and to go on.
pub(super) const AWAITS: &[&str] = &["start", "pause"];
const START: u8 = 0;
const PAUSE: u8 = 1;

/// The waiting computations whose own task was polled last in a way that is known.
pub(super) fn suspended(evidence: &Evidence) -> Vec<Suspended> {
    let stretches = Stretch::all(evidence);
    let Some(polled) = last_polls(evidence, &stretches) else {
        return Vec::new();
    };
    let waiting = evidence.waiting().filter_map(|request| {
        asked(evidence, request)?;
        let has_begun = stretches.iter().any(|it| it.steps_of(request) > 0);
        let at = match (polled.get(&request)?, has_begun) {
            (0, false) => START,
            (0, true) => return None,
            (_, _) => PAUSE,
        };
        let request = Some(request);
        Some(Suspended { request, at })
    });
    waiting.collect()
}

/// How many steps of its own computation each request's task made when it was polled last;
/// `None` if some poll of a request left no note.
fn last_polls(evidence: &Evidence, stretches: &[Stretch]) -> Option<BTreeMap<u32, u64>> {
    let mut last = BTreeMap::new();
    let mut stretches = stretches.iter().peekable();
    let mut first = None;
    let (mut noted, mut polls) = (0, 0_u64);
    for (at, entry) in evidence.entries().iter().enumerate() {
        let stretch = stretches.next_if(|stretch| stretch.at == at);
        match &entry.fact {
            Fact::Noted {
                kind,
                request: Some(request),
                ..
            } if [POLLED, STEPS].contains(&kind.as_str()) => {
                // The first poll of a task leaves two notes if it makes steps.
                let is_same_poll = stretch.is_some() && first.take() == Some(*request);
                first = stretch.is_none().then_some(*request);
                noted += u64::from(!is_same_poll);
                last.insert(*request, stretch.map_or(0, |it| it.steps_of(*request)));
            }
            Fact::Settled { of_calls, .. } => polls += u64::from(*of_calls),
            _ => {}
        }
    }
    (noted == polls).then_some(last)
}

/// A task's note that it is polled, in words: of a computation's first poll only that it
/// made no step. Its steps are told by themselves.
pub(super) fn told(evidence: &Evidence, request: u32) -> Option<String> {
    if asked(evidence, request).is_none() {
        return Some("the neighbour has its turn".to_owned());
    }
    let is_note = |fact: &Fact, wanted| match fact {
        Fact::Noted {
            kind,
            request: Some(polled),
            ..
        } => *polled == request && kind == wanted,
        _ => false,
    };
    let mut entries = evidence.entries().iter();
    entries.find(|entry| is_note(&entry.fact, POLLED))?;
    // In the same poll, steps are noted next.
    let then = entries.next();
    let makes_steps = then.is_some_and(|entry| is_note(&entry.fact, STEPS));
    (!makes_steps).then(|| format!("the first poll of request {request} makes no step"))
}

#[cfg(test)]
mod tests {
    use protocol::{Event, Value};

    use super::super::{FOLD, Work, states};
    use super::*;
    use crate::schedule::{Action, Few, Turn};

    /// What two folds are suspended at after these polls: of a call, and whether it made steps.
    fn after(polls: &[(u32, bool)], of_calls: u32) -> Vec<(u32, &'static str)> {
        let mut evidence = Evidence::new(&Work, 0, 7);
        for _ in 0..2 {
            evidence.begin(Turn::partial(Action::call(FOLD, Few::one(200)), 0));
        }
        let note = |kind: &str, arguments, call| Event::Noted {
            kind: kind.to_owned(),
            arguments,
            call: Some(call),
        };
        let mut made = [0, 0];
        let mut events = Vec::new();
        for (call, has_steps) in polls {
            let made = &mut made[*call as usize - 1];
            if *made == 0 {
                events.push(note(POLLED, Vec::new(), *call));
            }
            if *has_steps {
                let state = states(&evidence, *call, 0).nth(*made).unwrap();
                let chain = [state, *made as u64, 64].map(Value::from).to_vec();
                let chains = Value::List(vec![Value::List(chain)]);
                events.push(note(STEPS, vec![64_u64.into(), chains], *call));
                *made += 64;
            }
        }
        events.push(Event::Settled {
            polls: of_calls,
            of_calls,
            idle: false,
        });
        evidence.saw(&events).unwrap();
        let suspended = suspended(&evidence).into_iter();
        let told = suspended.map(|it| (it.request.unwrap(), AWAITS[usize::from(it.at)]));
        told.collect()
    }

    #[test]
    fn a_fold_is_suspended_where_its_last_poll_left_it() {
        assert_eq!(after(&[], 0), []);
        assert_eq!(after(&[(1, true)], 1), [(1, "pause")]);
        let both = [(1, "pause"), (2, "start")];
        assert_eq!(after(&[(1, true), (2, false)], 2), both);
        assert_eq!(after(&[(1, true), (2, false), (1, true)], 3), both);
    }

    #[test]
    fn after_a_poll_that_left_no_note_nothing_is_known() {
        assert_eq!(after(&[(1, true), (2, false)], 3), []);
    }
}
