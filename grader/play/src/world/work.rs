//! Long computations made of small steps: the world of `give_way`.
//!
//! A step's result follows from the state and the number that it was made with, so the
//! grader knows which computation a step belongs to, wherever it was made. Its main type
//! is [`Stretch`].

mod polls;

use std::collections::BTreeMap;

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, Suspended, World};
use crate::evidence::{Evidence, Fact, Returned};
use crate::schedule::{Few, Outcome};
use crate::text::count;

/// See the module.
#[derive(Debug)]
pub struct Work;

/// The places of the entries: a computation.
pub const FOLD: u8 = 0;
/// A task of the grader's that wakes itself whenever it has its turn.
pub const NEIGHBOUR: u8 = 1;

/// What the kit notes of the steps of one poll.
const STEPS: &str = "steps";

/// What the neighbour notes whenever it has its turn, and a computation in its first poll.
const POLLED: &str = "polled";

/// The kit's step: `kit::work::step`.
fn step(state: u64, number: u64) -> u64 {
    mixed(state ^ mixed(number))
}

fn mixed(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// What the computation of this request begins with: a number of its own, or with
/// [`FROM_ZERO`] 0.
fn seed(evidence: &Evidence, request: u32, numbers: Few) -> u64 {
    match numbers.at(1) {
        FROM_ZERO => 0,
        _ => evidence.secrets().number("seed", request, u64::MAX),
    }
}

/// The second number of a fold that begins with 0.
pub const FROM_ZERO: u32 = 1;

/// No request asks for more steps, whatever a replay key says.
const MOST_STEPS: u32 = 100_000;

/// How many steps a request asks for; `None` for a neighbour, which computes nothing.
pub fn asked(evidence: &Evidence, request: u32) -> Option<u64> {
    let it = evidence.request(request).filter(|it| it.entry == FOLD)?;
    Some(it.numbers.at(0).min(MOST_STEPS).into())
}

/// The states of a request's computation: before its first step, after each, and after so
/// many beyond its last.
pub fn states(evidence: &Evidence, request: u32, beyond: u64) -> impl Iterator<Item = u64> {
    let steps = asked(evidence, request).map_or(0, |steps| steps + beyond);
    let numbers = evidence.request(request).map(|it| it.numbers);
    let mut state = seed(evidence, request, numbers.unwrap_or_default());
    (0..=steps).map(move |number| {
        let before = state;
        state = step(state, number);
        before
    })
}

/// What a poll made of one computation: steps one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The request whose computation they belong to; `None` if no request's next step was
    /// asked for.
    pub of: Option<u32>,
    /// The number of the first of them.
    pub first: u64,
    /// How many they are.
    pub count: u64,
}

/// The steps that were made in one poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it stands among the facts.
    pub at: usize,
    /// The turn.
    pub turn: usize,
    /// The request whose own task was polled; `None` for another task, and for steps that
    /// were made while something was dropped.
    pub polled: Option<u32>,
    /// How many steps it made.
    pub count: u64,
    /// The steps, computation by computation.
    pub parts: Vec<Part>,
}

impl Stretch {
    /// All of a run, in order.
    pub fn all(evidence: &Evidence) -> Vec<Stretch> {
        let computations = Computations::of(evidence);
        let entries = evidence.entries().iter().enumerate();
        let stretches = entries.filter_map(|(at, entry)| match &entry.fact {
            Fact::Noted {
                kind,
                arguments,
                request,
            } if kind == STEPS => {
                let parts = computations.parts(arguments);
                let told: u64 = parts.iter().map(|part| part.count).sum();
                Some(Stretch {
                    at,
                    turn: entry.turn,
                    polled: *request,
                    // What is told was made, whatever is said of its number.
                    count: counted(arguments).max(told),
                    parts,
                })
            }
            _ => None,
        });
        stretches.collect()
    }

    /// How many of its steps belong to this request.
    pub fn steps_of(&self, request: u32) -> u64 {
        let parts = self.parts.iter().filter(|part| part.of == Some(request));
        parts.map(|part| part.count).sum()
    }
}

/// Whether the neighbour has its turn here.
pub fn is_turn(evidence: &Evidence, fact: &Fact) -> bool {
    match fact {
        Fact::Noted {
            kind,
            request: Some(request),
            ..
        } => kind == POLLED && asked(evidence, *request).is_none(),
        _ => false,
    }
}

fn counted(arguments: &[Value]) -> u64 {
    let number = arguments.first().and_then(Value::number).unwrap_or(0);
    number.cast_unsigned()
}

/// Every state of every computation of a run, with the number of the step after it.
struct Computations(BTreeMap<(u64, u64), u32>);

impl Computations {
    fn of(evidence: &Evidence) -> Computations {
        let requests = evidence.requests().map(|(request, _)| request);
        let requests = requests.filter(|request| asked(evidence, *request).is_some());
        let states = requests.flat_map(|request| {
            let numbered = (0..).zip(states(evidence, request, 0));
            numbered.map(move |(number, state)| ((number, state), request))
        });
        Computations(states.collect())
    }

    fn parts(&self, arguments: &[Value]) -> Vec<Part> {
        let chains = arguments.get(1).map(Value::list).unwrap_or(&[]);
        let parts = chains.iter().filter_map(|chain| {
            let [state, first, count] = chain.list() else {
                return None;
            };
            let number = |value: &Value| Some(value.number()?.cast_unsigned());
            let (state, first) = (number(state)?, number(first)?);
            Some(Part {
                of: self.0.get(&(first, state)).copied(),
                first,
                count: number(count)?,
            })
        });
        parts.collect()
    }
}

impl World for Work {
    fn name(&self) -> &'static str {
        "work"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["fold", "neighbour"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        &[]
    }

    fn errors(&self) -> &'static [ErrorName] {
        &[]
    }

    fn key_noun(&self) -> &'static str {
        "fold"
    }

    fn constructor(&self) -> &'static str {
        "fold"
    }

    fn arguments(&self, evidence: &Evidence, request: u32, entry: u8, numbers: Few) -> Vec<Value> {
        match entry {
            FOLD => vec![
                seed(evidence, request, numbers).into(),
                numbers.at(0).min(MOST_STEPS).into(),
            ],
            _ => vec![numbers.at(0).into()],
        }
    }

    fn key_of(&self, _: &Evidence, _: u8, _: &[Value]) -> Option<u32> {
        None
    }

    fn value(&self, _: &Evidence, _: u32, _: Outcome) -> Value {
        Value::Nothing
    }

    fn understand(&self, _: &Evidence, _: u32, ending: &Ending) -> Returned {
        match ending {
            Ending::Ok(value) => Returned::Plain(value.clone()),
            Ending::Error(..) | Ending::Panic => Returned::Invented,
        }
    }

    /// A fold belongs to nothing that could hold what several of them share.
    fn runs_alone(&self) -> bool {
        true
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        let number = evidence.request(request).map_or(0, |it| it.numbers.at(0));
        match asked(evidence, request) {
            Some(_) => format!("folds {}", count(number as usize, "step", "steps")),
            None => format!("is a neighbour that wakes itself {number} times"),
        }
    }

    fn about(&self, _: &Evidence, _: u32) -> String {
        String::new()
    }

    fn brings(&self, _: &Evidence, _: u32) -> String {
        String::new()
    }

    fn noted(
        &self,
        evidence: &Evidence,
        request: Option<u32>,
        kind: &str,
        arguments: &[Value],
    ) -> Option<String> {
        if kind == POLLED {
            return polls::told(evidence, request?);
        }
        let steps = |number: u64| count(number as usize, "step", "steps");
        let parts = Computations::of(evidence).parts(arguments);
        let told = parts.iter().map(|part| match part.of {
            Some(request) => format!("{} of request {request}", steps(part.count)),
            None => format!("{} of no request", steps(part.count)),
        });
        let mut told: Vec<String> = told.collect();
        // What a careful submission makes fits into a line.
        if told.len() > 4 || told.is_empty() {
            told = vec![steps(counted(arguments))];
        }
        Some(format!("one poll makes {}", told.join(" and ")))
    }

    fn shows_something(&self, evidence: &Evidence) -> bool {
        !Stretch::all(evidence).is_empty()
    }

    fn showed_nothing(&self) -> String {
        "no step was ever made".to_owned()
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Plain(Value::Nothing) => "after its last turn".to_owned(),
            _ => "a state".to_owned(),
        }
    }

    fn awaits(&self) -> &'static [&'static str] {
        polls::AWAITS
    }

    fn suspended(&self, evidence: &Evidence) -> Vec<Suspended> {
        polls::suspended(evidence)
    }

    /// How far each computation has come, and in how many polls.
    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let stretches = Stretch::all(evidence);
        let requests = evidence.requests();
        let told = requests.filter_map(|(request, _)| {
            let asked = asked(evidence, request)?;
            let of_it = stretches.iter().map(|stretch| stretch.steps_of(request));
            let polls: Vec<u64> = of_it.filter(|steps| *steps > 0).collect();
            let made: u64 = polls.iter().sum();
            let most = polls.iter().max().copied().unwrap_or(0);
            let polls = count(polls.len(), "poll", "polls");
            Some(format!(
                "request {request}: {made} of {asked} steps in {polls}, at most {most} in one"
            ))
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use protocol::Event;

    use super::*;
    use crate::schedule::{Action, Turn};

    #[test]
    fn a_step_is_the_kits() {
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(step(7, 0), mixed(7 ^ mixed(0)));
    }

    #[test]
    fn steps_say_whose_they_are_wherever_they_were_made() {
        let mut evidence = Evidence::new(&Work, 0, 7);
        for steps in [100, 80] {
            evidence.begin(Turn::full(Action::call(FOLD, Few::one(steps))));
        }
        let state = |request, number: usize| {
            let mut states = states(&evidence, request, 0);
            Value::from(states.nth(number).unwrap())
        };
        let chain = |request, number: u64, count: u64| {
            let state = state(request, number as usize);
            Value::List(vec![state, number.into(), count.into()])
        };
        let strange = Value::List(vec![5_u64.into(), 0_u64.into(), 1_u64.into()]);
        let chains = vec![chain(2, 64, 16), chain(1, 0, 7), strange];
        let noted = Event::Noted {
            kind: STEPS.to_owned(),
            arguments: vec![24_u64.into(), Value::List(chains)],
            call: None,
        };
        evidence.saw(&[noted]).unwrap();
        let all = Stretch::all(&evidence);
        let [stretch] = &all[..] else {
            panic!("{all:?}")
        };
        let of: Vec<_> = stretch.parts.iter().map(|part| part.of).collect();
        assert_eq!((stretch.count, of), (24, vec![Some(2), Some(1), None]));
        assert_eq!((stretch.steps_of(1), stretch.steps_of(2)), (7, 16));
    }
}
