//! A bounded channel makes a quick producer wait for a slow consumer.

use tokio::join;
use tokio::sync::mpsc;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn produce(jobs: mpsc::Sender<u32>) {
    for job in 1..=5 {
        jobs.send(job).await.expect("the consumer is there");
        say(format!("job {job} is handed over"));
    }
}

async fn consume(mut jobs: mpsc::Receiver<u32>) {
    while let Some(job) = jobs.recv().await {
        wait(100).await;
        say(format!("job {job} is done"));
    }
}
// ANCHOR_END: listing

/// Five jobs through a channel that holds two.
pub fn main() {
    run(async {
        let (sender, jobs) = mpsc::channel(2);
        join!(produce(sender), consume(jobs));
    });
}
