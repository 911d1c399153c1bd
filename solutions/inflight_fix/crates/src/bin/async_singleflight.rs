//! `async_singleflight` 0.6.2: a leader that is done removes whatever entry its key has, and that
//! may be its successor's. It tells of its success first and takes the map's lock afterwards, and
//! another caller may have the lock in between. On several threads that just happens. On one it
//! takes a caller that has used up its budget, as here: tokio makes it pause with the lock in hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_singleflight::UnaryGroup;
use tokio::sync::Notify;
use tokio::task::{coop, yield_now};

static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

async fn fetch(caller: &'static str, answer: &Notify) {
    let fetches = UNDER_WAY.fetch_add(1, Ordering::Relaxed) + 1;
    println!("the {caller} caller begins a fetch; fetches under way: {fetches}");
    answer.notified().await;
    UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let group = Arc::new(UnaryGroup::<u64, ()>::new());
    let answer = Arc::new(Notify::new());
    let ask = |caller, busy: bool| {
        let (group, answer) = (Arc::clone(&group), Arc::clone(&answer));
        tokio::spawn(async move {
            // So does a task that has just read 128 messages from a channel.
            while busy && coop::has_budget_remaining() {
                coop::consume_budget().await;
            }
            group.work(&7, fetch(caller, &answer)).await;
        })
    };

    let first = ask("first", false);
    yield_now().await;
    let second = ask("second", true);
    answer.notify_one(); // ready to run: the second caller, then the first one
    first.await.unwrap();
    let third = ask("third", false);
    yield_now().await;
    answer.notify_waiters();
    second.await.unwrap();
    third.await.unwrap();
}
