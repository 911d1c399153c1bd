//! What a run puts on the loop: a known stall of 20 ms of some kind, or clean work.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use worker::meter::OffLoopWork;

/// The known stall.
pub(crate) const STALL: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    Spin,
    Sleep,
    ShortSleeps,
    JoinSpinner,
    JoinSleeper,
    ReceiveFromSpinner,
    ReceiveFromSleeper,
    YieldToSpinner,
    CleanIdle,
    CleanComputing,
    CleanOffLoop,
    CleanSharedLock,
}

impl Load {
    pub(crate) const ALL: [Load; 12] = [
        Load::Spin,
        Load::Sleep,
        Load::ShortSleeps,
        Load::JoinSpinner,
        Load::JoinSleeper,
        Load::ReceiveFromSpinner,
        Load::ReceiveFromSleeper,
        Load::YieldToSpinner,
        Load::CleanIdle,
        Load::CleanComputing,
        Load::CleanOffLoop,
        Load::CleanSharedLock,
    ];

    pub(crate) fn is_clean(self) -> bool {
        matches!(
            self,
            Load::CleanIdle | Load::CleanComputing | Load::CleanOffLoop | Load::CleanSharedLock
        )
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Load::Spin => "spins",
            Load::Sleep => "`sleep(20 ms)`",
            Load::ShortSleeps => "4 × `sleep(5 ms)`",
            Load::JoinSpinner => "joins a thread that spins",
            Load::JoinSleeper => "joins a thread that sleeps",
            Load::ReceiveFromSpinner => "`recv` from one that spins",
            Load::ReceiveFromSleeper => "`recv` from one that sleeps",
            Load::YieldToSpinner => "`yield_now` until one has spun",
            Load::CleanIdle => "clean: handlers only",
            Load::CleanComputing => "clean: spins 3 ms in each of 5 polls",
            Load::CleanOffLoop => "clean: spins in `spawn_blocking`",
            Load::CleanSharedLock => "clean: a `Mutex` another thread holds for 0.1 ms",
        }
    }

    /// Puts the load on the loop whose task awaits this.
    pub(crate) async fn run(self, off_loop: OffLoopWork) {
        let accounted = move |work: fn()| {
            let _account = off_loop.begin();
            work();
        };
        match self {
            Load::Spin => spin(),
            Load::Sleep => sleep(),
            Load::ShortSleeps => (0..4).for_each(|_| thread::sleep(STALL / 4)),
            Load::JoinSpinner => done(thread::spawn(move || accounted(spin)).join()),
            Load::JoinSleeper => done(thread::spawn(move || accounted(sleep)).join()),
            Load::ReceiveFromSpinner => receive(move || accounted(spin)),
            Load::ReceiveFromSleeper => receive(move || accounted(sleep)),
            Load::YieldToSpinner => {
                let spinner = thread::spawn(move || accounted(spin));
                while !spinner.is_finished() {
                    thread::yield_now();
                }
            }
            Load::CleanIdle => tokio::time::sleep(STALL).await,
            Load::CleanComputing => compute_in_turns().await,
            Load::CleanOffLoop => done(tokio::task::spawn_blocking(move || accounted(spin)).await),
            Load::CleanSharedLock => share_a_lock().await,
        }
    }
}

fn done<T, E: std::fmt::Debug>(result: Result<T, E>) {
    result.expect("what it waits for cannot fail");
}

/// Keeps a core busy for as much CPU time, however long that takes.
fn spin() {
    spin_for(STALL);
}

fn sleep() {
    thread::sleep(STALL);
}

fn spin_for(time: Duration) {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default();
    let end = now() + time;
    while now() < end {
        std::hint::spin_loop();
    }
}

fn receive(work: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        sender.send(())
    });
    done(receiver.recv());
    drop(worker);
}

/// Shares the loop, though not as well as it could.
async fn compute_in_turns() {
    for _ in 0..5 {
        spin_for(Duration::from_millis(3));
        tokio::task::yield_now().await;
    }
}

/// Takes a lock that is briefly held elsewhere, as good code does all the time.
async fn share_a_lock() {
    let lock = Arc::new(Mutex::new(()));
    let theirs = Arc::clone(&lock);
    let other = thread::spawn(move || {
        for _ in 0..20 {
            let held = theirs.lock();
            spin_for(Duration::from_micros(100));
            drop(held);
            thread::sleep(Duration::from_micros(900));
        }
    });
    while !other.is_finished() {
        drop(lock.lock());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    done(other.join());
}
