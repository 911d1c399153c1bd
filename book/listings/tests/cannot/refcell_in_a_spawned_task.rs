//! A `RefCell` cannot be borrowed across an await in a task that may change threads.

// ANCHOR: listing
use std::cell::RefCell;
use std::sync::Arc;

async fn append(log: Arc<RefCell<Vec<u32>>>) {
    let mut lines = log.borrow_mut();
    tokio::task::yield_now().await;
    lines.push(1);
}

#[tokio::main]
async fn main() {
    tokio::spawn(append(Arc::default()));
}
// ANCHOR_END: listing
