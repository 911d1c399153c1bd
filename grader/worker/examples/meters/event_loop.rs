//! One event loop with a heartbeat and six handlers, measured in every way at once.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, LocalRuntime};
use tokio::task::spawn_local;
use worker::meter::{LoopMeter, OffLoopWork, PollReading};

use crate::candidates::{Candidate, Readings};
use crate::loads::Load;

/// How often the heartbeat looks at the clock.
const BEAT: Duration = Duration::from_millis(1);

/// The greatest reading of each candidate in a run.
#[derive(Default)]
struct Polls {
    greatest: Readings,
    over_by_rule: bool,
}

/// A loop on the calling thread.
pub(crate) struct EventLoop {
    runtime: LocalRuntime,
    off_loop: OffLoopWork,
    polls: Arc<Mutex<Polls>>,
    heartbeat: Rc<Cell<Duration>>,
}

impl EventLoop {
    pub(crate) fn new() -> std::io::Result<EventLoop> {
        let meter = LoopMeter::start();
        let off_loop = meter.off_loop_work();
        let meter = Arc::new(Mutex::new(meter));
        let before = Arc::clone(&meter);
        let polls = Arc::<Mutex<Polls>>::default();
        let seen = Arc::clone(&polls);
        let runtime = Builder::new_current_thread()
            .enable_time()
            .on_before_task_poll(move |_| lock(&before).before_poll())
            .on_after_task_poll(move |_| {
                if let Some(reading) = lock(&meter).after_poll() {
                    lock(&seen).note(&reading);
                }
            })
            .build_local(Default::default())?;
        let heartbeat = Rc::<Cell<Duration>>::default();
        runtime.block_on(async {
            spawn_local(beat(Rc::clone(&heartbeat)));
            (0..6).for_each(|it| drop(spawn_local(handle(it))));
        });
        Ok(EventLoop {
            runtime,
            off_loop,
            polls,
            heartbeat,
        })
    }

    /// One run with `load`; gives what each candidate says of it.
    pub(crate) fn run(&self, load: Load, run: usize) -> Readings {
        let off_loop = self.off_loop.clone();
        self.runtime.block_on(async {
            // So that the runs don't all begin at the same point of a time slice.
            let pause = Duration::from_micros(1000 + 370 * (run as u64 % 11));
            tokio::time::sleep(pause).await;
            *lock(&self.polls) = Polls::default();
            self.heartbeat.set(Duration::ZERO);
            let load = spawn_local(load.run(off_loop));
            load.await.expect("a load cannot fail");
            // Give the heartbeat its turn.
            tokio::time::sleep(3 * BEAT).await;
        });
        let polls = lock(&self.polls);
        let mut readings = polls.greatest;
        readings.set(Candidate::Heartbeat, self.heartbeat.get());
        readings.set_over(Candidate::SwitchRule, polls.over_by_rule);
        readings
    }
}

impl Polls {
    fn note(&mut self, poll: &PollReading) {
        self.greatest.raise_to(&Readings::of_poll(poll));
        self.over_by_rule |= Readings::over_by_switch_rule(poll);
    }
}

/// Sleeps a beat at a time, and notes the longest delay.
async fn beat(latest: Rc<Cell<Duration>>) {
    loop {
        let due = Instant::now() + BEAT;
        tokio::time::sleep_until(due.into()).await;
        latest.set(latest.get().max(due.elapsed()));
    }
}

/// A request handler: a little work, then it waits for something.
async fn handle(number: u64) {
    loop {
        let until = Instant::now() + Duration::from_micros(30);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        tokio::time::sleep(Duration::from_millis(2 + number)).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
