//! One run: an event loop of its own, the submission's instance on it, and the
//! callers that are waiting.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::LocalBoxFuture;
use tokio::runtime::{Builder, LocalRuntime, RngSeed};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::database::SupervisedDatabase;
use crate::journal::{Journal, panic_message, polling, unclaimed_panic};
use crate::protocol::{Answer, Call, Event, Step, Value};
use crate::puppet::{Common, Opening, Subject};

thread_local! {
    /// Tasks polled on this thread, the puppet's own not counted.
    static POLLS: Cell<u32> = const { Cell::new(0) };

    /// How many of them were polls of callers.
    static CALL_POLLS: Cell<u32> = const { Cell::new(0) };
}

/// The future of one caller, shared by its task and by whoever may drop it.
type CallSlot = Rc<RefCell<Option<LocalBoxFuture<'static, Value>>>>;

struct Caller {
    slot: CallSlot,
    task: JoinHandle<()>,
}

/// One run, from [`Instance::new`] to [`Instance::end`].
pub(crate) struct Instance {
    journal: Journal,
    common: Rc<Common>,
    database: Arc<SupervisedDatabase>,
    callers: HashMap<u32, Caller>,
    subject: Option<Box<dyn Subject>>,
    db_for_stampedes: Rc<dyn Fn() -> kit::Db>,
    age: Duration,
    runtime: LocalRuntime,
}

impl Instance {
    pub(crate) fn new(seed: u64, max_parallel: usize, common: &Rc<Common>) -> Instance {
        let journal = Journal::default();
        let database = Arc::new(SupervisedDatabase::new(journal.clone()));
        let handles = {
            let (common, database) = (Rc::clone(common), Arc::clone(&database));
            move || {
                common
                    .connection
                    .db(Arc::clone(&database) as Arc<dyn kit::supervised::Database>)
            }
        };
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            // One task a turn, so that a settle can stop after any single poll.
            .event_interval(1)
            .rng_seed(RngSeed::from_bytes(&seed.to_le_bytes()))
            .on_before_task_poll(|_| POLLS.set(POLLS.get().wrapping_add(1)))
            .build_local(Default::default())
            .expect("a runtime without I/O needs nothing from the system");
        common.gate.open(journal.clone());
        let mut instance = Instance {
            journal,
            common: Rc::clone(common),
            database,
            callers: HashMap::new(),
            subject: None,
            db_for_stampedes: Rc::new(handles),
            age: Duration::ZERO,
            runtime,
        };
        let db = (instance.db_for_stampedes)();
        let opening = Opening { db, max_parallel };
        instance.subject = instance.guarded(async { (common.new_subject)(opening) });
        instance
    }

    /// Carries out one step and says what was seen.
    pub(crate) fn step(&mut self, step: Step) -> Vec<Event> {
        match step {
            Step::Request { request, call } => self.request(request, &call),
            Step::Answer { fetch, with } => self.answer(fetch, with),
            Step::Admit { hash, with } => self.common.gate.admit(hash, with),
            Step::Ping { nonce } => self.ping(nonce),
            Step::Drop { request } => self.drop_caller(request),
            Step::Advance { micros } => self.advance(Duration::from_micros(micros)),
            Step::Settle { polls } => self.settle(polls),
            Step::New { .. } | Step::Watch { .. } | Step::Measure | Step::End => {}
        }
        self.take_events()
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        if let Some(message) = unclaimed_panic() {
            self.journal.write(Event::Broke { message });
        }
        self.journal.take()
    }

    fn request(&mut self, request: u32, call: &Call) {
        let Some(subject) = &self.subject else { return };
        if let Call::Hash { password } = call {
            self.common.gate.issue(password);
        }
        let future = subject.call(call, &*self.db_for_stampedes);
        let slot: CallSlot = Rc::new(RefCell::new(Some(future)));
        let call = CallTask {
            request,
            slot: Rc::clone(&slot),
            journal: self.journal.clone(),
        };
        // On the loop: a task spawned from outside would queue behind all others.
        #[expect(clippy::async_yields_async, reason = "kept to be dropped, not awaited")]
        let task = self.guarded(async move { tokio::task::spawn_local(call) });
        if let Some(task) = task {
            self.callers.insert(request, Caller { slot, task });
        }
    }

    fn ping(&mut self, nonce: u64) {
        let journal = self.journal.clone();
        self.guarded(async move {
            tokio::task::spawn_local(async move { journal.write(Event::Pong { nonce }) });
        });
    }

    fn answer(&mut self, fetch: u32, with: Answer) {
        let database = Arc::clone(&self.database);
        self.guarded(async move { database.answer(fetch, with) });
    }

    fn drop_caller(&mut self, request: u32) {
        let Some(caller) = self.callers.remove(&request) else {
            return;
        };
        self.guarded(async move {
            let future = caller.slot.borrow_mut().take();
            drop(future);
            caller.task.abort();
        });
    }

    fn advance(&mut self, by: Duration) {
        let moved = self.guarded(async move {
            let before = Instant::now();
            tokio::time::advance(by).await;
            before.elapsed()
        });
        self.age += moved.unwrap_or_default();
        self.journal.write(Event::Clock {
            micros: u64::try_from(self.age.as_micros()).unwrap_or(u64::MAX),
        });
    }

    fn settle(&mut self, polls: u32) {
        let calls_before = CALL_POLLS.get();
        let settled = self.guarded(run_ready_tasks(polls));
        self.callers.retain(|_, caller| !caller.task.is_finished());
        let (polls, idle) = settled.unwrap_or((0, false));
        let of_calls = CALL_POLLS.get().wrapping_sub(calls_before);
        self.journal.write(Event::Settled {
            polls,
            of_calls,
            idle,
        });
    }

    /// Frees the run and says what was seen: code of the submission runs as its
    /// values are dropped. What it does, even a panic, concerns no other run.
    pub(crate) fn end(mut self) -> Vec<Event> {
        // On the loop, where clean-up code may want to start a task.
        let callers: Vec<u32> = self.callers.keys().copied().collect();
        for request in callers {
            self.drop_caller(request);
        }
        let subject = self.subject.take();
        self.guarded(async move { drop(subject) });
        self.common.gate.close();
        let events = self.take_events();
        let runtime = self.runtime;
        // In the background: a blocking task must not hold up the puppet. Tasks that
        // are freed now may miss the loop they were made for, so nothing is said of
        // their panics.
        let _ = catch_unwind(AssertUnwindSafe(|| runtime.shutdown_background()));
        unclaimed_panic();
        events
    }

    /// Runs `work` on the loop; a panic in it is an event and gives `None`.
    fn guarded<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let result = catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(work)));
        result
            .inspect_err(|payload| {
                let message = panic_message(&**payload);
                self.journal.write(Event::Broke { message });
            })
            .ok()
    }
}

/// Polls ready tasks until none is ready or `limit` were polled: polls spent,
/// and whether nothing is ready.
///
/// Yielding, rather than sleeping until the paused clock moves by itself: code
/// that spins is always ready, so the clock would never move.
async fn run_ready_tasks(limit: u32) -> (u32, bool) {
    let start = POLLS.get();
    let mut quiet_turns = 0;
    loop {
        let spent = POLLS.get().wrapping_sub(start);
        // Two turns: a timer that fires as a turn ends is polled in the next one.
        if quiet_turns == 2 {
            return (spent, true);
        }
        if spent >= limit {
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

/// The task of one caller: polls its future and writes down how it ends.
struct CallTask {
    request: u32,
    slot: CallSlot,
    journal: Journal,
}

impl Future for CallTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Out of the slot while it is polled: the poll may want to drop it.
        let Some(mut future) = self.slot.borrow_mut().take() else {
            return Poll::Ready(());
        };
        CALL_POLLS.set(CALL_POLLS.get().wrapping_add(1));
        let request = self.request;
        let polled = polling(request, || {
            catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)))
        });
        let event = match polled {
            Ok(Poll::Pending) => {
                *self.slot.borrow_mut() = Some(future);
                return Poll::Pending;
            }
            Ok(Poll::Ready(value)) => Event::Returned { request, value },
            Err(payload) => Event::Panicked {
                request,
                message: panic_message(&*payload),
            },
        };
        self.journal.write(event);
        Poll::Ready(())
    }
}
