//! One run: its own event loop, the submission's instance on it, and the
//! waiting callers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::runtime::{Builder, LocalRuntime, RngSeed};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::clock;
use crate::journal::{Journal, panic_message, polling, unclaimed_panic};
use crate::operator::Waiting;
use crate::passing;
use crate::protocol::{Ending, Event, Polled, Step, Value};
use crate::puppet::Common;
use crate::steps;
use crate::subject::{Arguments, Call, CallFuture, Subject};
use kit::supervised::{Operator, Supply};

thread_local! {
    /// How many polls this thread has made, not counting the puppet's own tasks.
    static POLLS: Cell<u32> = const { Cell::new(0) };

    /// How many of them were polls of callers.
    static CALL_POLLS: Cell<u32> = const { Cell::new(0) };
}

/// The future of one caller, shared by its task and by what may drop it.
type CallSlot = Rc<RefCell<Slot>>;

struct Slot {
    /// The call it is in: the first one, or the repeated one.
    call: u32,
    future: Option<CallFuture>,
}

struct Caller {
    slot: CallSlot,
    /// `None` for a caller that shares a task with others.
    task: Option<Rc<JoinHandle<()>>>,
}

/// One run, from [`Instance::new`] to [`Instance::end`].
pub(crate) struct Instance {
    journal: Journal,
    common: Rc<Common>,
    operator: Arc<Waiting>,
    supply: Supply,
    polled: Polled,
    callers: HashMap<u32, Caller>,
    joined: Option<Rc<Joined>>,
    arguments: Vec<Value>,
    /// The instance was dropped; the next call makes another one.
    is_discarded: bool,
    subject: Option<Rc<dyn Subject>>,
    /// Polls spent while time passed; the next settling tells them.
    polls_on_the_way: u32,
    call_polls_on_the_way: u32,
    runtime: LocalRuntime,
}

/// How many tasks the loop polls before it looks at anything else.
fn tasks_in_a_turn(polled: Polled) -> u32 {
    match polled {
        // So that a settle can stop after any single poll.
        Polled::Alone | Polled::ByNewWakers | Polled::Joined => 1,
        // tokio's own default.
        Polled::InOneGo => 61,
    }
}

impl Instance {
    pub(crate) fn new(
        seed: u64,
        arguments: &[Value],
        polled: Polled,
        common: &Rc<Common>,
    ) -> Instance {
        let journal = Journal::default();
        let operator = Arc::new(Waiting::new(journal.clone()));
        let supply = common
            .connection
            .supply(Arc::clone(&operator) as Arc<dyn Operator>);
        let mut runtime = Builder::new_current_thread();
        runtime
            .enable_time()
            .start_paused(true)
            .event_interval(tasks_in_a_turn(polled))
            .rng_seed(RngSeed::from_bytes(&seed.to_le_bytes()))
            .on_before_task_poll(|_| {
                POLLS.set(POLLS.get().wrapping_add(1));
                passing::polled(POLLS.get());
            });
        let after_polls = journal.clone();
        runtime.on_after_task_poll(move |_| steps::note(&after_polls, None));
        // Both kinds of clock must begin at the same moment.
        let runtime = clock::showing(Duration::ZERO, || runtime.build_local(Default::default()))
            .expect("a runtime without I/O needs nothing from the system");
        common.gate.open(journal.clone());
        let mut instance = Instance {
            journal,
            common: Rc::clone(common),
            operator,
            supply,
            polled,
            callers: HashMap::new(),
            joined: None,
            arguments: arguments.to_vec(),
            is_discarded: false,
            subject: None,
            polls_on_the_way: 0,
            call_polls_on_the_way: 0,
            runtime,
        };
        instance.make();
        instance
    }

    /// Makes the submission's instance.
    fn make(&mut self) {
        let (new_subject, supply) = (self.common.new_subject, &self.supply);
        let made = self.guarded(async { new_subject(supply, Arguments(&self.arguments)) });
        self.subject = made.map(Rc::from);
    }

    /// Carries out one step and reports what was seen.
    pub(crate) fn step(&mut self, step: Step) -> Vec<Event> {
        match step {
            Step::Call {
                call,
                entry,
                arguments,
                again,
                always,
            } => self.call(call, entry, arguments, Again { again, always }),
            Step::Look { entry, arguments } => self.look(&entry, &arguments),
            Step::Answer { operation, with } => self.answer(operation, with),
            Step::Ping { nonce } => self.ping(nonce),
            Step::Drop { call } => self.drop_caller(call),
            Step::Advance { micros, by_timers } => {
                self.advance(Duration::from_micros(micros), by_timers);
            }
            Step::Block { micros } => self.block(Duration::from_micros(micros)),
            Step::Settle { polls } => self.settle(polls),
            Step::Discard => self.discard(),
            // Nor does a future know its line.
            Step::Where => {}
            Step::New { .. } | Step::Watch { .. } | Step::Measure | Step::End => {}
        }
        self.take_events()
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        // Made outside any poll: while something was dropped.
        steps::note(&self.journal, None);
        if let Some(message) = unclaimed_panic() {
            self.journal.write(Event::Broke { message });
        }
        self.journal.take()
    }

    fn call(&mut self, call: u32, entry: String, arguments: Vec<Value>, repeated: Again) {
        let Again { again, always } = repeated;
        if std::mem::take(&mut self.is_discarded) {
            self.make();
        }
        let Some(subject) = &self.subject else { return };
        if let Some(Value::Text(secret)) = arguments.first() {
            self.common.gate.issue(secret);
        }
        let (subject, supply) = (Rc::clone(subject), self.supply.clone());
        let make = move || {
            let arguments = Arguments(&arguments);
            let entry = &*entry;
            subject.call(Call { entry, arguments }, &supply)
        };
        let future = Some(make());
        let slot: CallSlot = Rc::new(RefCell::new(Slot { call, future }));
        let task = CallTask {
            slot: Rc::clone(&slot),
            journal: self.journal.clone(),
            again: again.map(|number| (number, Box::new(make) as Box<dyn Fn() -> CallFuture>)),
            always,
            new_wakers: (self.polled == Polled::ByNewWakers).then(Arc::default),
        };
        let task = match self.polled {
            Polled::Joined => {
                self.join(task);
                None
            }
            Polled::Alone | Polled::ByNewWakers | Polled::InOneGo => {
                // On the loop: a task spawned from outside would queue behind all others.
                #[expect(clippy::async_yields_async, reason = "kept to be dropped, not awaited")]
                let task = self.guarded(async move { tokio::task::spawn_local(task) });
                task.map(Rc::new)
            }
        };
        for number in again.into_iter().chain([call]) {
            let (slot, task) = (Rc::clone(&slot), task.clone());
            self.callers.insert(number, Caller { slot, task });
        }
    }

    /// Lets the one task of all callers poll this one too.
    fn join(&mut self, call: CallTask) {
        let joined = match &self.joined {
            Some(joined) => Rc::clone(joined),
            None => {
                let joined = Rc::new(Joined::default());
                let all = Rc::clone(&joined);
                self.guarded(async move {
                    tokio::task::spawn_local(futures::future::poll_fn(move |context| {
                        all.poll(context)
                    }));
                });
                self.joined.insert(joined).clone()
            }
        };
        self.guarded(async move { joined.add(call) });
    }

    fn look(&mut self, entry: &str, arguments: &[Value]) {
        let Some(subject) = self.subject.clone() else {
            return;
        };
        let arguments = Arguments(arguments);
        let seen = self.guarded(async { subject.look(Call { entry, arguments }) });
        if let Some(value) = seen {
            self.journal.write(Event::Seen { value });
        }
    }

    fn ping(&mut self, nonce: u64) {
        let journal = self.journal.clone();
        self.guarded(async move {
            tokio::task::spawn_local(async move { journal.write(Event::Pong { nonce }) });
        });
    }

    fn answer(&mut self, operation: u32, with: Ending) {
        // The numbers do not clash: an instance's operations are all awaited or all held, never both.
        self.common.gate.admit(operation, &with);
        let operator = Arc::clone(&self.operator);
        self.guarded(async move { operator.answer(operation, with) });
    }

    fn drop_caller(&mut self, call: u32) {
        let Some(caller) = self.callers.remove(&call) else {
            return;
        };
        if caller.slot.borrow().call != call {
            return;
        }
        self.guarded(async move {
            let future = caller.slot.borrow_mut().future.take();
            drop(future);
            if let Some(task) = caller.task {
                task.abort();
            }
        });
    }

    fn block(&mut self, time: Duration) {
        let operator = Arc::clone(&self.operator);
        self.guarded(async move {
            tokio::task::spawn_local(async move {
                // Its first poll moves the clock. Then it would only give way.
                let _ = futures::poll!(pin!(tokio::time::advance(time)));
                operator.pass(time);
            });
        });
    }

    fn discard(&mut self) {
        let subject = self.subject.take();
        self.is_discarded = subject.is_some();
        self.guarded(async move { drop(subject) });
    }

    fn advance(&mut self, by: Duration, by_timers: bool) {
        let (polls, of_calls) = (POLLS.get(), CALL_POLLS.get());
        let operator = Arc::clone(&self.operator);
        self.guarded(async move {
            let before = Instant::now();
            if by_timers {
                passing::by_timers(before + by, || POLLS.get()).await;
            }
            let left = by.saturating_sub(before.elapsed());
            if !by_timers || !left.is_zero() {
                tokio::time::advance(left).await;
            }
            operator.pass(before.elapsed());
        });
        if by_timers {
            self.polls_on_the_way += POLLS.get().wrapping_sub(polls);
            self.call_polls_on_the_way += CALL_POLLS.get().wrapping_sub(of_calls);
        }
        self.journal.write(Event::Clock {
            micros: u64::try_from(self.operator.now().as_micros()).unwrap_or(u64::MAX),
        });
    }

    fn settle(&mut self, polls: u32) {
        let calls_before = CALL_POLLS.get();
        let settled = self.guarded(run_ready_tasks(polls, &self.journal));
        self.callers
            .retain(|call, caller| caller.slot.borrow().may_be(*call));
        let (polls, idle) = settled.unwrap_or((0, false));
        let of_calls = CALL_POLLS.get().wrapping_sub(calls_before);
        let polls = polls + std::mem::take(&mut self.polls_on_the_way);
        let of_calls = of_calls + std::mem::take(&mut self.call_polls_on_the_way);
        self.journal.write(Event::Settled {
            polls,
            of_calls,
            idle,
        });
    }

    /// Frees the run and reports what was seen, because code of the submission
    /// runs as its values are dropped. Even a panic there affects no other run.
    pub(crate) fn end(mut self) -> Vec<Event> {
        // On the loop, where clean-up code may want to start a task.
        let callers: Vec<u32> = self.callers.keys().copied().collect();
        for call in callers {
            self.drop_caller(call);
        }
        self.discard();
        self.common.gate.close();
        self.common.steps.close();
        let events = self.take_events();
        let runtime = self.runtime;
        // In the background: a blocking task must not hold up the puppet. Tasks that
        // are freed now may miss their loop, so their panics are not reported.
        let _ = catch_unwind(AssertUnwindSafe(|| runtime.shutdown_background()));
        unclaimed_panic();
        events
    }

    /// Runs `work` on the loop; a panic in it is an event and gives `None`.
    fn guarded<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let on_the_loop = || clock::showing(self.operator.now(), || self.runtime.block_on(work));
        let result = catch_unwind(AssertUnwindSafe(on_the_loop));
        result
            .inspect_err(|payload| {
                let message = panic_message(&**payload);
                self.journal.write(Event::Broke { message });
            })
            .ok()
    }
}

/// Polls ready tasks until none is ready, `limit` polls were spent, or the journal is too
/// long to be told. Returns the polls spent, and whether nothing is ready.
///
/// It yields rather than sleeps until the paused clock moves by itself: code
/// that spins is always ready, so the clock would never move.
async fn run_ready_tasks(limit: u32, journal: &Journal) -> (u32, bool) {
    let start = POLLS.get();
    let mut quiet_turns = 0;
    loop {
        let spent = POLLS.get().wrapping_sub(start);
        // Two turns: a timer that fires as a turn ends is polled in the next one.
        if quiet_turns == 2 {
            return (spent, true);
        }
        if spent >= limit || journal.is_too_long() {
            return (spent, false);
        }
        let before = POLLS.get();
        tokio::task::yield_now().await;
        quiet_turns = if POLLS.get() == before {
            quiet_turns + 1
        } else {
            0
        };
    }
}

impl Slot {
    /// Whether a caller may still be in the call with this number, or come to it.
    fn may_be(&self, call: u32) -> bool {
        self.future.is_some() && self.call <= call
    }
}

/// The number of the call that a caller makes when it was told, and whether it does so after
/// a value, too.
struct Again {
    again: Option<u32>,
    always: bool,
}

/// One caller: polls its future and writes down how it ends.
struct CallTask {
    slot: CallSlot,
    journal: Journal,
    /// Repeats the call after an error, and the number of the repeated call.
    again: Option<(u32, Box<dyn Fn() -> CallFuture>)>,
    /// Whether it does so after a value, too.
    always: bool,
    /// How often it was polled, if each poll gets a waker of its own.
    new_wakers: Option<Arc<AtomicU64>>,
}

impl CallTask {
    fn poll_once(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // Taken out of the slot while it is polled, because the poll may want to drop it.
        let (call, future) = {
            let mut slot = self.slot.borrow_mut();
            (slot.call, slot.future.take())
        };
        let Some(mut future) = future else {
            return Poll::Ready(());
        };
        CALL_POLLS.set(CALL_POLLS.get().wrapping_add(1));
        let polled = polling(call, || {
            catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)))
        });
        steps::note(&self.journal, Some(call));
        let event = match polled {
            Ok(Poll::Pending) => {
                self.slot.borrow_mut().future = Some(future);
                return Poll::Pending;
            }
            Ok(Poll::Ready(with)) => Event::Returned { call, with },
            Err(payload) => Event::Panicked {
                call,
                message: panic_message(&*payload),
            },
        };
        let asks_again = match &event {
            Event::Returned { with, .. } => self.always || matches!(with, Ending::Error(..)),
            _ => false,
        };
        self.journal.write(event);
        // The caller receives what it is told before it asks again.
        drop(future);
        match self.again.take() {
            Some((call, make)) if asks_again => {
                self.journal.write(Event::Again { call });
                let future = Some(make());
                *self.slot.borrow_mut() = Slot { call, future };
                self.poll_once(context)
            }
            _ => Poll::Ready(()),
        }
    }
}

impl Future for CallTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let Some(polls) = this.new_wakers.clone() else {
            return this.poll_once(context);
        };
        let poll = polls.fetch_add(1, Ordering::Relaxed) + 1;
        let waker = context.waker().clone();
        let forward = Forward { waker, poll, polls };
        let polled = this.poll_once(&mut Context::from_waker(&Waker::from(Arc::new(forward))));
        if poll == 1 && polled.is_pending() {
            // Polled once more without a cause, as `join!` and others do: with another waker.
            context.waker().wake_by_ref();
        }
        polled
    }
}

/// A waker of one poll, which is deaf after the next: a future must keep the last waker
/// that it was given.
struct Forward {
    waker: Waker,
    poll: u64,
    polls: Arc<AtomicU64>,
}

impl Wake for Forward {
    fn wake(self: Arc<Self>) {
        if self.poll == self.polls.load(Ordering::Relaxed) {
            self.waker.wake_by_ref();
        }
    }
}

/// Callers that share one task.
#[derive(Default)]
struct Joined {
    calls: RefCell<FuturesUnordered<CallTask>>,
    waker: RefCell<Option<Waker>>,
}

impl Joined {
    fn add(&self, call: CallTask) {
        self.calls.borrow_mut().push(call);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Polls the callers that were woken; it never ends by itself.
    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        *self.waker.borrow_mut() = Some(context.waker().clone());
        let mut calls = self.calls.borrow_mut();
        while let Poll::Ready(Some(())) = calls.poll_next_unpin(context) {}
        Poll::Pending
    }
}
