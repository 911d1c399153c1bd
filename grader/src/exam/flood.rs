//! The flood, the same for all drills: ten thousand keys whose operations fail or whose
//! callers are dropped must leave no more than a small constant behind.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::{Ending, Event, Order, Step};

use crate::drive::driver::{Care, Driver};
use crate::exam::Exam;
use play::evidence::Evidence;
use play::failure::Failure;
use play::schedule::{Action, Few, Outcome, Turn};
use play::space::PATIENCE_MICROS;

/// Keys of one wave. Few, so that a map's spare capacity stays small.
const WAVE: u32 = 100;

/// Waves after which the first measurement is taken: nearly everything is warm by then.
const WARM_UP: u32 = 40;

/// Waves between the two measurements: ten thousand keys.
const WAVES: u32 = 100;

/// Waves after each of which such a growth must show once more: what is just warm later than
/// others grows no more, and an engine's own memory grows once in a while. A table grows when
/// its keys have doubled, which so many times [`WAVES`] ensure.
const MORE_TIMES: [u32; 2] = [2, 4];

/// The bytes that may be left behind. Eight bytes for every third key would be more.
const ALLOWED_BYTES: u64 = 24 * 1024;

/// Rounds in which operations still open are answered before the bytes are counted: a few in
/// any case, and as many more as a submission needs that tries again and again.
const LAST_ROUNDS: u32 = 4;
const MOST_ROUNDS: u32 = 40;

/// So many requests may wait when the next wave comes.
const MOST_WAITING: usize = 5 * WAVE as usize;

/// After so many of those rounds, what a submission still tries succeeds.
const PATIENT_ROUNDS: u32 = 20;

/// Messages under way: the worker plays one wave while the reports of another are read.
const UNDER_WAY: usize = 2;

impl Exam<'_> {
    /// Decides `check` by a flood of requests of the first entry, each about a key of its
    /// own; `keys` is the plural noun for the keys.
    pub fn flood(&mut self, check: &'static str, keys: &str) {
        let usual = self.driver.world().usual();
        self.flood_after(check, keys, &usual);
    }

    /// The same for each of some instances that are made with a number: the first flood that
    /// leaves something behind decides.
    pub fn flood_with(&mut self, check: &'static str, keys: &str, numbers: &[u32]) {
        for number in numbers {
            let numbers = Few::one(*number);
            self.flood_after(check, keys, &[Turn::full(Action::Make { numbers })]);
            if !self.has_passed(check) {
                return;
            }
        }
    }

    fn flood_after(&mut self, check: &'static str, keys: &str, turns: &[Turn]) {
        if self.is_rehearsal() || self.wants_more_care() || self.has_seen_enough() {
            return;
        }
        let drops = self.drops();
        let mut flood = match Flood::begin(&mut self.driver, turns, drops) {
            Ok(flood) => flood,
            Err(failure) => return self.fail_by(check, &failure),
        };
        let left = flood.left_behind();
        let (operations, panicked) = (flood.counted, flood.panicked);
        let waits = flood.waits;
        self.driver.count(1, u64::from(operations));
        match left {
            Err(failure) => self.fail_by(check, &failure),
            Ok(_) if waits => {
                let why = "cannot be judged: of very many requests some still wait after as many answers as all of them should need";
                self.skip(check, why);
            }
            Ok(kept) if kept > ALLOWED_BYTES => {
                let many = WAVES * WAVE;
                // Rounded down to a power of two: maps are not seeded, so that the last
                // digits differ from run to run.
                let each = 1_u64 << (kept / u64::from(many)).max(1).ilog2();
                let message = format!(
                    "{many} {keys} whose requests failed or whose callers were dropped left more than {each} bytes behind for each of them"
                );
                self.fail(check, message, Vec::new());
            }
            Ok(_) if panicked || operations == 0 => {
                self.skip(check, "cannot be judged while requests panic");
            }
            Ok(_) => self.pass(check),
        }
    }
}

/// A run in which wave after wave of keys is asked about, and no request succeeds.
struct Flood<'d, 'a> {
    driver: &'d mut Driver<'a>,
    run: u64,
    blank: Evidence,
    keys: u32,
    requests: u32,
    operations: u32,
    /// How many of them count: maps are not seeded, so that it is not the same in each grading
    /// whether still more follow.
    counted: u32,
    /// Whether some requests still waited when these had been answered.
    waits: bool,
    panicked: bool,
    /// Requests that have not ended, and whose callers were not dropped.
    waiting: BTreeSet<u32>,
    /// Those that are to be dropped in their second operation, or else in the end, with how many
    /// each has begun.
    leaving: BTreeMap<u32, u32>,
    /// Operations that are not answered yet, with their kinds.
    open: BTreeMap<u32, u8>,
    /// Rounds of answering so far.
    rounds: usize,
    /// Rounds since the last wave.
    last_round: u32,
    said: VecDeque<Order>,
    /// Whether callers can be dropped.
    drops: bool,
}

impl<'d, 'a> Flood<'d, 'a> {
    fn begin(
        driver: &'d mut Driver<'a>,
        turns: &[Turn],
        drops: bool,
    ) -> Result<Flood<'d, 'a>, Failure> {
        let run = driver.new_run();
        let open = driver.opening_with(run, turns);
        driver.converse(run, vec![open])?;
        Ok(Flood {
            blank: driver.blank_evidence(run),
            driver,
            run,
            keys: 0,
            requests: 0,
            operations: 0,
            counted: 0,
            waits: false,
            panicked: false,
            waiting: BTreeSet::new(),
            leaving: BTreeMap::new(),
            open: BTreeMap::new(),
            rounds: 0,
            last_round: 0,
            said: VecDeque::new(),
            drops,
        })
    }

    /// How many bytes the waves after the warm-up leave behind: 0 if still more waves leave
    /// only a few. What ends in one of those has not shown that it leaves fewer.
    fn left_behind(&mut self) -> Result<u64, Failure> {
        let before = self.waves(WARM_UP)?;
        let after = self.waves(WAVES)?;
        self.counted = self.operations;
        self.waits = !self.waiting.is_empty();
        let kept = after.saturating_sub(before);
        if kept <= ALLOWED_BYTES {
            return Ok(kept);
        }
        let mut last = after;
        for times in MORE_TIMES {
            let mut now = last;
            // Measured as often as before: some engines' memory grows with what they have not
            // collected yet.
            for _ in 0..times {
                match self.waves(WAVES) {
                    Ok(bytes) => now = bytes,
                    Err(_) => return Ok(kept),
                }
            }
            if now.saturating_sub(last) <= ALLOWED_BYTES {
                return Ok(0);
            }
            last = now;
        }
        Ok(kept)
    }

    /// Lets waves pass and returns how many bytes the process holds then.
    fn waves(&mut self, waves: u32) -> Result<u64, Failure> {
        for _ in 0..waves {
            let mut steps = self.leave(2);
            steps.extend(self.answers());
            steps.extend(self.wave());
            self.say(steps)?;
            self.work_off()?;
        }
        self.hear_all()?;
        let steps = self.leave(0);
        if !steps.is_empty() {
            self.say(steps)?;
        }
        for round in 0..MOST_ROUNDS {
            self.last_round = round;
            if round >= LAST_ROUNDS && self.waiting.is_empty() && self.open.is_empty() {
                break;
            }
            // Code that sweeps by the clock, or tries again a little later, gets its time.
            let micros = PATIENCE_MICROS;
            self.say(settled(vec![Step::Advance {
                micros,
                by_timers: false,
            }]))?;
            self.hear_all()?;
            let steps = self.answers();
            if !steps.is_empty() {
                self.say(steps)?;
            }
        }
        self.hear_all()?;
        self.last_round = 0;
        let steps = self.driver.converse(self.run, vec![Step::Measure])?;
        match steps.first().and_then(|events| events.first()) {
            Some(Event::Holds { bytes }) => Ok(*bytes),
            _ => Err(Failure::Garbled(
                "it did not say how many bytes it holds".to_owned(),
            )),
        }
    }

    /// Answers until few requests wait: where each has many operations, a long line would
    /// grow, and what it had room for would count as left behind.
    fn work_off(&mut self) -> Result<(), Failure> {
        for _ in 0..MOST_ROUNDS {
            if self.waiting.len() <= MOST_WAITING {
                break;
            }
            self.hear_all()?;
            let steps = self.answers();
            if steps.is_empty() {
                break;
            }
            self.say(steps)?;
        }
        Ok(())
    }

    /// A third of the keys get an error with one of the next waves. A third are dropped, every
    /// other one of them when its first operation has been answered. Each of the last third has
    /// two callers, and both are dropped, the first one or the second one first, and every other
    /// pair with nothing polled in between. Where nobody can be dropped, all of them get an error.
    fn wave(&mut self) -> Vec<Step> {
        let mut asks = Vec::new();
        let mut drops = [Vec::new(), Vec::new()];
        for place in 0..WAVE {
            self.keys += 1;
            asks.push(self.ask(self.keys));
            match place % 6 {
                0 | 3 => continue,
                4 if self.drops => drop(self.leaving.insert(self.requests, 0)),
                1 | 4 => drops[0].extend(self.hang_up()),
                _ => {
                    let first = self.hang_up();
                    asks.push(self.ask(self.keys));
                    let mut pair = [first, self.hang_up()];
                    if place % 6 == 5 {
                        pair.reverse();
                    }
                    let apart = usize::from(place % 12 < 6);
                    drops[0].extend(pair[0].take());
                    drops[apart].extend(pair[1].take());
                }
            }
        }
        let [first, then] = drops;
        [asks, first, then].map(settled).concat()
    }

    /// An error for each open operation; the errors of its kind take turns. Where nothing is kept
    /// of what succeeds, every other one does. What tries again after very many errors succeeds
    /// in the end.
    fn answers(&mut self) -> Vec<Step> {
        let open = std::mem::take(&mut self.open);
        if open.is_empty() {
            return Vec::new();
        }
        self.rounds += 1;
        let world = self.blank.world();
        let with = |operation: u32, kind: u8| -> Ending {
            let errors = world.kind(kind).errors;
            let error = errors.get(self.rounds % errors.len().max(1));
            let value = world.in_a_flood(kind);
            // By no rule that the keys' own places in a wave follow.
            if let (Some(value), true) = (value, operation.count_ones().is_multiple_of(2)) {
                return Ending::Ok(value);
            }
            let outcome = match error {
                Some(_) if world.keeps_nothing() && operation.is_multiple_of(2) => Outcome::Value,
                Some(_) if self.last_round >= PATIENT_ROUNDS => Outcome::Value,
                Some(error) => Outcome::Error(*error),
                None => Outcome::Panic,
            };
            world.ending(&self.blank, operation, outcome)
        };
        let answer = |(operation, kind)| Step::Answer {
            operation,
            with: with(operation, kind),
        };
        settled(open.into_iter().map(answer).collect())
    }

    /// Those are dropped that were to be, and have begun so many operations.
    fn leave(&mut self, begun: u32) -> Vec<Step> {
        let leaves = |(call, so_far): (&u32, &u32)| (*so_far >= begun).then_some(*call);
        let leaving: Vec<u32> = self.leaving.iter().filter_map(leaves).collect();
        if leaving.is_empty() {
            return Vec::new();
        }
        let leave = |call| {
            self.is_over(call);
            Step::Drop { call }
        };
        settled(leaving.into_iter().map(leave).collect())
    }

    /// The caller that came last is dropped.
    fn hang_up(&mut self) -> Option<Step> {
        if !self.drops {
            return None;
        }
        self.waiting.remove(&self.requests);
        Some(Step::Drop {
            call: self.requests,
        })
    }

    fn ask(&mut self, key: u32) -> Step {
        self.requests += 1;
        self.waiting.insert(self.requests);
        let world = self.blank.world();
        let numbers = world.flooding(key);
        Step::Call {
            call: self.requests,
            entry: world.entries()[0].to_owned(),
            arguments: world.arguments(&self.blank, self.requests, 0, numbers),
            again: None,
            always: false,
        }
    }

    fn is_over(&mut self, call: u32) {
        self.waiting.remove(&call);
        self.leaving.remove(&call);
    }

    fn say(&mut self, steps: Vec<Step>) -> Result<(), Failure> {
        let order = self.driver.say(self.run, steps)?;
        self.said.push_back(order);
        match self.said.len() {
            ..UNDER_WAY if self.driver.care() == Care::Crowded => Ok(()),
            _ => self.hear(),
        }
    }

    fn hear_all(&mut self) -> Result<(), Failure> {
        while !self.said.is_empty() {
            self.hear()?;
        }
        Ok(())
    }

    /// Reads the report on the oldest message.
    fn hear(&mut self) -> Result<(), Failure> {
        let Some(order) = self.said.pop_front() else {
            return Ok(());
        };
        let mut events = self.driver.hear(&order)?.concat();
        if self.said.is_empty() {
            events.extend(self.driver.await_threads(self.run)?);
        }
        for event in events {
            match event {
                Event::Begun {
                    operation,
                    kind,
                    call,
                    ..
                } => {
                    let leaving = call.and_then(|call| self.leaving.get_mut(&call));
                    leaving.into_iter().for_each(|begun| *begun += 1);
                    self.operations += 1;
                    let kind = self.blank.world().kind_place(&kind).unwrap_or(0);
                    self.open.insert(operation, kind);
                }
                Event::Delivered { operation } | Event::Dropped { operation } => {
                    self.open.remove(&operation);
                }
                Event::Returned { call, .. } => self.is_over(call),
                Event::Panicked { call, .. } => {
                    self.is_over(call);
                    self.panicked = true;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Repeats until everything that can go on after these steps has done so.
fn settled(mut steps: Vec<Step>) -> Vec<Step> {
    steps.push(Step::Settle { polls: 20 * WAVE });
    steps
}
