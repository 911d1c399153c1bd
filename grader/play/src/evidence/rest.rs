//! Whether a run comes to rest: what an honest submission begins has a cause, and so an
//! end. One that begins without end is not followed until memory or time is used up.

use super::{Evidence, Operation, OperationState, RequestState};
use crate::schedule::Action;

/// Operations that may begin for each one that a request, a failure or a dropped caller
/// calls for, and so many besides. The worst honest mistake needs one for each, or two.
const FOR_EACH_CAUSE: usize = 4;
const BESIDES: usize = 40;

/// The most facts kept of one run: several times what the longest schedule brings.
const MOST_FACTS: usize = 10_000;

impl Evidence {
    /// Why the run will not come to rest, if more has begun than anything called for.
    /// The same words for every such run of one kind.
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
        if begun <= BESIDES + FOR_EACH_CAUSE * (asked + causes.count()) {
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

    /// Whether more has happened than is kept of one run.
    pub fn is_overfull(&self) -> bool {
        self.entries.len() > MOST_FACTS
    }
}
