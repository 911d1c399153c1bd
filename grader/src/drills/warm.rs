//! Spaces in which something is known, or kept, before any choice is made. [`Warm`] is one.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Outcome, Turn};
use play::space::{Paths, Space};

/// A space whose first callers come together and are answered before any choice is made.
pub(super) struct Warm {
    /// How many they are.
    pub(super) callers: usize,
    /// All callers, those among them.
    pub(super) space: Space,
}

impl Paths for Warm {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let one = |action| Follow::AnyOf(vec![Turn::full(action)]);
        let started = evidence.started();
        let is_made = self.space.made.is_none() || !evidence.turns().is_empty();
        let outcome = Outcome::Value;
        match evidence.live().next() {
            _ if is_made && started < self.callers => one(self.space.asks[started].action()),
            Some(operation) if started == self.callers => {
                one(Action::Answer { operation, outcome })
            }
            _ => self.space.choices(evidence),
        }
    }
}
