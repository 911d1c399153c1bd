//! Spaces: which schedules the explorer is to walk.
//!
//! Its main type is [`Space`]: who asks, and how much may go wrong. Given what is
//! known of a run it names the turns that may come next. On a single loop that is
//! all the freedom there is: when a request starts, when and how a fetch is
//! answered, when a caller is dropped, and how far tasks run in between.

use crate::evidence::{Evidence, Fetch, FetchState};
use crate::explore::Follow;
use crate::schedule::{Action, Outcome, Settle, Turn};

/// Names the turns that may follow what is known of a run.
pub trait Paths {
    /// The turns that may come next.
    fn choices(&self, evidence: &Evidence) -> Follow<Turn>;
}

/// How long a request may wait, in virtual microseconds, with nobody fetching its
/// user, before it counts as waiting for ever: one minute.
pub const PATIENCE_MICROS: u64 = 60_000_000;

/// An hour, in virtual microseconds, in steps: a task that does something small by
/// the clock and catches up on what it missed is soon done with one.
pub const AN_HOUR: [u64; 6] = [10 * PATIENCE_MICROS; 6];

/// Who asks, and how much may go wrong.
#[derive(Clone, Debug)]
pub struct Space {
    /// The users the requests ask for, in the order they start.
    pub users: Vec<u32>,
    /// How many fetches may be answered with an error.
    pub errors: usize,
    /// How many fetches may be answered with a panic.
    pub panics: usize,
    /// How many callers may be dropped.
    pub hang_ups: usize,
    /// Which callers may be dropped.
    pub may_hang_up: Callers,
    /// After how many turns the tasks may be left half settled.
    pub halves: usize,
    /// The numbers of polls that half settling may mean.
    pub half_polls: Vec<u32>,
}

/// Some of the callers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Those whose request began a fetch, or came first where a task of the
    /// submission's own began it.
    Leaders,
    /// All others.
    Followers,
    /// Everyone.
    All,
}

impl Space {
    /// Requests for these users, with nothing going wrong and tasks always
    /// settled fully.
    pub fn of(users: &[u32]) -> Space {
        Space {
            users: users.to_vec(),
            errors: 0,
            panics: 0,
            hang_ups: 0,
            may_hang_up: Callers::All,
            halves: 0,
            half_polls: vec![0, 1, 2],
        }
    }

    /// Someone waits and nobody fetches: does time help?
    fn patience(&self, evidence: &Evidence) -> Follow<Turn> {
        let tried = matches!(
            evidence.turns().last(),
            Some(Turn { action: Action::Pass { micros }, .. }) if *micros >= PATIENCE_MICROS
        );
        if tried {
            return Follow::End;
        }
        let micros = PATIENCE_MICROS;
        Follow::AnyOf(vec![Turn::full(Action::Pass { micros })])
    }

    fn answers(&self, evidence: &Evidence, started: usize, actions: &mut Vec<Action>) {
        let given = |wanted: fn(Outcome) -> bool| {
            let is = |turn: &&Turn| matches!(turn.action, Action::Answer { outcome, .. } if wanted(outcome));
            evidence.turns().iter().filter(is).count()
        };
        let errors = given(|outcome| matches!(outcome, Outcome::NotFound | Outcome::Unavailable));
        let panics = given(|outcome| outcome == Outcome::Panic);
        for fetch in evidence.live() {
            let mut may = |outcome| actions.push(Action::Answer { fetch, outcome });
            may(Outcome::Row);
            if started > self.users.len() {
                continue;
            }
            if errors < self.errors {
                may(Outcome::Unavailable);
                may(Outcome::NotFound);
            }
            if panics < self.panics {
                may(Outcome::Panic);
            }
        }
    }

    fn hang_ups(&self, evidence: &Evidence, started: usize, actions: &mut Vec<Action>) {
        let is_hang_up = |turn: &&Turn| matches!(turn.action, Action::HangUp { .. });
        let so_far = evidence.turns().iter().filter(is_hang_up).count();
        if so_far >= self.hang_ups || started > self.users.len() {
            return;
        }
        let may = |request: &u32| match self.may_hang_up {
            Callers::All => true,
            Callers::Leaders => leads(evidence, *request),
            Callers::Followers => !leads(evidence, *request),
        };
        actions.extend(
            evidence
                .waiting()
                .filter(may)
                .map(|request| Action::HangUp { request }),
        );
    }

    /// Nothing is left to choose: settle what is unsettled, then ask once more.
    fn ending(&self, evidence: &Evidence, started: usize) -> Follow<Turn> {
        if !evidence.is_settled() {
            return Follow::AnyOf(vec![Turn::full(Action::Wait)]);
        }
        let mut users = self.users.clone();
        users.sort_unstable();
        users.dedup();
        match users.get(started - self.users.len()) {
            Some(user) => Follow::AnyOf(vec![Turn::full(Action::Start { user: *user })]),
            None => Follow::End,
        }
    }
}

impl Paths for Space {
    /// The turns that may follow what is known of a run.
    ///
    /// When everyone has asked and has been answered, one more request for each
    /// user ends the schedule: whatever happened, the next request must work.
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let turns = evidence.turns();
        let half_settled = turns
            .iter()
            .filter(|turn| turn.settle != Settle::Fully)
            .count();
        let last_was_half = turns
            .last()
            .is_some_and(|turn| turn.settle != Settle::Fully);
        if last_was_half && evidence.is_idle() {
            // As settled as full settling would have left it.
            return Follow::Pruned;
        }
        if evidence.is_settled() && !evidence.stranded().is_empty() {
            return self.patience(evidence);
        }
        let started = evidence.requests().count();
        let mut actions = Vec::new();
        if let Some(user) = self.users.get(started) {
            actions.push(Action::Start { user: *user });
        }
        self.answers(evidence, started, &mut actions);
        self.hang_ups(evidence, started, &mut actions);
        if actions.is_empty() {
            return self.ending(evidence, started);
        }
        let mut choices: Vec<Turn> = actions.iter().copied().map(Turn::full).collect();
        if half_settled < self.halves && started <= self.users.len() {
            for polls in &self.half_polls {
                choices.extend(actions.iter().map(|action| Turn::partial(*action, *polls)));
            }
        }
        Follow::AnyOf(choices)
    }
}

/// Whether `request` is the one its user's fetch hangs on.
fn leads(evidence: &Evidence, request: u32) -> bool {
    let Some(user) = evidence.request(request).map(|it| it.user) else {
        return false;
    };
    let is_open = |fetch: &&Fetch| {
        let open = matches!(fetch.state, FetchState::Live | FetchState::Answered);
        open && fetch.user == Some(user)
    };
    let open = evidence
        .fetches()
        .map(|(_, fetch)| fetch)
        .filter(is_open)
        .last();
    match open.and_then(|fetch| fetch.request) {
        Some(leader) => leader == request,
        None => {
            let of_user =
                |number: &u32| evidence.request(*number).is_some_and(|it| it.user == user);
            evidence.waiting().find(of_user) == Some(request)
        }
    }
}
