//! What ends a task before its time, and what becomes of what it held.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
struct Seat(&'static str);

impl Drop for Seat {
    fn drop(&mut self) {
        say(format!("{} gives the seat back", self.0));
    }
}

async fn book(who: &'static str, time: u64) {
    let _seat = Seat(who);
    wait(time).await;
    say(format!("{who} has booked"));
}

async fn evening() {
    // A timeout drops the future that it was given.
    let late = timeout(Duration::from_millis(100), book("Ada", 500)).await;
    say(format!("Ada is too late: {}", late.is_err()));
    // A `JoinSet` that is dropped aborts the tasks in it.
    let mut friends = JoinSet::new();
    friends.spawn(book("Ben", 50));
    friends.spawn(book("Cyd", 400));
    friends.join_next().await;
    drop(friends);
    wait(500).await;
    say("the evening ends");
}
// ANCHOR_END: listing

/// Runs the evening.
pub fn main() {
    run(evening());
}
