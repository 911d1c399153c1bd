//! A question: what still runs when a task is aborted at its await?

use tokio::task::spawn_local;

use crate::one_loop::{run, wait};

// ANCHOR: listing
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        println!("guard");
    }
}

async fn quiz() {
    let task = spawn_local(async {
        let _guard = Guard;
        wait(100).await;
        println!("after the await");
    });
    wait(10).await;
    task.abort();
    let _ = task.await;
    println!("end");
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
