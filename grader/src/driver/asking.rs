//! From turns to orders, and from reports to evidence.

use worker::protocol::{Admission, Answer, Call, Order, Report, Step};

use super::{Driver, Run, SPIN_POLLS, SPIN_POLLS_PER_REQUEST, Service};
use crate::evidence::{Evidence, Tampering};
use crate::schedule::{Action, HashEnding, Outcome, Settle, Turn};
use crate::supervisor::Failure;

/// Runs whose turns were asked for.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) runs: Vec<Run>,
    /// What was asked of which worker; nothing if it is to be asked later.
    pub(super) asked: Option<Asked>,
}

/// Orders that a worker was sent.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) worker: u64,
    /// To close runs first, so many of them, then one for each run.
    pub(super) orders: Vec<Order>,
    closing: usize,
    /// How many of the runs are opened by them.
    opening: usize,
}

impl Driver<'_> {
    /// What a request for this user asks of the submission.
    pub(super) fn call(&self, user: u32, evidence: &Evidence) -> Call {
        match self.service {
            Service::Users => Call::GetUser {
                user: evidence.wire_id(user),
            },
            Service::Passwords => Call::Hash {
                password: evidence.secrets().password(user),
            },
        }
    }

    /// The step that does what a turn says, if it takes one.
    pub(super) fn action_step(
        &self,
        action: Action,
        request: u32,
        evidence: &Evidence,
    ) -> Option<Step> {
        Some(match action {
            Action::Start { user } => Step::Request {
                request,
                call: self.call(user, evidence),
            },
            Action::Answer { fetch, outcome } => Step::Answer {
                fetch,
                with: match outcome {
                    Outcome::Row => Answer::Row {
                        name: evidence.row_name(fetch),
                    },
                    Outcome::NotFound => Answer::NotFound,
                    Outcome::Unavailable => Answer::Unavailable,
                    Outcome::Panic => Answer::Panic,
                },
            },
            Action::Admit { hash, ending } => Step::Admit {
                hash,
                with: match ending {
                    HashEnding::Done => Admission::Text(evidence.secrets().hash_text(hash)),
                    HashEnding::Bcrypt => {
                        let (cost, salt) = evidence.secrets().cost_and_salt(hash);
                        Admission::Bcrypt { cost, salt }
                    }
                    HashEnding::Panic => Admission::Panic,
                },
            },
            Action::HangUp { request } => Step::Drop { request },
            Action::Pass { micros } => Step::Advance { micros },
            Action::Make { .. } | Action::Wait => return None,
        })
    }

    /// The order that plays what of the run's script has not been played. A run
    /// the current worker does not know is played from the start.
    fn order(&mut self, run: &mut Run) -> Order {
        let mut steps = Vec::new();
        if run.worker != Some(self.workers_started) {
            run.worker = Some(self.workers_started);
            run.evidence = self.blank_evidence(run.id);
            self.room.opening();
            steps.push(Step::New {
                seed: self.loop_seed(),
                max_parallel: None,
            });
        }
        let (played, to_play) = run.script.split_at(run.evidence.turns().len());
        let starts = |turn: &&Turn| matches!(turn.action, Action::Start { .. });
        let mut requests = played.iter().filter(starts).count() as u32;
        for turn in to_play {
            requests += u32::from(starts(&turn));
            steps.extend(self.action_step(turn.action, requests, &run.evidence));
            steps.push(Step::Settle {
                polls: match turn.settle {
                    Settle::Polls(polls) => polls,
                    Settle::Fully => SPIN_POLLS + SPIN_POLLS_PER_REQUEST * requests,
                },
            });
        }
        Order { run: run.id, steps }
    }

    /// The orders that close what is to be closed.
    pub(super) fn closing_orders(&mut self) -> Vec<Order> {
        self.room.closed(self.to_close.len());
        let closing = std::mem::take(&mut self.to_close).into_iter();
        let end = |run| Order {
            run,
            steps: vec![Step::End],
        };
        closing.map(end).collect()
    }

    /// Asks for what is left of each run's script.
    ///
    /// # Errors
    /// When there is no worker to ask.
    fn ask(&mut self, runs: &mut [Run]) -> Result<Asked, Failure> {
        self.working()?;
        let mut orders = self.closing_orders();
        let closing = orders.len();
        let before = self.room.open();
        orders.extend(runs.iter_mut().map(|run| self.order(run)));
        let opening = self.room.open() - before;
        self.working()?.send(&orders);
        Ok(Asked {
            worker: self.workers_started,
            orders,
            closing,
            opening,
        })
    }

    /// Asks for all that was sent and not asked of the current worker, the oldest first:
    /// reports come in the order of the orders. What has no room is asked for later.
    pub(super) fn ask_for_what_was_sent(&mut self) {
        let mut sent = std::mem::take(&mut self.sent);
        let current = |sent: &Sent, worker: u64| {
            let asked = sent.asked.as_ref();
            asked.is_some_and(|asked| asked.worker == worker)
        };
        let first = sent
            .iter()
            .position(|one| !current(one, self.workers_started));
        for at in first.unwrap_or(sent.len())..sent.len() {
            if !self.has_room(&sent[at].runs) {
                if at > 0 && current(&sent[at - 1], self.workers_started) {
                    break;
                }
                self.make_room();
            }
            match self.ask(&mut sent[at].runs) {
                Ok(asked) => sent[at].asked = Some(asked),
                // Why nobody could be asked will be found out once more.
                Err(_) => break,
            }
        }
        self.sent = sent;
    }

    /// What came of it, noted in the runs. Why the first run that was not answered was
    /// not, if there is one: it, or one of those sent with it, failed.
    pub(super) fn answered(&mut self, runs: &mut [Run], asked: &Asked) -> Option<Failure> {
        let received = self.working().map(|worker| worker.receive(&asked.orders));
        let (reports, mut failure) = received.unwrap_or_else(|failure| (Vec::new(), Some(failure)));
        let reports = reports.into_iter().skip(asked.closing);
        for (run, report) in runs.iter_mut().zip(reports) {
            let absorbed = absorb(run, report);
            if absorbed.is_err() || run.evidence.is_overfull() {
                let garbled = absorbed.map_err(|tampering| Failure::Garbled(tampering.0));
                failure = Some(garbled.err().unwrap_or(Failure::Restless));
                break;
            }
        }
        match &failure {
            Some(failure) => self.give_up_on(failure),
            None => self.room.opened(asked.opening),
        }
        failure
    }

    /// Plays what is left of each run's script. Why it could not be, if so.
    pub(super) fn attempt(&mut self, runs: &mut [Run]) -> Option<Failure> {
        if !self.has_room(runs) {
            self.make_room();
        }
        match self.ask(runs) {
            Ok(asked) => self.answered(runs, &asked),
            Err(failure) => {
                self.give_up_on(&failure);
                Some(failure)
            }
        }
    }

    /// How many turns of a run the current worker has played.
    pub(super) fn turns_known(&self, run: &Run) -> usize {
        match run.worker == Some(self.workers_started) {
            true => run.evidence.turns().len(),
            false => 0,
        }
    }

    /// Plays what is left of a run, from the start if its worker is gone, alone and turn
    /// by turn, so that its evidence ends with the turn that fails, if one does.
    pub(super) fn play_slowly(&mut self, run: &mut Run) -> Option<Failure> {
        let known = self.turns_known(run);
        for turn in run.script.split_off(known) {
            run.script.push(turn);
            let failure = self.attempt(std::slice::from_mut(run));
            if failure.is_some() {
                // What the grader did in that turn is known even so.
                if run.evidence.turns().len() < run.script.len() {
                    let _ = run.evidence.played(turn, &[], &[]);
                }
                return failure;
            }
        }
        None
    }
}

fn absorb(run: &mut Run, report: Report) -> Result<(), Tampering> {
    let to_play = run.script.split_off(run.evidence.turns().len());
    let mut steps = report.steps.into_iter();
    let settles = to_play.len();
    let silent = |turn: &Turn| matches!(turn.action, Action::Wait | Action::Make { .. });
    let actions = to_play.iter().filter(|turn| !silent(turn)).count();
    if steps.len() > settles + actions {
        run.evidence.opened(&steps.next().unwrap_or_default())?;
    }
    for turn in to_play {
        run.script.push(turn);
        let mut next = || steps.next().unwrap_or_default();
        let action = if silent(&turn) { Vec::new() } else { next() };
        run.evidence.played(turn, &action, &next())?;
    }
    Ok(())
}
