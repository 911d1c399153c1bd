//! `deduplicate` 0.4.1: a caller is told `Failed` though the delegate returned a value. Nothing
//! panicked, and nobody was dropped. Between the end of the delegate and the leader's next poll
//! the wait map holds a `Weak` that leads nowhere.

use std::pin::pin;
use std::sync::Arc;

use deduplicate::{Deduplicate, DeduplicateFuture};
use futures::poll;
use tokio::sync::Notify;
use tokio::task::yield_now;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let database = Arc::new(Notify::new());
    let fetch = {
        let database = Arc::clone(&database);
        move |key: u64| -> DeduplicateFuture<String> {
            let database = Arc::clone(&database);
            Box::pin(async move {
                database.notified().await;
                Some(format!("row {key}"))
            })
        }
    };
    let cache = Deduplicate::new(fetch);

    let mut first = pin!(cache.get(7));
    assert!(poll!(first.as_mut()).is_pending()); // it asks, and its delegate is spawned
    yield_now().await; // the delegate waits for the database
    database.notify_one();
    yield_now().await; // the delegate returns, which wakes the first caller
    // The first caller is not alone: another one, that was ready before it, asks now.
    println!("second caller: {:?}", cache.get(7).await);
    println!("first caller:  {:?}", first.await);
    println!("third caller:  {:?}", cache.get(7).await);
}
