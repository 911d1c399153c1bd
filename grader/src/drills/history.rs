//! Spaces in which something has happened before any choice is made. What a submission does in
//! another way once something went wrong shows only there. The main function is [`after`].

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Turn};
use play::space::{Ask, Paths, Space, Spaces};

use super::schedules::{self, Went};

/// How often it has happened.
const TIMES: [usize; 2] = [1, 2];

/// Adds each of these spaces after one request like this one that went like this, and after two.
pub(super) fn after(spaces: &mut Spaces<'_>, ask: Ask, went: Option<Went>, of: &[Space]) {
    for times in TIMES {
        let first = vec![ask; times];
        for space in of {
            spaces.add(History::of(&first, went, space.clone()));
        }
    }
}

/// A space in which a few requests come first, one after the other, and go like this.
pub(super) struct History {
    before: usize,
    went: Option<Went>,
    space: Space,
}

impl History {
    /// These requests come before those of the space.
    pub(super) fn of(first: &[Ask], went: Option<Went>, space: Space) -> History {
        let mut space = space;
        let times = first.len();
        space.asks.splice(0..0, first.iter().copied());
        match went {
            None => {}
            Some(Went::Failed) => space.errors += times,
            Some(Went::Panicked) => space.panics += times,
            Some(Went::Left | Went::LeftDone) => space.hang_ups += times,
        }
        let before = times;
        History {
            before,
            went,
            space,
        }
    }

    /// The next turn of those that come first; `None` when all of them are over.
    fn before(&self, evidence: &Evidence) -> Option<Turn> {
        let started = evidence.started();
        let is_over = evidence.is_settled() && evidence.is_over();
        if started > self.before || started == self.before && is_over {
            return None;
        }
        if is_over {
            return self
                .space
                .asks
                .get(started)
                .map(|ask| Turn::full(ask.action()));
        }
        let last = evidence.turns().last().map(|turn| turn.action);
        let has_just_begun = matches!(last, Some(Action::Start { .. }));
        let wrong = || schedules::end_of_live(evidence, self.went).map(Turn::full);
        has_just_begun
            .then(wrong)
            .flatten()
            .or_else(|| schedules::then_all_answered(evidence))
    }
}

impl Paths for History {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let is_made = self.space.made.is_none() || !evidence.turns().is_empty();
        match self.before(evidence) {
            Some(turn) if is_made => Follow::AnyOf(vec![turn]),
            _ => self.space.choices(evidence),
        }
    }
}
