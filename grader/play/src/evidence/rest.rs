//! Whether a run comes to rest. An honest submission begins an operation for a reason, and so it
//! stops. A run that begins operations without end is cut off before it uses up memory or time.

use super::{Evidence, Operation, OperationState, Request, RequestState};
use crate::schedule::Action;

/// How many operations may begin for each one that a request, a failure or a dropped caller
/// calls for, and how many more in all. The worst honest mistakes need one or two for each.
const FOR_EACH_CAUSE: usize = 4;
const BESIDES: usize = 40;

/// How many more begin anew at most, because somebody else was faster.
const MOST_ANEW: usize = 4_000;

/// How many begin at most because the instance was made for so many.
const MOST_AHEAD: usize = 2_000;

/// The most facts kept of one run: several times as many as the longest schedule has.
const MOST_FACTS: usize = 20_000;

impl Evidence {
    /// Why the run will not come to rest, if more operations have begun than anything
    /// called for. All such runs of one kind get the same words.
    pub fn restless(&self) -> Option<String> {
        let begun = self.operations.len();
        if begun <= BESIDES {
            return None;
        }
        let made = self.requests.iter();
        let made = made.filter(|request| request.state != RequestState::Unmade);
        let asked: usize = made.map(|request| self.world.calls_for(request)).sum();
        let is_cause = |action: Action| match action {
            Action::HangUp { .. } => true,
            Action::Answer { outcome, .. } => !outcome.is_value(),
            _ => false,
        };
        let causes = self.turns.iter().filter(|turn| is_cause(turn.action));
        // Where one of several rivals goes on at a time, the others begin anew each time.
        let ended = |request: &&Request| request.state == RequestState::Ended;
        let rounds = self.requests.iter().filter(ended).count();
        let anew = (rounds * asked).min(MOST_ANEW);
        // One may begin as many as it was made for before anyone asks.
        let made = self.made();
        let made_for: usize = made.all().iter().map(|number| *number as usize).sum();
        let made_for = made_for.min(MOST_AHEAD);
        let called_for = FOR_EACH_CAUSE * (asked + causes.count());
        if begun <= BESIDES + called_for + made_for + anew {
            return None;
        }
        let live = |operation: &&Operation| operation.state == OperationState::Live;
        let open = self.operations.iter().filter(live).count();
        let last = self.operations.last()?;
        let kind = self.world.kind(last.kind);
        let noun = kind.noun;
        let how = match (open * 2 > begun, kind.blocks) {
            (true, _) => {
                format!("it begins one {noun} beside the other, and nothing calls for them")
            }
            (false, true) => format!("it begins a {noun} after every {noun}"),
            (false, false) => format!("it begins a {noun} after every answer"),
        };
        Some(format!("it does not come to rest: {how}"))
    }

    /// Whether the run has more facts than are kept.
    pub fn is_overfull(&self) -> bool {
        self.entries.len() > MOST_FACTS
    }
}
