//! Whether a run comes to rest: what an honest submission begins has a cause, and so an
//! end. One that begins without end is not followed until memory or time is used up.

use super::{Evidence, FetchState, HashState};
use crate::schedule::{Action, HashEnding, Outcome};

/// Fetches and hashes that may begin for each request, failure and dropped caller, and
/// so many besides. The worst honest mistake needs one for each of them and a few more.
const FOR_EACH_CAUSE: usize = 4;
const BESIDES: usize = 40;

/// The most facts kept of one run: several times what the longest schedule brings.
const MOST_FACTS: usize = 10_000;

impl Evidence {
    /// Why the run will not come to rest, if more has begun than anything called for.
    /// The same words for every such run of one kind.
    pub fn restless(&self) -> Option<String> {
        let begun = self.fetches.len() + self.hashes.len();
        if begun <= BESIDES + FOR_EACH_CAUSE * self.requests.len() {
            return None;
        }
        let is_cause = |action: Action| match action {
            Action::Start { .. } | Action::HangUp { .. } => true,
            Action::Answer { outcome, .. } => outcome != Outcome::Row,
            Action::Admit { ending, .. } => ending == HashEnding::Panic,
            Action::Pass { .. } | Action::Make { .. } | Action::Wait => false,
        };
        let causes = self.turns.iter().filter(|turn| is_cause(turn.action));
        if begun <= BESIDES + FOR_EACH_CAUSE * causes.count() {
            return None;
        }
        let live = |fetch: &&super::Fetch| fetch.state == FetchState::Live;
        let held = |hash: &&super::Hash| hash.state == HashState::Held;
        let open =
            self.fetches.iter().filter(live).count() + self.hashes.iter().filter(held).count();
        let how = match (self.hashes.is_empty(), open * 2 > begun) {
            (true, false) => "it begins a fetch after every answer",
            (true, true) => "it begins more and more fetches, and nothing calls for them",
            (false, false) => "it begins a hash after every hash",
            (false, true) => "it begins more and more hashes, and nothing calls for them",
        };
        Some(format!("it does not come to rest: {how}"))
    }

    /// Whether more has happened than is kept of one run.
    pub fn is_overfull(&self) -> bool {
        self.entries.len() > MOST_FACTS
    }
}
