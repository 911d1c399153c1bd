//! A question: when does a spawned task begin?

use tokio::task::spawn_local;

use crate::one_loop::run;

// ANCHOR: listing
async fn quiz() {
    let task = spawn_local(async { println!("task") });
    println!("spawned");
    task.await.expect("it does not panic");
    println!("joined");
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
