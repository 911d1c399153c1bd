//! A question: who runs while a task computes without an await?

use tokio::task::{spawn_local, yield_now};

use crate::one_loop::run;

// ANCHOR: listing
async fn quiz() {
    let ticker = spawn_local(async {
        for tick in 1..=3 {
            println!("tick {tick}");
            yield_now().await;
        }
    });
    yield_now().await;
    let sum: u64 = (1..=1_000_000).sum();
    println!("sum {sum}");
    ticker.await.expect("it does not panic");
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
