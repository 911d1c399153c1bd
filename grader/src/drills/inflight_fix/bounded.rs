//! The check that state stays bounded: ten thousand users whose fetches fail or
//! whose callers are dropped must leave no more than a small constant behind.

use std::collections::{BTreeSet, VecDeque};

use protocol::{Answer, Call, Event, Order, Step};

use crate::drive::driver::Driver;
use crate::exam::Exam;
use play::failure::Failure;

const CHECK: &str = "bounded_state";

/// Users of one wave. Few, so that a map's spare capacity stays small.
const WAVE: u32 = 100;

/// Waves after which the first measurement is taken: everything is warm by then.
const WARM_UP: u32 = 5;

/// Waves between the two measurements: ten thousand users.
const WAVES: u32 = 100;

/// What may be left behind, in bytes. Eight bytes a user would be more.
const ALLOWED_BYTES: u64 = 64 * 1024;

/// Rounds in which fetches still open are answered before the bytes are counted.
const LAST_ROUNDS: u32 = 4;

/// Messages under way: the worker plays one wave while what came of another is read.
const UNDER_WAY: usize = 2;

pub(super) fn examine(exam: &mut Exam<'_>) {
    let mut flood = match Flood::begin(exam.driver()) {
        Ok(flood) => flood,
        Err(failure) => return exam.fail_by(CHECK, &failure),
    };
    let before = flood.waves(WARM_UP);
    let after = before.and_then(|before| Ok((before, flood.waves(WAVES)?)));
    let (fetches, panicked) = (flood.fetches, flood.panicked);
    exam.driver().count(1, u64::from(fetches));
    match after {
        Err(failure) => exam.fail_by(CHECK, &failure),
        Ok((before, after)) if after.saturating_sub(before) > ALLOWED_BYTES => {
            let users = WAVES * WAVE;
            let kept = after - before;
            // Rounded down to a power of two: maps are not seeded, so that the last
            // digits differ from run to run.
            let each = 1_u64 << (kept / u64::from(users)).max(1).ilog2();
            let message = format!(
                "{users} users whose fetches failed or whose callers were dropped left more than {each} bytes behind for each of them"
            );
            exam.fail(CHECK, message, Vec::new());
        }
        Ok(_) if panicked || fetches == 0 => {
            exam.skip(CHECK, "cannot be judged while requests panic")
        }
        Ok(_) => exam.pass(CHECK),
    }
}

/// A run in which wave after wave of users asks and gets nothing.
struct Flood<'d, 'a> {
    driver: &'d mut Driver<'a>,
    run: u64,
    first_id: u64,
    users: u32,
    requests: u32,
    fetches: u32,
    panicked: bool,
    /// Fetches that were not answered.
    open: BTreeSet<u32>,
    /// Rounds in which they were.
    rounds: u32,
    said: VecDeque<Order>,
}

impl<'d, 'a> Flood<'d, 'a> {
    fn begin(driver: &'d mut Driver<'a>) -> Result<Flood<'d, 'a>, Failure> {
        let run = driver.new_run();
        let seed = driver.loop_seed();
        driver.converse(
            run,
            vec![Step::New {
                seed,
                max_parallel: None,
            }],
        )?;
        let first_id = driver.blank_evidence(run).wire_id(1);
        Ok(Flood {
            driver,
            run,
            first_id,
            users: 0,
            requests: 0,
            fetches: 0,
            panicked: false,
            open: BTreeSet::new(),
            rounds: 0,
            said: VecDeque::new(),
        })
    }

    /// Lets waves pass and says how many bytes the process holds then.
    fn waves(&mut self, waves: u32) -> Result<u64, Failure> {
        for _ in 0..waves {
            let mut steps = self.answers();
            steps.extend(self.wave());
            self.say(steps)?;
        }
        for _ in 0..LAST_ROUNDS {
            self.hear_all()?;
            let steps = self.answers();
            if steps.is_empty() {
                break;
            }
            self.say(steps)?;
        }
        self.hear_all()?;
        let steps = self.driver.converse(self.run, vec![Step::Measure])?;
        match steps.first().and_then(|events| events.first()) {
            Some(Event::Holds { bytes }) => Ok(*bytes),
            _ => Err(Failure::Garbled("it did not say what it holds".to_owned())),
        }
    }

    /// A third of the users gets an error, with one of the next waves; a third is
    /// dropped; of the last third two callers each are dropped, the first one first.
    fn wave(&mut self) -> Vec<Step> {
        let mut asks = Vec::new();
        let mut first_drops = Vec::new();
        let mut second_drops = Vec::new();
        for user in 0..WAVE {
            let id = self.first_id + u64::from(self.users);
            self.users += 1;
            asks.push(self.ask(id));
            if user % 3 > 0 {
                first_drops.push(Step::Drop {
                    request: self.requests,
                });
            }
            if user % 3 == 2 {
                asks.push(self.ask(id));
                second_drops.push(Step::Drop {
                    request: self.requests,
                });
            }
        }
        [asks, first_drops, second_drops].map(settled).concat()
    }

    /// An error for each fetch that is open, of the two kinds in turn.
    fn answers(&mut self) -> Vec<Step> {
        let open = std::mem::take(&mut self.open);
        if open.is_empty() {
            return Vec::new();
        }
        self.rounds += 1;
        let with = match self.rounds % 2 {
            0 => Answer::NotFound,
            _ => Answer::Unavailable,
        };
        let answer = |fetch| Step::Answer {
            fetch,
            with: with.clone(),
        };
        settled(open.into_iter().map(answer).collect())
    }

    fn ask(&mut self, user: u64) -> Step {
        self.requests += 1;
        Step::Request {
            request: self.requests,
            call: Call::GetUser { user },
        }
    }

    fn say(&mut self, steps: Vec<Step>) -> Result<(), Failure> {
        let order = self.driver.say(self.run, steps)?;
        self.said.push_back(order);
        match self.said.len() {
            ..UNDER_WAY => Ok(()),
            _ => self.hear(),
        }
    }

    fn hear_all(&mut self) -> Result<(), Failure> {
        while !self.said.is_empty() {
            self.hear()?;
        }
        Ok(())
    }

    /// Hears what came of the message that was said first.
    fn hear(&mut self) -> Result<(), Failure> {
        let Some(order) = self.said.pop_front() else {
            return Ok(());
        };
        for event in self.driver.hear(&order)?.into_iter().flatten() {
            match event {
                Event::FetchBegun { fetch, .. } => {
                    self.fetches += 1;
                    self.open.insert(fetch);
                }
                Event::FetchDelivered { fetch } | Event::FetchDropped { fetch } => {
                    self.open.remove(&fetch);
                }
                Event::Panicked { .. } => self.panicked = true,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Until all that can go on after these steps has done so.
fn settled(mut steps: Vec<Step>) -> Vec<Step> {
    steps.push(Step::Settle { polls: 20 * WAVE });
    steps
}
