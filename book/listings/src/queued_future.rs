//! A future that stands in line and is not polled: it gets the lock, and nobody else does.

use std::pin::pin;
use std::time::Duration;

use futures::join;
use tokio::select;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn store(what: &str, line: &Mutex<()>) {
    let _turn = line.lock().await;
    say(format!("{what} is being stored"));
    wait(100).await;
}

async fn sensor(line: &Mutex<()>) {
    let mut reading = pin!(store("reading 2", line));
    select! {
        () = &mut reading => {}
        () = wait(50) => {
            say("reading 2 is late: store an alarm");
            store("the alarm", line).await;
        }
    }
}
// ANCHOR_END: listing

/// One reading is being stored while the sensor hands in the next.
pub fn main() {
    run(async {
        let line = Mutex::new(());
        let all = async { join!(store("reading 1", &line), sensor(&line)) };
        if timeout(Duration::from_secs(3_600), all).await.is_err() {
            say("nothing more was stored");
        }
    });
}
