//! Turns of a submission that uses threads. A turn is over when the loop has nothing
//! to do and every other thread sleeps, seen twice in a row with nothing in between.
//!
//! So the end of a turn is a fact, not a guess about how long threads take. While
//! hashes are held, the loop answers pings on a task of its own.

use std::time::{Duration, Instant};

use protocol::{Event, Order, Step};

use super::asking::{action_step, is_opening, looks, opening};
use super::vouching::held_before;
use super::{Care, Driver, Run};
use crate::drive::stopwatch::Stopwatch;
use crate::drive::supervisor::{Threads, Worker};
use play::evidence::{Evidence, Operation, OperationState, Tampering};
use play::failure::Failure;
use play::schedule::{Action, Settle, Turn};
use play::space::AN_HOUR;

/// The least number of pings that the loop answers in a turn in which a hash is held.
const PINGS: u32 = 3;

/// A turn ends after this time, whatever the threads do.
pub(super) const TURN_LIMIT: Duration = Duration::from_secs(3);

/// What really passes of an hour: threads that end when nobody asks for a while wait less.
const MOMENT: Duration = Duration::from_millis(120);

/// After this much CPU time, a thread that runs on without any event is not
/// waited for.
const IDLE_RUNNING: Duration = Duration::from_millis(60);

/// If the system does not say what threads do, they count as resting after this long without an event.
const QUIET: Duration = Duration::from_millis(30);

/// A worker with more threads than this before a run is replaced by a fresh one, once those
/// of closed runs have had some time to end.
const THREADS_KEPT: usize = 24;
const TIME_TO_END: Duration = Duration::from_millis(5);

/// How long to look away while threads run.
const NAP: Duration = Duration::from_micros(20);
const LONGEST_NAP: Duration = Duration::from_millis(1);

/// How long to wait in real time when everything sleeps although there is work: a
/// thread may look for work only now and then. Shorter once waiting has never helped.
#[derive(Debug, Default)]
pub(super) struct Patience {
    in_vain: u32,
}

impl Patience {
    fn wait(&self) -> Duration {
        match self.in_vain {
            0..2 => Duration::from_millis(250),
            2..4 => Duration::from_millis(60),
            4..12 => Duration::from_millis(5),
            _ => Duration::from_millis(1),
        }
    }
}

/// What was seen of other threads in all runs so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Something came of them, or one of them ran in a turn and came to rest.
    pub(super) took_part: bool,
    /// One of them runs on and on.
    runs_on: bool,
    /// The most that there were as a run was just opened.
    pub(super) of_a_run: usize,
}

/// What was seen as loop and threads came to rest.
struct AtRest {
    /// Whether anything came of it after the loop had nothing more to do for the first time.
    came_later: bool,
    /// The last look at the threads.
    threads: Option<Threads>,
}

/// The sums over the rounds of one turn.
#[derive(Default)]
struct Sums {
    polls: u32,
    of_calls: u32,
    idle: bool,
    pings: u32,
}

impl Driver<'_> {
    /// Plays the rest of a run's script, from the start if its worker is gone.
    pub(super) fn play_with_threads(&mut self, run: &mut Run) -> Option<Failure> {
        let mut known = self.turns_known(run);
        if run.script[known..].iter().any(is_opening) {
            // What a run is made with may be said only after it was opened: once more, then.
            (run.worker, known) = (None, 0);
        }
        for at in known..run.script.len() {
            let turn = run.script[at];
            if let Err(failure) = self.turn(run, turn) {
                self.give_up_on(&failure);
                return Some(failure);
            }
        }
        None
    }

    fn turn(&mut self, run: &mut Run, turn: Turn) -> Result<(), Failure> {
        self.open_with_threads(run)?;
        let request = run.evidence.next_request();
        let action = action_step(turn.action, request, &run.evidence);
        let answered = held_before(run, turn.action);
        // Each look costs as much as there are threads.
        let is_of_use = answered.is_some() || !self.threads_seen.took_part;
        let before = is_of_use.then(|| self.threads()).flatten();
        run.evidence.begin(turn);
        let mut sums = Sums::default();
        let mut came_later = false;
        let first = action.into_iter().collect();
        let mut at_rest;
        match turn.settle {
            Settle::Fully => {
                let polls = self.most_polls(request);
                at_rest = self.rest(run, first, polls, &mut sums)?;
                came_later = at_rest.came_later;
            }
            Settle::Polls(polls) => {
                // Half settled: the threads come to rest, but the loop runs only once.
                at_rest = self.rest(run, first, 0, &mut sums)?;
                if polls > 0 {
                    match self.world.uses_threads() {
                        // Without pings, which are polled too.
                        true => self.round(run, vec![Step::Settle { polls }], 0, &mut sums)?,
                        false => self.round(run, Vec::new(), polls, &mut sums)?,
                    };
                    let idle = sums.idle;
                    at_rest = self.rest(run, Vec::new(), 0, &mut sums)?;
                    // Elsewhere a thread may have woken a task meanwhile, which nobody polls.
                    sums.idle = idle && !at_rest.came_later && self.world.uses_threads();
                }
            }
        }
        if turn.action == (Action::Pass { micros: AN_HOUR }) {
            std::thread::sleep(MOMENT);
            at_rest = self.rest(run, Vec::new(), self.most_polls(request), &mut sums)?;
        }
        run.evidence.put_arrivals_in_order();
        self.has_spun |= turn.settle == Settle::Fully && !sums.idle;
        let ran = is_of_use && at_rest.threads != before;
        self.threads_seen.took_part |= came_later || ran && !self.threads_seen.runs_on;
        let settled = Event::Settled {
            // Not counting the pings' own tasks.
            polls: sums.polls.saturating_sub(sums.pings),
            of_calls: sums.of_calls,
            idle: sums.idle,
        };
        garbled(run.evidence.saw(&[settled]))?;
        self.look(run)?;
        self.vouch(run, answered.zip(before), at_rest.threads)?;
        if sums.pings > 0 && is_held(&run.evidence) {
            run.evidence.answered_pings(sums.pings);
        }
        Ok(())
    }

    /// Looks at what is looked at after each turn.
    fn look(&mut self, run: &mut Run) -> Result<(), Failure> {
        let steps = looks(&run.script, &run.evidence);
        if steps.is_empty() {
            return Ok(());
        }
        let order = Order { run: run.id, steps };
        let (mut reports, failure) = self.exchange(std::slice::from_ref(&order));
        if let Some(failure) = failure {
            return Err(failure);
        }
        let report = reports.pop().ok_or_else(|| self.out_of_time())?;
        garbled(run.evidence.looked(&report.steps))
    }

    /// Closes runs that are over. A worker whose threads outlive them is replaced: each
    /// costs a look in every round.
    fn clear_the_room(&mut self) -> Result<(), Failure> {
        if self.care == Care::Solitary {
            self.discard_worker();
            return Ok(());
        }
        let orders = self.closing_orders();
        if !orders.is_empty() {
            let (_, failure) = self.exchange(&orders);
            failure.map_or(Ok(()), Err)?;
        }
        let (mut least, mut since) = (usize::MAX, Instant::now());
        while let Some(threads) = self.worker.as_ref().and_then(Worker::count_threads) {
            if threads <= THREADS_KEPT {
                break;
            }
            if threads < least {
                (least, since) = (threads, Instant::now());
            }
            if since.elapsed() > TIME_TO_END {
                self.discard_worker();
                break;
            }
            std::thread::sleep(NAP);
        }
        Ok(())
    }

    /// Opens the run if the worker does not have it open.
    fn open_with_threads(&mut self, run: &mut Run) -> Result<(), Failure> {
        if run.worker == Some(self.workers_started) {
            return Ok(());
        }
        self.clear_the_room()?;
        let mut orders = self.closing_orders();
        orders.push(Order {
            run: run.id,
            steps: vec![opening(
                self.loop_seed(),
                &run.script,
                &self.blank_evidence(run.id),
                self.asks_where,
            )],
        });
        let (mut reports, failure) = self.exchange(&orders);
        run.worker = Some(self.workers_started);
        run.evidence = self.blank_evidence(run.id);
        if let Some(failure) = failure {
            return Err(failure);
        }
        let opened = reports.pop().map(|report| report.steps.concat());
        garbled(run.evidence.opened(&opened.unwrap_or_default()))?;
        let count = |driver: &Driver<'_>| driver.threads().map_or(0, |threads| threads.count());
        if count(self) > 0 {
            // So that what they do at first is not taken for a part in the first turn.
            self.rest(run, Vec::new(), 0, &mut Sums::default())?;
            self.threads_seen.of_a_run = self.threads_seen.of_a_run.max(count(self));
        }
        Ok(())
    }

    /// Rounds of `polls` until loop and threads rest; `steps` come first.
    fn rest(
        &mut self,
        run: &mut Run,
        steps: Vec<Step>,
        polls: u32,
        sums: &mut Sums,
    ) -> Result<AtRest, Failure> {
        self.round(run, steps, polls, sums)?;
        let mut came_later = false;
        let worker = self.worker.as_ref();
        let time = worker.map_or_else(Stopwatch::start, Worker::stopwatch);
        let mut before = self.threads();
        let at_first = before.clone();
        let mut last_event = Instant::now();
        let mut waiting = false;
        let mut nap = NAP;
        let threads = loop {
            let happened = self.round(run, Vec::new(), polls, sums)?;
            came_later |= happened;
            // In this order: see `Threads::sleep`.
            let asleep = !happened && before.as_ref().is_some_and(Threads::sleep);
            let now = self.threads();
            if happened && time.exceeds(TURN_LIMIT) {
                break now;
            }
            if happened {
                if waiting {
                    self.patience.in_vain = 0;
                }
                (last_event, waiting, nap) = (Instant::now(), false, NAP);
                before = now;
                continue;
            }
            let resting = match (&before, &now) {
                (Some(before), Some(now)) => asleep && now == before,
                _ => last_event.elapsed() > QUIET,
            };
            let runs_idly = || {
                let both = now.as_ref().zip(at_first.as_ref());
                let used = both.and_then(|(now, first)| now.least_used_awake(first));
                used.is_some_and(|used| used > IDLE_RUNNING)
            };
            if time.exceeds(TURN_LIMIT) || !resting && runs_idly() {
                self.threads_seen.runs_on |= !resting;
                break now;
            }
            if resting && polls == 0 {
                break now;
            }
            if resting && (sums.pings >= PINGS || !is_held(&run.evidence)) {
                // With no other thread, nobody is left to do it.
                let alone = now.as_ref().is_some_and(|now| now.count() == 0);
                if alone || !is_work_left(&run.evidence) {
                    break now;
                }
                if last_event.elapsed() > self.patience.wait() {
                    self.patience.in_vain += 1;
                    break now;
                }
                waiting = true;
            }
            if !resting || waiting {
                std::thread::sleep(nap);
                nap = (nap * 2).min(LONGEST_NAP);
            }
            before = now;
        };
        Ok(AtRest {
            came_later,
            threads,
        })
    }

    /// One exchange of messages. Returns whether anything happened in it.
    fn round(
        &mut self,
        run: &mut Run,
        mut steps: Vec<Step>,
        polls: u32,
        sums: &mut Sums,
    ) -> Result<bool, Failure> {
        let nonce = fastrand::u64(..1 << 53);
        if polls > 0 && self.world.uses_threads() {
            // Two pings in a round, so that most turns take two rounds.
            steps.push(Step::Ping { nonce });
            steps.push(Step::Settle { polls });
            steps.push(Step::Ping { nonce });
        }
        steps.push(Step::Settle { polls });
        let order = Order { run: run.id, steps };
        let (mut reports, failure) = self.exchange(std::slice::from_ref(&order));
        if let Some(failure) = failure {
            return Err(failure);
        }
        let report = reports.pop().ok_or_else(|| self.out_of_time())?;
        let was_idle = sums.idle;
        let mut events = Vec::new();
        for event in report.steps.into_iter().flatten() {
            match event {
                Event::Settled {
                    polls,
                    of_calls,
                    idle,
                } => {
                    sums.polls = sums.polls.saturating_add(polls);
                    sums.of_calls = sums.of_calls.saturating_add(of_calls);
                    sums.idle = idle;
                }
                Event::Pong { nonce: answer } => sums.pings += u32::from(answer == nonce),
                event => events.push(event),
            }
        }
        if was_idle && !events.is_empty() && !self.world.uses_threads() {
            run.evidence.woken_by_a_thread();
        }
        garbled(run.evidence.saw(&events))?;
        match run.evidence.is_overfull() {
            true => Err(Failure::Restless),
            false => Ok(!events.is_empty()),
        }
    }

    /// What the worker's threads do, the loop's excepted.
    pub(super) fn threads(&self) -> Option<Threads> {
        self.worker.as_ref().and_then(|worker| worker.threads())
    }
}

/// The operations that hold a thread.
pub(super) fn held(evidence: &Evidence) -> impl Iterator<Item = u32> {
    let blocks = |it: &Operation| evidence.world().kind(it.kind).blocks;
    let is_held = move |it: &Operation| it.state == OperationState::Live && blocks(it);
    let operations = evidence.operations();
    operations.filter_map(move |(number, it)| is_held(it).then_some(number))
}

fn is_held(evidence: &Evidence) -> bool {
    held(evidence).next().is_some()
}

/// Whether something should happen by itself: an answered operation should end, a request
/// should return, an operation should begin.
fn is_work_left(evidence: &Evidence) -> bool {
    let answered = |(_, it): (u32, &Operation)| it.state == OperationState::Answered;
    evidence.operations().any(answered) || !evidence.unserved().is_empty()
}

pub(super) fn garbled(noted: Result<(), Tampering>) -> Result<(), Failure> {
    noted.map_err(|tampering| Failure::Garbled(tampering.0))
}
