//! How time passes that stops at each timer on the way. The main function is
//! [`by_timers`].

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, Waker};

use tokio::time::{Instant, sleep_until};

/// More polls than any honest task needs while time passes.
const MOST_ON_THE_WAY: u32 = 50_000;

thread_local! {
    /// What is woken when so many tasks were polled on this thread.
    static CALLED_OFF: RefCell<Option<(u32, Waker)>> = const { RefCell::new(None) };
}

/// A task is about to be polled, the one of this number on this thread.
pub(crate) fn polled(polls: u32) {
    CALLED_OFF.with_borrow_mut(|called_off| {
        if let Some((_, waker)) = called_off.take_if(|(last, _)| *last == polls) {
            waker.wake();
        }
    });
}

/// Lets time pass until `end`. The paused clock moves by itself when nothing is ready, and
/// never past a timer. Code that spins is always ready, so it is given up on after so many
/// polls, of which `polls` says the number.
pub(crate) async fn by_timers(end: Instant, polls: impl Fn() -> u32) {
    let last = polls().wrapping_add(MOST_ON_THE_WAY);
    let mut asleep = pin!(sleep_until(end));
    poll_fn(|context| {
        // Numbers of polls wrap around, so what is beyond the last one is far below it.
        let left = last.wrapping_sub(polls());
        if left == 0 || left > MOST_ON_THE_WAY {
            return Poll::Ready(());
        }
        CALLED_OFF.set(Some((last, context.waker().clone())));
        asleep.as_mut().poll(context)
    })
    .await;
    CALLED_OFF.set(None);
}
