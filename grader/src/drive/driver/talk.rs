//! Steps outside any schedule: a run that is driven by hand, and the picture.

use protocol::{AWAITS, Event, Order, Picture, Step};

use super::asking::{action_step, opening};
use super::threads::TURN_LIMIT;
use super::{Care, Driver, Run, SPIN_POLLS};
use crate::drive::limits::Limits;
use crate::drive::stopwatch::Stopwatch;
use crate::drive::supervisor::{Threads, Worker};
use play::failure::Failure;
use play::schedule::{Action, FIRST_KEY, Turn};
use play::world::passwords::password;

/// The most suspended tasks that a timeline tells of.
const MOST_PLACES: usize = 8;

impl Driver<'_> {
    /// Sends steps of any kind and waits for their events, one list for each step;
    /// `run` is the run's number from [`Driver::new_run`].
    ///
    /// # Errors
    /// What kept the worker from answering.
    pub fn converse(&mut self, run: u64, steps: Vec<Step>) -> Result<Vec<Vec<Event>>, Failure> {
        let order = self.say(run, steps)?;
        self.hear(&order)
    }

    /// Whether a schedule that is played alone from now on ends with where its tasks are
    /// suspended, for its timeline. Only an interpreter knows that.
    pub fn ask_where_tasks_are(&mut self, asks: bool) {
        self.asks_where = asks && self.program.is_interpreter;
    }

    pub(super) fn ask_where(&mut self, run: &mut Run) {
        let Ok(events) = self.converse(run.id, vec![Step::Where]) else {
            return;
        };
        let is_place = |event: &Event| matches!(event, Event::Noted { kind, .. } if kind == AWAITS);
        let places = events.into_iter().flatten().filter(is_place);
        let places: Vec<Event> = places.take(MOST_PLACES).collect();
        // A note is never refused.
        let _ = run.evidence.saw(&places);
    }

    /// Waits until the threads of a run that is driven by hand rest, and says what comes of
    /// it. Nothing, where no threads take part.
    ///
    /// # Errors
    /// What kept the worker from answering.
    pub fn await_threads(&mut self, run: u64) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        if self.care == Care::Crowded {
            return Ok(events);
        }
        let time = Stopwatch::start();
        let mut before = self.threads();
        while !time.exceeds(TURN_LIMIT) {
            let settle = Step::Settle { polls: SPIN_POLLS };
            let more = self.converse(run, vec![settle])?.concat();
            let is_one = |event: &Event| !matches!(event, Event::Settled { .. });
            let happened = more.iter().any(is_one);
            events.extend(more);
            // In this order: see `Threads::sleep`.
            let asleep = !happened && before.as_ref().is_none_or(Threads::sleep);
            let now = self.threads();
            if asleep && now == before {
                break;
            }
            before = now;
        }
        Ok(events)
    }

    /// Sends steps as [`Driver::converse`] does. [`Driver::hear`] returns their
    /// events, in the order in which steps were sent.
    ///
    /// # Errors
    /// When no worker could be started.
    pub fn say(&mut self, run: u64, steps: Vec<Step>) -> Result<Order, Failure> {
        let order = Order { run, steps };
        match self.working() {
            Ok(worker) => worker.send(std::slice::from_ref(&order)),
            Err(failure) => {
                self.give_up_on(&failure);
                return Err(failure);
            }
        }
        Ok(order)
    }

    /// The events of the steps that were sent first.
    ///
    /// # Errors
    /// What kept the worker from answering.
    pub fn hear(&mut self, order: &Order) -> Result<Vec<Vec<Event>>, Failure> {
        let (mut reports, failure) = match self.working() {
            Ok(worker) => worker.receive(std::slice::from_ref(order)),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        match (reports.pop(), failure) {
            (Some(report), None) => Ok(report.steps),
            (_, failure) => {
                let failure = failure.unwrap_or_else(|| self.out_of_time());
                self.give_up_on(&failure);
                Err(failure)
            }
        }
    }

    /// The step that opens a run to be driven by [`Driver::converse`] and that begins with
    /// these turns.
    pub fn opening_with(&self, run: u64, turns: &[Turn]) -> Step {
        opening(self.loop_seed(), turns, &self.blank_evidence(run), false)
    }

    /// Opens a run, lets a request wait in it, and frees it, since code of the
    /// submission runs then too. [`Driver::failed_closing`] says what goes wrong.
    pub fn try_freeing(&mut self) {
        let run = self.new_run();
        let blank = self.blank_evidence(run);
        let start = Action::ask(FIRST_KEY);
        let steps = [
            Some(opening(
                self.loop_seed(),
                &self.world.usual(),
                &blank,
                false,
            )),
            action_step(start, 1, &blank),
            Some(Step::Settle { polls: SPIN_POLLS }),
        ];
        let steps = steps.into_iter().flatten().collect();
        // A failure here will show again where a check looks for it.
        if self.converse(run, steps).is_err() {
            return;
        }
        match self.converse(run, vec![Step::End]) {
            Err(failure) => self.failed_closing = Some(failure),
            Ok(reports) => {
                self.panicked_closing =
                    reports.into_iter().flatten().find_map(|event| match event {
                        Event::Broke { message } => Some(message),
                        _ => None,
                    });
            }
        }
    }

    /// Watches the loop in real time while `passwords` passwords are hashed, in a
    /// worker of its own.
    ///
    /// # Errors
    /// What kept the worker from answering.
    pub fn watch(&mut self, passwords: u32) -> Result<Picture, Failure> {
        self.discard_worker();
        let run = self.new_run();
        let blank = self.blank_evidence(run);
        let order = Order {
            run,
            steps: vec![Step::Watch {
                max_parallel: passwords as usize,
                passwords: (FIRST_KEY..FIRST_KEY + passwords)
                    .map(|number| password(blank.secrets(), number))
                    .collect(),
            }],
        };
        // The picture should show even a stopped loop.
        let limits = Limits {
            answer_cpu: self.limits.answer_wall,
            answer_asleep: self.limits.answer_wall,
            looks_all_asleep: None,
            ..self.limits.clone()
        };
        let started = Worker::start(self.program, &limits, self.time);
        let mut worker = started.map_err(|error| Failure::Died(error.to_string()))??;
        let (mut reports, failure) = worker.exchange(&[order]);
        if let Some(failure) = failure {
            return Err(failure);
        }
        let events = reports.pop().map(|report| report.steps.concat());
        let picture = events.into_iter().flatten().find_map(|event| match event {
            Event::Watched { picture } => Some(picture),
            _ => None,
        });
        picture.ok_or_else(|| Failure::Garbled("it sent no picture when asked for one".to_owned()))
    }
}
