//! Where tasks are suspended when a violation shows, in the lines of the submission's own
//! language. It is asked once a schedule is short, so that exploring costs no more.

use super::findings::violations;
use super::{Exam, Language};
use play::evidence::Evidence;
use play::judge::{Kind, Rules, Violation};
use play::schedule::Turn;

impl Exam<'_> {
    /// The evidence of the same violation by the same schedule, with where each task is
    /// suspended at its end; nothing, where the language does not know, or something else
    /// shows.
    pub(super) fn with_places(
        &mut self,
        rules: &dyn Rules,
        turns: &[Turn],
        violation: &Violation,
    ) -> Option<Evidence> {
        let is_of_process = Kind::OF_THE_PROCESS.contains(&violation.kind);
        if self.language == Language::Rust || is_of_process || self.driver.is_out_of_time() {
            return None;
        }
        self.driver.ask_where_tasks_are(true);
        let played = self.driver.play_alone(turns.to_vec());
        self.driver.ask_where_tasks_are(false);
        let again = violations(rules, &played);
        again.contains(violation).then_some(played.run.evidence)
    }
}
