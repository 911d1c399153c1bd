//! A tokio lock's guard may be held across an await: tasks that wait for it are suspended.

use futures::join;
use tokio::sync::Mutex;

use crate::one_loop::{run, wait};

// ANCHOR: listing
async fn append(name: &str, log: &Mutex<Vec<String>>) {
    println!("{name} asks for the lock");
    let mut lines = log.lock().await;
    println!("{name} has it, and awaits");
    wait(10).await;
    lines.push(name.to_owned());
    println!("{name} is done");
}
// ANCHOR_END: listing

/// Two tasks that want the lock.
pub fn main() {
    run(async {
        let log = Mutex::default();
        join!(append("red", &log), append("blue", &log));
    });
}
