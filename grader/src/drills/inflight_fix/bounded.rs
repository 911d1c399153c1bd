//! The check that state stays bounded: ten thousand users whose fetches fail or
//! whose callers are dropped must leave no more than a small constant behind.

use std::collections::BTreeSet;

use worker::protocol::{Answer, Call, Event, Step};

use crate::driver::Driver;
use crate::exam::Exam;
use crate::supervisor::Failure;

const CHECK: &str = "bounded_state";

/// Users of one wave. Few, so that a map's spare capacity stays small.
const WAVE: u32 = 100;

/// Waves after which the first measurement is taken: everything is warm by then.
const WARM_UP: u32 = 5;

/// Waves between the two measurements: ten thousand users.
const WAVES: u32 = 100;

/// What may be left behind, in bytes. Eight bytes a user would be more.
const ALLOWED_BYTES: u64 = 64 * 1024;

/// Rounds in which fetches still open are answered before the wave is left.
const LAST_ROUNDS: usize = 4;

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
    open: BTreeSet<u32>,
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
        let open = BTreeSet::new();
        Ok(Flood {
            driver,
            run,
            first_id,
            users: 0,
            requests: 0,
            fetches: 0,
            panicked: false,
            open,
        })
    }

    /// Lets waves pass and says how many bytes the process holds then.
    fn waves(&mut self, waves: u32) -> Result<u64, Failure> {
        for _ in 0..waves {
            self.wave()?;
        }
        let steps = self.driver.converse(self.run, vec![Step::Measure])?;
        match steps.first().and_then(|events| events.first()) {
            Some(Event::Holds { bytes }) => Ok(*bytes),
            _ => Err(Failure::Garbled("it did not say what it holds".to_owned())),
        }
    }

    /// A third of the users gets an error; a third is dropped; of the last third
    /// two callers each are dropped, the first one first.
    fn wave(&mut self) -> Result<(), Failure> {
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
        self.play(asks)?;
        self.play(first_drops)?;
        self.play(second_drops)?;
        for round in 0..LAST_ROUNDS {
            if self.open.is_empty() {
                break;
            }
            let with = if round % 2 == 0 {
                Answer::Unavailable
            } else {
                Answer::NotFound
            };
            let answer = |fetch: &u32| Step::Answer {
                fetch: *fetch,
                with: with.clone(),
            };
            let answers = self.open.iter().map(answer).collect();
            self.play(answers)?;
        }
        Ok(())
    }

    fn ask(&mut self, user: u64) -> Step {
        self.requests += 1;
        Step::Request {
            request: self.requests,
            call: Call::GetUser { user },
        }
    }

    fn play(&mut self, mut steps: Vec<Step>) -> Result<(), Failure> {
        steps.push(Step::Settle { polls: 20 * WAVE });
        for event in self.driver.converse(self.run, steps)?.into_iter().flatten() {
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
