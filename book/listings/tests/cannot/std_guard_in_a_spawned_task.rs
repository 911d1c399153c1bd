//! A standard lock's guard cannot be held across an await in a task that may change threads.

// ANCHOR: listing
use std::sync::{Arc, Mutex};

async fn append(log: Arc<Mutex<Vec<u32>>>) {
    let mut lines = log.lock().expect("nobody panicked");
    tokio::task::yield_now().await;
    lines.push(1);
}

#[tokio::main]
async fn main() {
    tokio::spawn(append(Arc::default()));
}
// ANCHOR_END: listing
