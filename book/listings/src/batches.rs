//! Many small writes become few large ones.

use tokio::join;
use tokio::sync::mpsc;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn write_all(mut rows: mpsc::Receiver<u32>) {
    let mut batch = Vec::new();
    while rows.recv_many(&mut batch, 100).await > 0 {
        wait(50).await; // One trip to the database, however long the batch is.
        say(format!("wrote a batch of {}", batch.len()));
        batch.clear();
    }
}
// ANCHOR_END: listing

async fn produce(rows: mpsc::Sender<u32>) {
    for row in 0..120 {
        rows.send(row).await.expect("the writer is there");
        wait(1).await;
    }
}

/// 120 rows, one a millisecond.
pub fn main() {
    run(async {
        let (sender, rows) = mpsc::channel(1000);
        join!(produce(sender), write_all(rows));
    });
}
