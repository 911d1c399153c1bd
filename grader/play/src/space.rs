//! Spaces: which schedules the explorer is to walk.
//!
//! Its main type is [`Space`]: what is asked, and how much may go wrong. From what is
//! known of a run, it names the turns that may come next. On a single loop this is all
//! the freedom there is: when a request starts, when and how an operation is
//! answered, when a caller is dropped, and how far tasks run in between.

use crate::evidence::{Evidence, Operation, OperationState};
use crate::explore::Follow;
use crate::schedule::{Action, Few, Outcome, Polled, Settle, Turn};

/// Names the turns that may follow what is known of a run.
pub trait Paths {
    /// The turns that may come next.
    fn choices(&self, evidence: &Evidence) -> Follow<Turn>;
}

/// How long a request may wait, in virtual microseconds, with nothing under way that
/// could end it, before it counts as waiting for ever: one minute.
pub const PATIENCE_MICROS: u64 = 60_000_000;

/// An hour, in virtual microseconds. Where threads are used, a moment of it really passes.
pub const AN_HOUR: u64 = 60 * PATIENCE_MICROS;

/// A week, in virtual microseconds, in steps short enough that a periodic task which
/// catches up on missed ticks is soon done with each. An hour in smaller steps comes
/// first.
pub const A_WEEK: [u64; 13] = {
    let mut steps = [24 * 60 * PATIENCE_MICROS; 13];
    let mut hour = 0;
    while hour < 6 {
        steps[hour] = 10 * PATIENCE_MICROS;
        hour += 1;
    }
    steps
};

/// One request to be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which of the world's entries it calls.
    pub entry: u8,
    /// What it asks about.
    pub numbers: Few,
    /// Whether its caller asks again in the poll in which it is told an error; in some worlds,
    /// whatever it is told.
    pub again: bool,
}

impl Ask {
    /// A request of the first entry about this key.
    pub const fn of(key: u32) -> Ask {
        Ask::call(0, &[key])
    }

    /// A request.
    pub const fn call(entry: u8, numbers: &[u32]) -> Ask {
        Ask {
            entry,
            numbers: Few::of(numbers),
            again: false,
        }
    }

    /// The action that starts it.
    pub fn action(self) -> Action {
        Action::Start {
            entry: self.entry,
            numbers: self.numbers,
            again: self.again,
        }
    }
}

/// What is asked, and how much may go wrong.
#[derive(Clone, Debug)]
pub struct Space {
    /// What the instance is made with, if a turn says so.
    pub made: Option<Few>,
    /// How callers are polled.
    pub polled: Polled,
    /// The requests, in the order they start.
    pub asks: Vec<Ask>,
    /// What is asked again at the end: whatever happened before, these requests must work.
    pub afterwards: Vec<Ask>,
    /// How many operations may be answered with an error.
    pub errors: usize,
    /// How many operations may be answered with a panic.
    pub panics: usize,
    /// How many callers may be dropped.
    pub hang_ups: usize,
    /// Which callers may be dropped.
    pub may_hang_up: Callers,
    /// Whether dropped operations may have happened all the same.
    pub drops_may_happen: bool,
    /// After how many turns tasks may be left half settled.
    pub halves: usize,
    /// The numbers of polls that a half settled turn may take.
    pub half_polls: Vec<u32>,
}

/// Some of the callers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Callers whose request began an operation. If a task of the submission's
    /// own began it, the first request for it counts.
    Leaders,
    /// All others.
    Followers,
    /// Everyone.
    All,
}

impl Space {
    /// Requests about these keys; nothing goes wrong and tasks always settle
    /// fully.
    pub fn of(keys: &[u32]) -> Space {
        Space::asking(keys.iter().copied().map(Ask::of).collect())
    }

    /// The same for these requests; each different one is made again at the end.
    pub fn asking(asks: Vec<Ask>) -> Space {
        let mut afterwards = asks.clone();
        afterwards.sort_unstable_by_key(|ask| (ask.entry, ask.numbers));
        afterwards.dedup_by_key(|ask| (ask.entry, ask.numbers));
        afterwards.iter_mut().for_each(|ask| ask.again = false);
        Space {
            made: None,
            polled: Polled::Alone,
            asks,
            afterwards,
            errors: 0,
            panics: 0,
            hang_ups: 0,
            may_hang_up: Callers::All,
            drops_may_happen: false,
            halves: 0,
            half_polls: vec![0, 1, 2],
        }
    }

    /// The turns that come before any request. They leave no choice.
    fn opening(&self, evidence: &Evidence) -> Option<Turn> {
        let made = self.made.map(|numbers| Action::Make { numbers });
        let polled = Action::Poll {
            polled: self.polled,
        };
        let polled = (self.polled != Polled::Alone).then_some(polled);
        let mut opening = made.into_iter().chain(polled);
        opening.nth(evidence.turns().len()).map(Turn::full)
    }

    /// A request waits with nothing under way: does time help?
    fn patience(&self, evidence: &Evidence) -> Follow<Turn> {
        let tried = matches!(
            evidence.turns().last(),
            Some(Turn { action: Action::Pass { micros }, .. }) if *micros >= PATIENCE_MICROS
        );
        if tried {
            // Does it wait for what is under way for another key? Then that is answered.
            let other = evidence.live().next();
            let other = other.filter(|_| evidence.world().serves_each_key_alone());
            return other.map_or(Follow::End, |operation| {
                let outcome = Outcome::Value;
                Follow::AnyOf(vec![Turn::full(Action::Answer { operation, outcome })])
            });
        }
        let micros = PATIENCE_MICROS;
        Follow::AnyOf(vec![Turn::full(Action::Pass { micros })])
    }

    fn answers(&self, evidence: &Evidence, in_time: bool, actions: &mut Vec<Action>) {
        let given = |wanted: fn(Outcome) -> bool| {
            let is = |turn: &&Turn| matches!(turn.action, Action::Answer { outcome, .. } if wanted(outcome));
            evidence.turns().iter().filter(is).count()
        };
        let errors = given(Outcome::is_error);
        let panics = given(|outcome| outcome == Outcome::Panic);
        for (operation, it) in evidence.operations() {
            if it.state != OperationState::Live {
                continue;
            }
            let mut may = |outcome| actions.push(Action::Answer { operation, outcome });
            may(Outcome::Value);
            if !in_time {
                continue;
            }
            if errors < self.errors {
                for error in evidence.world().kind(it.kind).errors {
                    may(Outcome::Error(*error));
                }
            }
            if panics < self.panics {
                may(Outcome::Panic);
            }
        }
    }

    fn hang_ups(&self, evidence: &Evidence, in_time: bool, actions: &mut Vec<Action>) {
        let is_hang_up = |turn: &&Turn| matches!(turn.action, Action::HangUp { .. });
        let so_far = evidence.turns().iter().filter(is_hang_up).count();
        if so_far >= self.hang_ups || !in_time {
            return;
        }
        let may = |request: &u32| match self.may_hang_up {
            Callers::All => true,
            Callers::Leaders => leads(evidence, *request),
            Callers::Followers => !leads(evidence, *request),
        };
        for request in evidence.waiting().filter(may) {
            let mut hang_up = |happened| actions.push(Action::HangUp { request, happened });
            hang_up(false);
            if self.drops_may_happen && has_live(evidence, request) {
                hang_up(true);
            }
        }
    }

    /// Nothing is left to choose: settle the tasks, then ask again.
    fn ending(&self, evidence: &Evidence, started: usize) -> Follow<Turn> {
        if !evidence.is_settled() {
            return Follow::AnyOf(vec![Turn::full(Action::Wait)]);
        }
        match self.afterwards.get(started - self.asks.len()) {
            Some(ask) => Follow::AnyOf(vec![Turn::full(ask.action())]),
            None => Follow::End,
        }
    }
}

impl Paths for Space {
    /// The turns that may follow what is known of a run.
    ///
    /// When everyone has asked and has been answered, a few more requests
    /// end the schedule: whatever happened, the next request must work.
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        if let Some(turn) = self.opening(evidence) {
            return Follow::AnyOf(vec![turn]);
        }
        let turns = evidence.turns();
        let is_half = |turn: &&Turn| turn.settle != Settle::Fully;
        if turns.last().is_some_and(|turn| is_half(&turn)) && evidence.is_idle() {
            // Already as settled as full settling would leave it.
            return Follow::Pruned;
        }
        if evidence.is_settled() && !evidence.unserved().is_empty() {
            return self.patience(evidence);
        }
        let started = evidence.started();
        let in_time = started <= self.asks.len();
        let mut actions = Vec::new();
        actions.extend(self.asks.get(started).map(|ask| ask.action()));
        self.answers(evidence, in_time, &mut actions);
        self.hang_ups(evidence, in_time, &mut actions);
        if actions.is_empty() {
            return self.ending(evidence, started);
        }
        let mut choices: Vec<Turn> = actions.iter().copied().map(Turn::full).collect();
        if in_time && turns.iter().filter(is_half).count() < self.halves {
            for polls in &self.half_polls {
                choices.extend(actions.iter().map(|action| Turn::partial(*action, *polls)));
            }
        }
        Follow::AnyOf(choices)
    }
}

/// Spaces that are explored side by side.
#[derive(Default)]
pub struct Spaces<'s> {
    members: Vec<Member<'s>>,
}

/// One of some spaces.
pub struct Member<'s> {
    /// Its paths.
    pub paths: Box<dyn Paths + 's>,
    /// How many random walks are made in it, if it is not played whole.
    pub walks: Option<usize>,
}

impl<'s> Spaces<'s> {
    /// Adds a space that is played whole.
    pub fn add(&mut self, paths: impl Paths + 's) {
        let paths = Box::new(paths);
        let walks = None;
        self.members.push(Member { paths, walks });
    }

    /// Adds so many random walks through a space.
    pub fn walk(&mut self, paths: impl Paths + 's, count: usize) {
        let paths = Box::new(paths);
        let walks = Some(count);
        self.members.push(Member { paths, walks });
    }

    /// All of them.
    pub fn members(&self) -> &[Member<'s>] {
        &self.members
    }
}

/// A schedule ends after so many errors and panics: a submission that keeps trying has shown
/// enough by then.
const MOST_MISHAPS: usize = 400;

/// A space of one schedule: each turn follows from what is known.
pub struct Straight<F>(pub F);

impl<F: Fn(&Evidence) -> Option<Turn>> Paths for Straight<F> {
    /// The next turn. Requests that start before any of them is polled come together: what
    /// follows from each is known before it is played.
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let is_mishap = |turn: &&Turn| match turn.action {
            Action::Answer { outcome, .. } => !outcome.is_value(),
            _ => false,
        };
        let mishaps = evidence.turns().iter().filter(is_mishap).count();
        let (Some(first), ..MOST_MISHAPS) = ((self.0)(evidence), mishaps) else {
            return Follow::End;
        };
        let mut turns = vec![first];
        if is_quiet(first) {
            let mut expected = evidence.clone();
            while let Some(last) = turns.last().copied()
                && is_quiet(last)
            {
                expected.begin(last);
                match (self.0)(&expected) {
                    Some(next) if is_start(next) => turns.push(next),
                    _ => break,
                }
            }
        }
        Follow::AllOf(turns)
    }
}

/// A space of one schedule, all of whose turns are known.
pub struct Listed(pub Vec<Turn>);

/// So many turns of a known schedule are played at once. Not all of them: a task that polls
/// for ever ends it.
const AT_ONCE: usize = 32;

impl Paths for Listed {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let Listed(turns) = self;
        let left = turns.get(evidence.turns().len()..).unwrap_or_default();
        match left {
            [] => Follow::End,
            left => Follow::AllOf(left.iter().copied().take(AT_ONCE).collect()),
        }
    }
}

fn is_start(turn: Turn) -> bool {
    matches!(turn.action, Action::Start { .. })
}

/// Whether a request starts in this turn and no task runs.
fn is_quiet(turn: Turn) -> bool {
    is_start(turn) && turn.settle == Settle::Polls(0)
}

/// Whether an operation that other requests wait for hangs on `request`.
fn leads(evidence: &Evidence, request: u32) -> bool {
    let Some(key) = evidence.request(request).map(|it| it.key) else {
        return false;
    };
    let is_open = |operation: &&Operation| {
        let open = matches!(
            operation.state,
            OperationState::Live | OperationState::Answered
        );
        open && operation.key == Some(key)
    };
    let open = evidence
        .operations()
        .map(|(_, operation)| operation)
        .filter(is_open)
        .last();
    let has_begun = evidence.operations().any(|(_, it)| it.key == Some(key));
    match open.map(|operation| operation.request) {
        Some(Some(leader)) => leader == request,
        // What it was about is over: those who wait now only wait.
        None if has_begun => false,
        Some(None) | None => {
            let of_key = |number: &u32| evidence.request(*number).is_some_and(|it| it.key == key);
            evidence.waiting().find(of_key) == Some(request)
        }
    }
}

/// Whether a live operation may be this request's.
fn has_live(evidence: &Evidence, request: u32) -> bool {
    let live = |(_, it): (u32, &Operation)| {
        it.state == OperationState::Live && it.request.is_none_or(|by| by == request)
    };
    evidence.operations().any(live)
}
