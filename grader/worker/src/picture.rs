//! The picture: one event loop, watched in real time while real passwords are
//! hashed beside a heartbeat and some handlers.
//!
//! No verdict rests on it. It shows how long each poll kept the loop from
//! everything else, and what that meant for handlers that need only a moment of it.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, LocalRuntime};
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::journal::Journal;
use crate::meter::{LoopMeter, Method};
use crate::operator::Waiting;
use crate::protocol::{Ending, Picture, Value};
use crate::puppet::Common;
use crate::subject::{Arguments, Call};

/// Handlers that share the loop with the hashing, and how often each is asked.
const HANDLERS: u32 = 6;
const REQUESTS_EVERY: Duration = Duration::from_millis(10);

/// How often the heartbeat beats.
const HEARTBEAT: Duration = Duration::from_millis(1);

/// How long the loop is watched before the hashes begin and after they end.
const MARGIN: Duration = Duration::from_millis(20);

/// The most waits that are kept: as many as one message holds.
const WAITS: usize = 4_096;

thread_local! {
    static METER: RefCell<Option<LoopMeter>> = const { RefCell::new(None) };
}

/// Keeps the meter of this thread's loop for [`watch`].
pub(crate) fn keep_meter(meter: LoopMeter) {
    METER.set(Some(meter));
}

/// What has been measured since the last call.
fn with_meter<T>(use_it: impl FnOnce(&mut LoopMeter) -> T) -> Option<T> {
    METER.with_borrow_mut(|meter| meter.as_mut().map(use_it))
}

/// When handlers were asked and how long they took, in microseconds.
type Waits = Rc<RefCell<Vec<(u64, u64)>>>;

/// Watches a loop on which `passwords` are hashed, all at once.
pub(crate) fn watch(common: &Rc<Common>, max_parallel: usize, passwords: Vec<String>) -> Picture {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .on_before_task_poll(|_| {
            with_meter(LoopMeter::before_poll);
        })
        .on_after_task_poll(|_| {
            with_meter(LoopMeter::after_poll);
        })
        .build_local(Default::default())
        .expect("a runtime without I/O needs nothing from the system");
    common
        .gate
        .set_real(with_meter(|meter| meter.off_loop_work()));
    let waits = Waits::default();
    let began = Instant::now();
    // An empty poll, because the meter's clock began with the process.
    let nothing = with_meter(|meter| {
        meter.before_poll();
        let now = meter.after_poll();
        meter.take();
        now
    });
    let begun = nothing.flatten().map_or(0, |poll| poll.start_micros);
    let hashed = catch_unwind(AssertUnwindSafe(|| {
        run(&runtime, common, max_parallel, passwords, began, &waits)
    }));
    let window = began.elapsed();
    common.gate.set_real(None);
    let latency = with_meter(LoopMeter::take).expect("it was kept when the puppet began");
    let _ = catch_unwind(AssertUnwindSafe(|| runtime.shutdown_background()));
    let since = |at: u64| at.saturating_sub(begun);
    let stalls = latency.stalls().iter();
    Picture {
        method: method_name(latency.method()).to_owned(),
        window: micros(window),
        polls: latency.polls(),
        hashed: hashed.unwrap_or_default(),
        p50: latency.quantile_micros(0.5),
        p99: latency.quantile_micros(0.99),
        max: latency.max_micros(),
        stalls: stalls
            .map(|poll| (since(poll.start_micros), poll.stall_micros))
            .collect(),
        waits: std::mem::take(&mut *waits.borrow_mut()),
    }
}

/// Runs everything until the last password is hashed, and returns how many were.
fn run(
    runtime: &LocalRuntime,
    common: &Common,
    max_parallel: usize,
    passwords: Vec<String>,
    began: Instant,
    waits: &Waits,
) -> u32 {
    let new_subject = common.new_subject;
    let operator = Arc::new(Waiting::new(Journal::default()));
    let supply = common.connection.supply(operator);
    runtime.block_on(async {
        let max_parallel = [Value::from(max_parallel as u64)];
        let subject = new_subject(&supply, Arguments(&max_parallel));
        spawn_local(heartbeat());
        for number in 0..HANDLERS {
            spawn_local(handler(number, began, Rc::clone(waits)));
        }
        // It is a task so that the meter sees its polls.
        let hashing = spawn_local(async move {
            sleep(MARGIN).await;
            let calls: Vec<_> = passwords
                .into_iter()
                .map(|password| {
                    let password = [Value::Text(password)];
                    let call = Call {
                        entry: "hash",
                        arguments: Arguments(&password),
                    };
                    spawn_local(subject.call(call, &supply))
                })
                .collect();
            let mut hashed = 0;
            for call in calls {
                hashed += u32::from(matches!(call.await, Ok(Ending::Ok(_))));
            }
            sleep(MARGIN).await;
            hashed
        });
        hashing.await.unwrap_or_default()
    })
}

async fn heartbeat() {
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
    }
}

/// Answers a short request now and then, and notes how late it was done.
async fn handler(number: u32, began: Instant, waits: Waits) {
    let mut due = began + REQUESTS_EVERY * number / HANDLERS;
    loop {
        tokio::time::sleep_until(due.into()).await;
        std::hint::black_box((0..2_000).fold(number, |sum, it| sum.rotate_left(3) ^ it));
        let wait = due.elapsed();
        let mut waits = waits.borrow_mut();
        if waits.len() < WAITS {
            waits.push((micros(due - began), micros(wait)));
        }
        drop(waits);
        due += REQUESTS_EVERY;
        // A delayed handler asks once, not once for every beat it missed.
        due = due.max(Instant::now());
    }
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::RunQueueCorrected => "run_queue_corrected",
        Method::ThreadCpuTime => "thread_cpu_time",
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
