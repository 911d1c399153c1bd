//! From turns to orders, and from reports to evidence.

use protocol::{Event, Order, Polled, Report, Step};

use super::{Driver, Run};
use play::evidence::{Evidence, Tampering};
use play::failure::Failure;
use play::schedule::{Action, Settle, Turn, requests_of};

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
    /// How many close runs; they come first. Then follows one order for each part.
    pub(super) orders: Vec<Order>,
    closing: usize,
    parts: Vec<Part>,
}

/// The part of a run's script that one order plays.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The run's index in its batch.
    run: usize,
    turns: usize,
    /// Whether the run is opened first.
    opens: bool,
}

/// The turns that a run begins with; they take no step of their own. If the script does
/// not say what the instance is made with, the world's default is used.
pub(super) fn opening(seed: u64, script: &[Turn], blank: &Evidence, places: bool) -> Step {
    let mut arguments = Vec::new();
    let mut polled = Polled::Alone;
    let usual = blank.world().usual();
    for turn in usual
        .iter()
        .chain(script)
        .take_while(|turn| is_opening(turn))
    {
        match turn.action {
            Action::Make { numbers } => {
                let world = blank.world();
                arguments = world.made_with(blank, world.bounded(numbers));
            }
            Action::Poll { polled: how } => polled = how,
            _ => {}
        }
    }
    Step::New {
        seed,
        arguments,
        polled,
        places,
    }
}

pub(super) fn is_opening(turn: &Turn) -> bool {
    matches!(turn.action, Action::Make { .. } | Action::Poll { .. })
}

/// The step that does what a turn says, if it takes one.
pub(super) fn action_step(action: Action, request: u32, evidence: &Evidence) -> Option<Step> {
    let world = evidence.world();
    Some(match action {
        Action::Start {
            entry,
            numbers,
            again,
        } => Step::Call {
            call: request,
            entry: (*world.entries().get(usize::from(entry))?).to_owned(),
            arguments: world.arguments(evidence, request, entry, numbers),
            again: again.then_some(request + 1),
            always: again && world.asks_again_always(),
        },
        Action::Answer { operation, outcome } => Step::Answer {
            operation: evidence.number_in_reports(operation),
            with: world.ending(evidence, operation, outcome),
        },
        Action::HangUp { request, .. } => Step::Drop { call: request },
        Action::Pass { micros } => Step::Advance {
            micros,
            by_timers: world.stops_at_timers(),
        },
        Action::Block { micros } => Step::Block { micros },
        Action::Discard => Step::Discard,
        Action::Make { .. } | Action::Poll { .. } | Action::Wait => return None,
    })
}

/// What is looked at after each turn.
pub(super) fn looks(script: &[Turn], blank: &Evidence) -> Vec<Step> {
    let world = blank.world();
    let made = script.iter().find_map(|turn| match turn.action {
        Action::Make { numbers } => Some(world.bounded(numbers)),
        _ => None,
    });
    let made = made.unwrap_or_else(|| world.usual_numbers());
    let step = |look: play::world::Look| Step::Look {
        entry: look.entry.to_owned(),
        arguments: look.arguments,
    };
    let looks = world.looks(blank, made);
    looks.into_iter().map(step).collect()
}

impl Run {
    /// Whether every turn of the script was played.
    pub(super) fn is_played(&self) -> bool {
        self.evidence.turns().len() == self.script.len()
    }

    /// How many turns can be sent at once: if answers depend on earlier reports, only up
    /// to the next answer.
    fn sendable(&self, played: usize) -> usize {
        let rest = &self.script[played..];
        if self.evidence.world().is_known_in_advance() {
            return rest.len();
        }
        let is_answer = |turn: &Turn| matches!(turn.action, Action::Answer { .. });
        let next = rest.iter().skip(1).position(is_answer);
        next.map_or(rest.len(), |at| at + 1)
    }
}

impl Driver<'_> {
    /// The order that plays the next part of the run's script. A run that the
    /// current worker does not know is played from the start.
    fn order(&mut self, run: &mut Run, place: usize) -> (Order, Part) {
        let mut steps = Vec::new();
        let is_known = run.worker == Some(self.workers_started);
        // The script may say only later what a run is made with; then the run is opened again.
        let more = &run.script[run.evidence.turns().len().min(run.script.len())..];
        let opens = !is_known || more.iter().any(is_opening);
        if opens {
            run.worker = Some(self.workers_started);
            run.evidence = self.blank_evidence(run.id);
            if is_known {
                self.room.closed(1);
            }
            self.room.opening();
            steps.push(opening(
                self.loop_seed(),
                &run.script,
                &run.evidence,
                self.asks_where,
            ));
        }
        let played = run.evidence.turns().len();
        let turns = run.sendable(played);
        let looks = looks(&run.script, &run.evidence);
        let mut requests: u32 = run.script[..played].iter().map(requests_of).sum();
        for turn in &run.script[played..played + turns] {
            steps.extend(action_step(turn.action, requests + 1, &run.evidence));
            requests += requests_of(turn);
            steps.push(Step::Settle {
                polls: match turn.settle {
                    Settle::Polls(polls) => polls,
                    Settle::Fully => self.most_polls(requests),
                },
            });
            steps.extend(looks.iter().cloned());
        }
        let part = Part {
            run: place,
            turns,
            opens,
        };
        (Order { run: run.id, steps }, part)
    }

    /// The orders that close finished runs.
    pub(super) fn closing_orders(&mut self) -> Vec<Order> {
        self.room.closed(self.to_close.len());
        let closing = std::mem::take(&mut self.to_close).into_iter();
        let end = |run| Order {
            run,
            steps: vec![Step::End],
        };
        closing.map(end).collect()
    }

    /// Sends the rest of each run's script, or as much of it as can be sent now.
    ///
    /// # Errors
    /// When no worker could be started.
    fn ask(&mut self, runs: &mut [Run]) -> Result<Asked, Failure> {
        self.working()?;
        let mut orders = self.closing_orders();
        let closing = orders.len();
        let mut parts = Vec::with_capacity(runs.len());
        for (place, run) in runs.iter_mut().enumerate() {
            if self.turns_known(run) < run.script.len() || run.worker.is_none() {
                let (order, part) = self.order(run, place);
                orders.push(order);
                parts.push(part);
            }
        }
        self.working()?.send(&orders);
        Ok(Asked {
            worker: self.workers_started,
            orders,
            closing,
            parts,
        })
    }

    /// Asks for all that was sent and not asked of the current worker, the oldest first:
    /// reports come in the order of the orders.
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
            self.await_room(&sent[at].runs);
            match self.ask(&mut sent[at].runs) {
                Ok(asked) => sent[at].asked = Some(asked),
                // The reason will be found again when the batch is received.
                Err(_) => break,
            }
        }
        self.sent = sent;
    }

    /// Notes the reports in the runs. If a run got no answer, returns why: that run, or one
    /// that was sent with it, failed.
    pub(super) fn answered(&mut self, runs: &mut [Run], asked: &Asked) -> Option<Failure> {
        let received = self.working().map(|worker| worker.receive(&asked.orders));
        let (reports, mut failure) = received.unwrap_or_else(|failure| (Vec::new(), Some(failure)));
        let reports = reports.into_iter().skip(asked.closing);
        for (part, report) in asked.parts.iter().zip(reports) {
            let run = &mut runs[part.run];
            let absorbed = absorb(run, *part, report);
            if absorbed.is_err() || run.evidence.is_overfull() {
                let garbled = absorbed.map_err(|tampering| Failure::Garbled(tampering.0));
                failure = Some(garbled.err().unwrap_or(Failure::Restless));
                break;
            }
            self.note_spinning(&runs[part.run].evidence, part.turns);
        }
        if let Some(failure) = &failure {
            self.give_up_on(failure);
        }
        failure
    }

    /// Plays the rest of each run's script. Returns why, if that failed.
    pub(super) fn attempt(&mut self, runs: &mut [Run]) -> Option<Failure> {
        self.await_room(runs);
        loop {
            let failure = match self.ask(runs) {
                Ok(asked) => self.answered(runs, &asked),
                Err(failure) => {
                    self.give_up_on(&failure);
                    Some(failure)
                }
            };
            if failure.is_some() || runs.iter().all(Run::is_played) {
                return failure;
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

    /// Plays the rest of a run, from the start if its worker is gone, alone and turn by
    /// turn, so that its evidence ends with the turn that fails, if one does.
    pub(super) fn play_slowly(&mut self, run: &mut Run) -> Option<Failure> {
        let known = self.turns_known(run);
        for turn in run.script.split_off(known) {
            run.script.push(turn);
            let failure = self.attempt(std::slice::from_mut(run));
            if failure.is_some() {
                // The grader's own action in that turn is known even so.
                if run.evidence.turns().len() < run.script.len() {
                    let _ = run.evidence.played(turn, &[], &[]);
                }
                return failure;
            }
        }
        None
    }
}

fn absorb(run: &mut Run, part: Part, report: Report) -> Result<(), Tampering> {
    let played = run.evidence.turns().len();
    let looks = looks(&run.script, &run.evidence).len();
    let mut steps = report.steps.into_iter();
    let mut next = || steps.next().unwrap_or_default();
    if part.opens {
        run.evidence.opened(&next())?;
    }
    let silent = |turn: &Turn| is_opening(turn) || turn.action == Action::Wait;
    for turn in &run.script[played..played + part.turns] {
        let action = if silent(turn) { Vec::new() } else { next() };
        let settled = next();
        let is_settled = |event: &Event| matches!(event, Event::Settled { .. });
        if !settled.iter().any(is_settled) {
            return Err(Tampering("a turn was not settled".to_owned()));
        }
        run.evidence.played(*turn, &action, &settled)?;
        let seen: Vec<Vec<Event>> = (0..looks).map(|_| next()).collect();
        run.evidence.looked(&seen)?;
    }
    Ok(())
}
