//! The driver: plays schedules on worker processes and keeps the evidence.
//!
//! Its main type is [`Driver`], the [`System`] the explorer walks. When a worker
//! fails, the driver finds out in which run, and every other run goes on in a
//! fresh worker. It never judges what it saw.

mod asking;
mod care;
mod probing;
mod room;
mod talk;
mod threads;
mod vouching;

use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use asking::Sent;
pub use care::Care;
use protocol::{Order, Report};
use room::Room;

use crate::drive::limits::Limits;
use crate::drive::program::Program;
use crate::drive::stopwatch::Stopwatch;
use crate::drive::supervisor::Worker;
use play::evidence::{Entry, Evidence, Fact};
use play::explore::{Played, System};
use play::failure::Failure;
use play::schedule::Turn;
use play::world::World;

/// Users of different runs have different ids: run 3's user 7 is 3,000,007. So a
/// submission that keeps its cache in a `static` is judged like any other.
const IDS_PER_RUN: u64 = 1_000_000;

/// The polls after which tasks that are still ready count as spinning: more than any honest
/// work yields.
const SPIN_POLLS: u32 = 20_000;

/// The same after a task was seen to spin, so that each run costs less: this many, and as
/// many again for each request.
const MORE_SPIN_POLLS: u32 = 400;
const MORE_SPIN_POLLS_PER_REQUEST: u32 = 100;

/// How often in a row a worker with threads is seen wholly asleep, a few
/// milliseconds apart, before its loop counts as stopped.
const LOOKS: u32 = 4;

/// One run of the submission, with what is known of it.
#[derive(Debug)]
pub struct Run {
    id: u64,
    /// The worker process in which it is open; no other knows it.
    worker: Option<u64>,
    /// Every turn asked for.
    script: Vec<Turn>,
    /// What is known of it, up to the last turn that was answered.
    pub evidence: Evidence,
}

/// Sums over all runs of one grading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs that were played to their end.
    pub runs: u64,
    /// Operations that began in them.
    pub operations: u64,
    /// Whether one of them showed something: see [`World::shows_something`].
    pub has_shown: bool,
}

/// Plays turns on worker processes.
pub struct Driver<'a> {
    program: &'a Program,
    limits: &'a Limits,
    world: &'static dyn World,
    seed: u64,
    /// Since the grading began.
    time: Stopwatch,
    worker: Option<Worker>,
    workers_started: u64,
    /// Batches that were sent and not received, oldest first.
    sent: VecDeque<Sent>,
    runs_opened: u64,
    care: Care,
    /// What was seen of other threads while it was looked for.
    threads_seen: threads::Seen,
    room: Room,
    to_close: Vec<u64>,
    tally: Tally,
    broken: Option<io::Error>,
    failed_closing: Option<Failure>,
    panicked_closing: Option<String>,
    patience: threads::Patience,
    /// Whether a task kept asking to be polled.
    has_spun: bool,
    /// When the time is used up: at the limit, or sooner.
    wall: Duration,
    /// CPU time of the workers that are gone.
    used: Duration,
    /// Time on top of both limits, while something is played once more.
    spare: Duration,
    /// Whether the loop has stopped at least once. It will again, and each time costs a wait.
    has_blocked: bool,
    /// Whether a schedule that is played alone ends with where its tasks are suspended.
    asks_where: bool,
    output: String,
}

impl<'a> Driver<'a> {
    /// A driver of `program`, which lives in `world` and whose rows and random choices come
    /// from `seed`. The time of the whole grading begins now.
    pub fn new(
        program: &'a Program,
        limits: &'a Limits,
        world: &'static dyn World,
        seed: u64,
    ) -> Driver<'a> {
        Driver {
            program,
            limits,
            world,
            seed,
            time: Stopwatch::start(),
            worker: None,
            workers_started: 0,
            sent: VecDeque::new(),
            runs_opened: 0,
            care: Care::of(world),
            threads_seen: threads::Seen::default(),
            room: Room::of(world.runs_alone()),
            to_close: Vec::new(),
            tally: Tally::default(),
            broken: None,
            failed_closing: None,
            panicked_closing: None,
            patience: threads::Patience::default(),
            has_spun: false,
            wall: limits.wall,
            used: Duration::ZERO,
            spare: Duration::ZERO,
            has_blocked: false,
            asks_where: false,
            output: String::new(),
        }
    }

    /// The world the submission lives in.
    pub fn world(&self) -> &'static dyn World {
        self.world
    }

    /// With how much care runs are played.
    pub fn care(&self) -> Care {
        self.care
    }

    /// How many threads a run was seen to have besides the loop's; none where one takes all
    /// there are.
    pub fn threads_of_a_run(&self) -> usize {
        self.room.each()
    }

    /// From now on runs are played with this much care, in a fresh worker.
    pub fn take(&mut self, care: Care) {
        self.discard_worker();
        self.care = care;
        self.wall = self.limits.wall;
    }

    /// The seed of the grading.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Sums so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The error that kept a worker from starting: the grader's, not the submission's.
    pub fn broken(&self) -> Option<&io::Error> {
        self.broken.as_ref()
    }

    /// How a worker failed while it freed a run that had been played to its end.
    pub fn failed_closing(&self) -> Option<&Failure> {
        self.failed_closing.as_ref()
    }

    /// The message of a panic while such a run was freed.
    pub fn panicked_closing(&self) -> Option<&str> {
        self.panicked_closing.as_deref()
    }

    /// Whether the time of the whole grading is used up, or its verdict not wanted.
    pub fn is_out_of_time(&self) -> bool {
        self.time.exceeds(self.wall + self.spare)
            || self.used > self.limits.cpu_in_all() + self.spare
            || self.limits.stop.is_asked()
    }

    /// Whether processes have used as much CPU time as one of them may.
    pub fn has_used_its_cpu(&self) -> bool {
        self.used > self.limits.cpu
    }

    /// Shortens the grading to `wall`, when nothing is gained by a long one. Returns
    /// whether that is sooner than its limit.
    pub fn end_by(&mut self, wall: Duration) -> bool {
        let is_sooner = wall < self.wall;
        self.wall = self.wall.min(wall);
        if let Some(worker) = &mut self.worker {
            worker.end_by(self.wall);
        }
        is_sooner
    }

    /// The seed that a worker is told for its loop: below 2^53, like every number of the
    /// protocol. The rows come from the same seed, so the worker must not be able to
    /// compute that.
    pub fn loop_seed(&self) -> u64 {
        derived(self.seed, "loop") >> 11
    }

    /// What the workers printed, up to the cap.
    pub fn output(&self) -> String {
        let now = self.worker.as_ref().map(Worker::output);
        self.output.clone() + &now.unwrap_or_default()
    }

    /// Plays a whole schedule in a worker that has played nothing else, and as patiently as
    /// if other threads took part. What used the time up has half as much again, in all,
    /// so that what it showed can be seen once more.
    pub fn play_in_a_fresh_worker(&mut self, turns: Vec<Turn>) -> Played<Driver<'a>> {
        self.discard_worker();
        self.spare = self.limits.wall / 2;
        let usual = self.care;
        if !self.room.is_taken_whole() {
            self.care = usual.max(Care::Patient);
        }
        let played = self.play_alone(turns);
        self.care = usual;
        self.spare = Duration::ZERO;
        self.end_by(self.wall);
        played
    }

    /// Plays a whole schedule on a run of its own.
    pub fn play_alone(&mut self, turns: Vec<Turn>) -> Played<Driver<'a>> {
        let run = self.open();
        let mut played = self.play(run, turns);
        if self.asks_where && played.failure.is_none() {
            self.ask_where(&mut played.run);
        }
        self.close(&played.run);
        played
    }

    /// The number of a run to be driven by [`Driver::converse`].
    pub fn new_run(&mut self) -> u64 {
        self.runs_opened += 1;
        self.runs_opened - 1
    }

    /// The evidence of a run in which nothing has happened yet.
    pub fn blank_evidence(&self, run: u64) -> Evidence {
        let secret = derived(self.seed, &format!("rows of run {run}"));
        Evidence::new(self.world, run * IDS_PER_RUN, secret)
            .with_common(derived(self.seed, "every run"))
            .ending_when_broken(self.program.ends_when_broken)
            .having_wakers(!self.program.is_interpreter)
    }

    /// Adds a run driven by [`Driver::converse`] to the sums.
    pub fn count(&mut self, runs: u64, operations: u64) {
        self.tally.runs += runs;
        self.tally.operations += operations;
        self.tally.has_shown |= operations > 0;
    }

    /// The most polls in a turn before tasks count as spinning, given how many requests have started.
    fn most_polls(&self, requests: u32) -> u32 {
        match self.has_spun {
            false => SPIN_POLLS,
            true => MORE_SPIN_POLLS + MORE_SPIN_POLLS_PER_REQUEST * requests,
        }
    }

    /// Notes whether some task of a run still asks to be polled after one of its last `turns`.
    fn note_spinning(&mut self, evidence: &Evidence, turns: usize) {
        let first = evidence.turns().len() - turns;
        let spins = |entry: &Entry| {
            matches!(
                entry.fact,
                Fact::Settled {
                    idle: false,
                    fully: true,
                    ..
                }
            )
        };
        let last = evidence.entries().iter().rev();
        self.has_spun |= last.take_while(|entry| entry.turn >= first).any(spins);
    }

    /// Whether a batch is asked for while another one is played.
    fn is_sent_ahead(&self) -> bool {
        // Where threads need room they are counted before more are started.
        self.care == Care::Crowded && !self.room.is_measured_out()
    }

    fn out_of_time(&self) -> Failure {
        Failure::OutOfTime(self.wall.as_secs())
    }

    /// Sends orders and waits for the reports.
    fn exchange(&mut self, orders: &[Order]) -> (Vec<Report>, Option<Failure>) {
        match self.working() {
            Ok(worker) => worker.exchange(orders),
            Err(failure) => (Vec::new(), Some(failure)),
        }
    }

    /// The worker, started if there is none.
    fn working(&mut self) -> Result<&mut Worker, Failure> {
        if self.is_out_of_time() {
            return Err(self.out_of_time());
        }
        if self.worker.is_none() {
            let mut limits = self.limits.clone();
            limits.wall = self.wall + self.spare;
            limits.cpu_beyond += self.spare;
            if self.world.uses_threads() {
                limits.looks_all_asleep = Some(LOOKS);
            }
            if self.has_blocked {
                limits.answer_cpu /= 2;
                limits.answer_asleep /= 2;
                limits.answer_wall /= 2;
            }
            match Worker::start(self.program, &limits, self.time) {
                Ok(worker) => {
                    let mut worker = worker?;
                    worker.comes_after(self.used);
                    self.time = worker.time();
                    self.worker = Some(worker);
                }
                Err(error) => {
                    let failure = Failure::Died(format!("it could not be started: {error}"));
                    self.broken = Some(error);
                    return Err(failure);
                }
            }
        }
        Ok(self.worker.as_mut().expect("started above"))
    }

    /// Notes what a failure means for later ones, and ends the worker.
    fn give_up_on(&mut self, failure: &Failure) {
        self.has_blocked |= matches!(failure, Failure::Blocked(_));
        self.discard_worker();
    }

    fn discard_worker(&mut self) {
        // Asked while the process still exists.
        self.time = self.time.alone();
        if let Some(mut worker) = self.worker.take() {
            self.used += worker.cpu_used();
            if self.output.len() < self.limits.output_bytes {
                self.output.push_str(&worker.output());
            }
        }
        self.workers_started += 1;
        self.to_close.clear();
        self.room.emptied();
    }
}

/// A number that follows from `seed` and does not give it away.
fn derived(seed: u64, purpose: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(purpose.as_bytes());
    let first = hash.finalize().into_iter().take(8);
    first.fold(0, |number, byte| number << 8 | u64::from(byte))
}

impl System for Driver<'_> {
    type Turn = Turn;
    type Run = Run;
    type Failure = Failure;

    fn width(&self) -> usize {
        match self.care {
            Care::Crowded => self.room.width(),
            Care::Patient | Care::Solitary => 1,
        }
    }

    fn open(&mut self) -> Run {
        let id = self.new_run();
        let evidence = self.blank_evidence(id);
        Run {
            id,
            worker: None,
            script: Vec::new(),
            evidence,
        }
    }

    fn send(&mut self, batch: Vec<(Run, Vec<Turn>)>) {
        let extend = |(mut run, turns): (Run, Vec<Turn>)| {
            run.script.extend(turns);
            run
        };
        let runs = batch.into_iter().map(extend).collect();
        self.sent.push_back(Sent { runs, asked: None });
        if self.is_sent_ahead() && !self.has_blocked {
            self.ask_for_what_was_sent();
        }
    }

    fn is_played(&self, run: &Run) -> bool {
        run.is_played()
    }

    fn receive(&mut self) -> Vec<Played<Self>> {
        let Some(Sent { mut runs, asked }) = self.sent.pop_front() else {
            return Vec::new();
        };
        if self.care > Care::Crowded {
            let play = |mut run| {
                let failure = self.play_with_threads(&mut run);
                Played { run, failure }
            };
            return runs.into_iter().map(play).collect();
        }
        let fine = |run| Played { run, failure: None };
        let failed = match asked {
            Some(asked) if asked.worker == self.workers_started => {
                self.answered(&mut runs, &asked).is_some()
            }
            // The worker that got these orders is gone: another batch ended it.
            _ => self.has_blocked || self.attempt(&mut runs).is_some(),
        };
        if !failed {
            return runs.into_iter().map(fine).collect();
        }
        // A worker answers several orders at once, so any of them may have
        // failed: each is played slowly, and those that do not fail are fine.
        let mut played: Vec<Played<Self>> = Vec::with_capacity(runs.len());
        // After the first that fails, the others are not worth a process each.
        let mut left_out = false;
        for mut run in runs {
            let failure = match left_out {
                true => Some(Failure::NotPlayed),
                false => self.play_slowly(&mut run),
            };
            left_out |= failure.is_some();
            played.push(Played { run, failure });
        }
        played
    }

    fn abandon(&mut self) {
        for Sent { runs, asked } in std::mem::take(&mut self.sent) {
            // The worker's reports on them must not be taken for answers to others.
            if let (Some(asked), Some(worker)) = (asked, &mut self.worker)
                && asked.worker == self.workers_started
                && worker.receive(&asked.orders).1.is_some()
            {
                self.discard_worker();
            }
            for run in &runs {
                self.close(run);
            }
        }
    }

    fn close(&mut self, run: &Run) {
        self.count(1, run.evidence.operations().count() as u64);
        self.tally.has_shown = self.tally.has_shown || self.world.shows_something(&run.evidence);
        if run.worker == Some(self.workers_started) {
            self.to_close.push(run.id);
        }
    }
}
