//! Looks whether other threads take part in a submission before it is judged: whether
//! anything comes of a turn after the loop had nothing more to do.
//!
//! Threads that only sit there need room and no patience. Those that begin fetches, keep
//! the books or do the work between two awaits are waited for in every turn.

use super::{Care, Driver, Run, threads};
use play::evidence::Evidence;
use play::explore::System;
use play::schedule::{Action, FIRST_KEY, Outcome, Turn};

/// Operations that are answered in one schedule, at most.
const ANSWERS: usize = 8;

/// Answers that bring what the schedule is about; what comes later brings a value.
const FIRST_ANSWERS: usize = 2;

/// One schedule of those in which threads are looked for.
#[derive(Clone, Copy)]
struct Probe {
    first: Outcome,
    drops: bool,
}

impl Driver<'_> {
    /// Takes as much care of the submission as its threads call for.
    pub fn look_for_threads(&mut self) {
        if self.care != Care::Crowded {
            return;
        }
        self.care = Care::Patient;
        self.threads_seen = threads::Seen::default();
        let probe = |first, drops| Probe { first, drops };
        let probes = [
            probe(Outcome::Value, false),
            probe(Outcome::Error(0), false),
            probe(Outcome::Value, true),
        ];
        for probe in probes {
            // What fails here will fail again where a check looks for it, and has the time.
            let used = self.used;
            if !self.probe(probe) {
                self.used = used;
                break;
            }
        }
        if !self.threads_seen.took_part {
            self.care = Care::Crowded;
        }
        self.room
            .measured(self.threads_seen.of_a_run, self.limits.threads as usize);
    }

    /// Whether a schedule could be played to its end.
    fn probe(&mut self, probe: Probe) -> bool {
        let mut run = self.open();
        while let Some(turn) = probe.next(&run.evidence) {
            let played = self.play(run, vec![turn]);
            if played.failure.is_some() {
                return false;
            }
            run = played.run;
        }
        self.leave(&run);
        true
    }

    /// Closes a run that counts for nothing.
    fn leave(&mut self, run: &Run) {
        if run.worker == Some(self.workers_started) {
            self.to_close.push(run.id);
        }
    }
}

impl Probe {
    /// Two ask, one of them may be dropped, what they begin is answered; then one more.
    fn next(self, evidence: &Evidence) -> Option<Turn> {
        let world = evidence.world();
        let usual = world.usual();
        let turns = evidence.turns();
        if let Some(turn) = usual.get(turns.len()) {
            return Some(*turn);
        }
        let count = |wanted: fn(&Action) -> bool| {
            let actions = turns.iter().map(|turn| turn.action);
            actions.filter(&wanted).count()
        };
        let ask = Turn::full(Action::Start {
            entry: 0,
            numbers: world.flooding(FIRST_KEY),
            again: false,
        });
        if evidence.started() < 2 {
            return Some(ask);
        }
        if self.drops && count(|action| matches!(action, Action::HangUp { .. })) == 0 {
            return Some(Turn::full(Action::HangUp {
                request: 1,
                happened: false,
            }));
        }
        let answered = count(|action| matches!(action, Action::Answer { .. }));
        if let (Some(operation), ..ANSWERS) = (evidence.live().next(), answered) {
            let outcome = match answered {
                ..FIRST_ANSWERS => self.first,
                _ => Outcome::Value,
            };
            return Some(Turn::full(Action::Answer { operation, outcome }));
        }
        (evidence.started() < 3).then_some(ask)
    }
}
